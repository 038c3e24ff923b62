import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ToolCallContent } from '../../protocol/toolCall.ts';
import { diffCounts, lineDiff, type DiffLine } from '../lineDiff.ts';
import { t } from '../words.ts';
import { PathLink } from './pathLink.tsx';

/** Lines of one diff that are shown at most; the editor is the place for more. */
const MOST_LINES = 400;

/** A change of one file, as added and removed lines. */
export function DiffView({ diff }: { diff: Extract<ToolCallContent, { type: 'diff' }> }): VNode {
  const lines = useMemo(() => lineDiff(diff.oldText ?? '', diff.newText), [diff.oldText, diff.newText]);
  const { added, removed } = diffCounts(lines);
  const left = lines.length - MOST_LINES;
  return (
    <figure class="diff" aria-label={t('Changes in {0}', diff.path)}>
      <figcaption class="diff-bar">
        <PathLink path={diff.path} />
        <span class="diff-counts" aria-label={t('{0} lines added, {1} removed', added, removed)}>
          <span class="diff-added-count">+{added}</span> <span class="diff-removed-count">−{removed}</span>
        </span>
      </figcaption>
      <div class="diff-lines" tabIndex={0} role="region" aria-label={t('Lines of {0}', diff.path)}>
        <div class="diff-sheet">
          {lines.slice(0, MOST_LINES).map((line, index) => (
            <DiffRow key={index} line={line} />
          ))}
          {left > 0 && <div class="diff-gap">{t('… {0} more lines', left)}</div>}
        </div>
      </div>
    </figure>
  );
}

const marks = { same: ' ', added: '+', removed: '−' } as const;

function DiffRow({ line }: { line: DiffLine }): VNode {
  if (line.kind === 'gap') return <div class="diff-gap">{t('… {0} unchanged lines', line.count)}</div>;
  return (
    <div class={`diff-line diff-${line.kind}`}>
      <span class="diff-mark">{marks[line.kind]}</span>
      {line.text === '' ? '\u200b' : line.text}
    </div>
  );
}
