import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import type { ToolCallItem } from '../../protocol/items.ts';
import type { ToolCallContent, ToolKind, ToolStatus } from '../../protocol/toolCall.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { CommandBody, CommandLine } from '../cards/commandCard.tsx';
import { Fold } from '../cards/fold.tsx';
import { InlineCode } from '../cards/inlineCode.tsx';
import { PathLink, withinFolder } from '../cards/pathLink.tsx';
import { usePage } from '../context.ts';
import { commandRowId } from '../nestedRuns.ts';
import { ContentBlocks } from './blockView.tsx';
import { DiffCounts, DiffView } from './diffView.tsx';
import { Raw } from './raw.tsx';

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

/** A tool call: what it does, where, and what came of it. */
export function ToolCard({ item }: { item: ToolCallItem }): VNode {
  const title = item.title ?? item.toolKind;
  const content = item.content ?? [];
  const running = item.status === 'pending' || item.status === 'in_progress';
  const hasTerminal = content.some(({ type }) => type === 'terminal');
  const hasDiff = content.some(({ type }) => type === 'diff');
  const named = useNames(title, content);
  const asking = useAsks(item);
  return (
    <Fold
      open={hasDiff || item.status === 'failed' || (running && hasTerminal)}
      className={`tool-card tool-${item.status} ${named ? 'named' : ''}`}
      label={asking ? t('Tool call that waits for your answer') : t('Tool call: {0}', title)}
      summary={
        asking ? (
          <>
            <Icon name={kindIcons[item.toolKind]} className="card-kind" />
            <span class="card-title ellipsis tone-needs">{t('Waits for your answer below')}</span>
          </>
        ) : (
          <>
            <Icon name={kindIcons[item.toolKind]} className="card-kind" />
            <span class="card-title ellipsis" title={title}>
              <InlineCode text={title} />
            </span>
            <Detail item={item} />
            <ToolState status={item.status} />
          </>
        )
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
        <ToolContent key={index} part={part} item={item} />
      ))}
      {!(named && hasTerminal) && <Raw item={item} />}
    </Fold>
  );
}

/** Whether a card below asks for this call's permission: what it is about is said there, and need not be said twice. */
function useAsks({ toolCallId }: ToolCallItem): boolean {
  const { store } = usePage();
  const asks = useComputed(
    () =>
      store.head.value?.interactions.some(
        ({ interaction }) => interaction.kind === 'permission' && interaction.toolCallId === toolCallId,
      ) ?? false,
  );
  return asks.value;
}

/** Whether the title names the one thing that is inside, the file or the command, which then need not be named again. */
function useNames(title: string, [only, more]: readonly ToolCallContent[]): boolean {
  const { store } = usePage();
  if (more !== undefined) return false;
  if (only?.type === 'diff') return title.includes(withinFolder(only.path, store.head.value?.cwd));
  const run = only?.type === 'terminal' && store.row(commandRowId(only.terminalId))?.value;
  return run && run.kind === 'commandRun' ? run.command === title.replaceAll('`', '') : false;
}

function ToolContent({ part, item }: { part: ToolCallContent; item: ToolCallItem }): VNode {
  switch (part.type) {
    case 'diff':
      return <DiffView diff={part} />;
    case 'content':
      return (
        <div class="tool-content">
          <ContentBlocks content={[part.content]} done={item.status !== 'in_progress'} />
        </div>
      );
    case 'terminal':
      return <TerminalView terminalId={part.terminalId} />;
  }
}

/** The command that a tool call runs: its row, which is shown here and nowhere else. */
function TerminalView({ terminalId }: { terminalId: string }): VNode {
  const { store } = usePage();
  const run = store.row(commandRowId(terminalId))?.value;
  if (run?.kind !== 'commandRun') return <div class="quiet-line">{t('Not loaded yet')}</div>;
  return (
    <div class="nested-run">
      <div class="nested-line">
        <CommandLine item={run} />
      </div>
      <CommandBody item={run} />
    </div>
  );
}

/** What the line of a folded card says besides its title. */
function Detail({ item }: { item: ToolCallItem }): VNode | null {
  const { store } = usePage();
  const diffs = (item.content ?? []).filter((part) => part.type === 'diff');
  if (diffs.length > 1) return <DiffCounts diffs={diffs} />;
  const [place, ...others] = item.locations ?? [];
  if (place === undefined) return null;
  const path = withinFolder(place.path, store.head.value?.cwd);
  if (others.length === 0 && (item.title ?? '').includes(path)) return null;
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return (
    <span class="card-detail ellipsis">
      {path}
      {more}
    </span>
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
