import type { VNode } from 'preact';
import { contentText } from '../../protocol/contentText.ts';
import type { ToolCallItem } from '../../protocol/items.ts';
import type { ToolCallContent, ToolKind, ToolStatus } from '../../protocol/toolCall.ts';
import { Icon } from '../icon.tsx';
import { MarkdownView } from '../markdown/markdownView.tsx';
import { t } from '../words.ts';
import { DiffView } from './diffView.tsx';
import { Fold } from './fold.tsx';
import { InlineCode } from './inlineCode.tsx';
import { PathLink } from './pathLink.tsx';

const kindIcons: Record<ToolKind, string> = {
  read: 'eye',
  edit: 'edit',
  delete: 'trash',
  move: 'move',
  search: 'search',
  execute: 'terminal',
  think: 'lightbulb',
  fetch: 'globe',
  switch_mode: 'arrow-swap',
  other: 'tools',
};

/** Raw input shown at most, in characters. */
const MOST_RAW = 4_000;

/** A tool call: what it does, where, and what came of it. */
export function ToolCard({ item }: { item: ToolCallItem }): VNode {
  const title = item.title ?? item.toolKind;
  const content = item.content ?? [];
  const hasDiff = content.some(({ type }) => type === 'diff');
  return (
    <Fold
      open={hasDiff || item.status === 'failed'}
      className={`tool-card tool-${item.status}`}
      label={t('Tool call: {0}', title)}
      summary={
        <>
          <Icon name={kindIcons[item.toolKind]} className="card-kind" />
          <span class="card-title ellipsis" title={title}>
            <InlineCode text={title} />
          </span>
          <ToolState status={item.status} />
        </>
      }
    >
      {(item.locations?.length ?? 0) > 0 && !hasDiff && (
        <div class="locations">
          {item.locations?.map(({ path, line }) => (
            <PathLink key={`${path}:${line ?? ''}`} path={path} line={line} />
          ))}
        </div>
      )}
      {content.map((part, index) => (
        <ToolContent key={index} part={part} done={item.status !== 'in_progress'} />
      ))}
      <Raw item={item} />
    </Fold>
  );
}

function ToolContent({ part, done }: { part: ToolCallContent; done: boolean }): VNode {
  switch (part.type) {
    case 'diff':
      return <DiffView diff={part} />;
    case 'content':
      return (
        <div class="tool-content">
          <MarkdownView text={contentText([part.content])} done={done} />
        </div>
      );
    case 'terminal':
      return <div class="quiet-line">{t('Terminal {0}', part.terminalId)}</div>;
  }
}

/** What the tool was given, where nothing better shows it. */
function Raw({ item }: { item: ToolCallItem }): VNode | null {
  if ((item.content?.length ?? 0) > 0 || item.rawInput === undefined || item.rawInput === null) return null;
  const text = typeof item.rawInput === 'string' ? item.rawInput : JSON.stringify(item.rawInput, null, 2);
  if (text === '{}' || text === '') return null;
  return (
    <pre class="output" tabIndex={0} aria-label={t('Input')}>
      {text.length > MOST_RAW ? `${text.slice(0, MOST_RAW)}…` : text}
    </pre>
  );
}

const states: Record<ToolStatus, { icon: string; spin?: boolean; tone: string; label: () => string }> = {
  pending: { icon: 'circle-outline', tone: 'quiet', label: () => t('Pending') },
  in_progress: { icon: 'loading', spin: true, tone: 'working', label: () => t('Running') },
  completed: { icon: 'check', tone: 'good', label: () => t('Completed') },
  failed: { icon: 'error', tone: 'bad', label: () => t('Failed') },
  cancelled: { icon: 'circle-slash', tone: 'quiet', label: () => t('Cancelled') },
};

function ToolState({ status }: { status: ToolStatus }): VNode {
  const state = states[status];
  return (
    <span class={`card-status tone-${state.tone}`} title={state.label()}>
      <Icon name={state.icon} spin={state.spin ?? false} />
      <span class="visually-hidden">{state.label()}</span>
    </span>
  );
}
