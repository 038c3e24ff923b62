import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ToolCallContent } from '../../protocol/toolCall.ts';
import { PathLink } from '../cards/pathLink.tsx';
import { usePage } from '../context.ts';
import { IconButton } from '../icon.tsx';
import { diffCounts, lineDiff, type DiffLine } from '../lineDiff.ts';
import { numbered, type Numbered } from '../lineNumbers.ts';
import { t } from '../words.ts';

type Diff = Extract<ToolCallContent, { type: 'diff' }>;

/** Lines of one diff that are shown before a person asks for more, and at most; the editor is the place for the rest. */
const PREVIEW_LINES = 40;
const MOST_LINES = 1_000;

/** A change of one file, as added and removed lines with their numbers. */
export function DiffView({ diff }: { diff: Diff }): VNode {
  const { host } = usePage();
  const whole = useSignal(false);
  const lines = useDiff(diff);
  const rows = useMemo(() => numbered(lines), [lines]);
  const shown = whole.value || rows.length <= PREVIEW_LINES + 8 ? MOST_LINES : PREVIEW_LINES;
  const left = rows.length - shown;
  const open = (): void =>
    host.post({
      type: 'openDiff',
      file: diff.path,
      before: { text: diff.oldText ?? '', blob: diff.oldBlob },
      after: { text: diff.newText, blob: diff.newBlob },
    });
  return (
    <figure class="diff" aria-label={t('Changes in {0}', diff.path)}>
      <figcaption class="diff-bar">
        <PathLink path={diff.path} />
        <DiffCounts diffs={[diff]} />
        <IconButton icon="diff" label={t('Open in editor')} onClick={open} />
      </figcaption>
      <div class="diff-lines" tabIndex={0} role="region" aria-label={t('Lines of {0}', diff.path)}>
        <div class="diff-sheet">
          {rows.slice(0, shown).map((row, index) => (
            <DiffRow key={index} row={row} />
          ))}
        </div>
      </div>
      {left > 0 && (
        <div class="more-line">
          {!whole.value && (
            <button type="button" class="link-button" onClick={() => (whole.value = true)}>
              {t('Show {0} more lines', Math.min(left, MOST_LINES))}
            </button>
          )}
          <button type="button" class="link-button" onClick={open}>
            {t('Open in editor')}
          </button>
        </div>
      )}
    </figure>
  );
}

/** How many lines some changes add and remove. */
export function DiffCounts({ diffs }: { diffs: readonly Diff[] }): VNode {
  const counts = useMemo(
    () => diffs.map(({ oldText, newText }) => diffCounts(lineDiff(oldText ?? '', newText))),
    diffs.flatMap(({ oldText, newText }) => [oldText, newText]),
  );
  const sum = (side: 'added' | 'removed'): number => counts.reduce((all, each) => all + each[side], 0);
  return (
    <span class="diff-counts">
      <span class="visually-hidden">{t('{0} lines added, {1} removed', sum('added'), sum('removed'))}</span>
      <span aria-hidden="true">
        <span class="diff-added-count">+{sum('added')}</span>{' '}
        <span class="diff-removed-count">−{sum('removed')}</span>
      </span>
    </span>
  );
}

function useDiff({ oldText, newText }: Diff): readonly DiffLine[] {
  return useMemo(() => lineDiff(oldText ?? '', newText), [oldText, newText]);
}

const marks = { same: ' ', added: '+', removed: '−' } as const;

function DiffRow({ row }: { row: Numbered }): VNode {
  const { line, number } = row;
  if (line.kind === 'gap') return <div class="diff-gap">{t('… {0} unchanged lines', line.count)}</div>;
  return (
    <div class={`diff-line diff-${line.kind}`}>
      <span class="diff-number" data-number={number} />
      <span class="diff-mark">{marks[line.kind]}</span>
      {line.text === '' ? '\u200b' : line.text}
    </div>
  );
}
