import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { errorWords } from '../protocol/errorWords.ts';
import { contentText } from '../protocol/contentText.ts';
import type { Outcome } from '../protocol/head.ts';
import type { ItemId, TurnId } from '../protocol/ids.ts';
import type { Failure } from '../protocol/sessionState.ts';
import { InlineCode } from './cards/inlineCode.tsx';
import { chunksOf } from './chunks.ts';
import { usePage } from './context.ts';
import { shortDuration } from './duration.ts';
import { Elapsed } from './elapsed.tsx';
import { Icon } from './icon.tsx';
import { Later } from './later.tsx';
import { RevealMark } from './revealMark.tsx';
import { RowView } from './rowView.tsx';
import { ChunksView } from './rowsView.tsx';
import { turnRowId, type Section } from './sections.ts';
import type { PageStore } from './store.ts';
import { t } from './words.ts';

/** Rows whose places are held together while no reader is near. */
const FAR_ROWS = 96;
/** Rows at the end of a turn among which one may say already why it failed. */
const LAST_ROWS = 8;

/**
 * One turn, or rows outside of turns: the rows, and how the turn stands or ended. A turn that is one command, typed as
 * it ran, is shown as the command's card alone, which says all of it. `near`: see `ChunksView`.
 */
export function SectionView({ section, near }: { section: Section; near: boolean }): VNode {
  const { store } = usePage();
  const command = isOneCommand(section.rows, store);
  const chunks = useRef<readonly (readonly ItemId[])[]>(undefined);
  const heading = headingRows(section.rows, store);
  chunks.current = chunksOf(section.rows.slice(heading.length), FAR_ROWS, chunks.current);
  return (
    <section class={`section ${command ? 'one-command' : ''}`}>
      {heading.map((itemId) => (
        <RowView key={itemId} itemId={itemId} />
      ))}
      {chunks.current.map((rows) => (
        <ChunksView key={rows[0]} rows={rows} near={near} />
      ))}
      {section.turnId !== undefined && <TurnArtifacts turnId={section.turnId} />}
      {section.turnId !== undefined && (
        <TurnEnd turnId={section.turnId} section={section} command={command} />
      )}
    </section>
  );
}

/** The rows that a section begins with and that are always there, so that one can go from heading to heading (U6). */
function headingRows(rows: readonly ItemId[], store: PageStore): readonly ItemId[] {
  const isHeading = (itemId: ItemId): boolean => {
    const item = store.row(itemId)?.peek();
    return item?.kind === 'turn' || (item?.kind === 'message' && item.role === 'user');
  };
  const end = rows.slice(0, 2).findIndex((itemId) => !isHeading(itemId));
  return rows.slice(0, end < 0 ? 2 : end);
}

function isOneCommand(rows: readonly ItemId[], store: PageStore): boolean {
  // The turn, its prompt and the command, and behind them at most what is told of others, like prompts taken out of the queue.
  const isNotice = (itemId: ItemId): boolean => store.row(itemId)?.peek().kind === 'notice';
  if (!rows.slice(3).every(isNotice)) return false;
  // What is looked at never changes once a row is there, so the rows' own changes are not waited for.
  const items = rows
    .slice(0, 3)
    .map((itemId) => store.row(itemId)?.peek())
    .filter((item) => item !== undefined && item.kind !== 'turn');
  const [prompt, command] = items;
  if (items.length !== 2 || prompt?.kind !== 'message' || prompt.role !== 'user') return false;
  return command?.kind === 'commandRun' && command.command.trim() === contentText(prompt.content).trim();
}

interface TurnEndProperties {
  readonly turnId: TurnId;
  readonly section: Section;
  /** Whether it is one command, whose card is all there is of it. */
  readonly command: boolean;
}

interface Ending {
  readonly outcome: Outcome;
  readonly took: number | undefined;
  readonly exitCode?: number | undefined;
  readonly failure?: Failure | undefined;
}

function TurnArtifacts({ turnId }: { turnId: TurnId }): VNode | null {
  const row = usePage().store.row(turnRowId(turnId))?.value;
  const artifacts = row?.kind === 'turn' ? row.artifacts : undefined;
  return artifacts === undefined ? null : <Later part="Artifacts" given={{ artifacts }} />;
}

function TurnEnd({ turnId, section, command }: TurnEndProperties): VNode | null {
  const ending = useEnding(turnId);
  const { store } = usePage();
  const running = store.head.value?.turn;
  if (ending === undefined) {
    return running?.turnId === turnId ? <Running turnId={turnId} since={running.startedAt} /> : null;
  }
  const look = looks[ending.outcome];
  // The card of the one command says already how it failed, and so does the row of an agent that did not start.
  const told =
    (command && ending.failure?.kind === 'commandFailed') || isTold(ending.failure, section.rows, store);
  const took = ending.took === undefined ? '' : shortDuration(ending.took);
  const code =
    ending.exitCode === undefined || ending.exitCode === 0 ? '' : t('exit code {0}', ending.exitCode);
  return (
    <>
      {ending.failure !== undefined && (
        <Problem failure={ending.failure} told={told} repeat={section.repeat} />
      )}
      <div class={`row turn-end tone-${look.tone}`}>
        <Icon name={look.icon} />
        <span>{[look.label(), code, took].filter(Boolean).join(' · ')}</span>
      </div>
      {look.tone === 'bad' && (
        <Later part="WaysOut" given={{ turnId, outcome: ending.outcome, failure: ending.failure }} />
      )}
    </>
  );
}

/** Whether one of the last rows says in the same words why the turn failed. */
function isTold(failure: Failure | undefined, rows: readonly ItemId[], store: PageStore): boolean {
  if (failure === undefined) return false;
  const words = errorWords(failure, t);
  return rows.slice(-LAST_ROWS).some((itemId) => {
    const item = store.row(itemId)?.peek();
    return item?.kind === 'notice' && item.text === words;
  });
}

/** From the turn's row where it is loaded, else from what the head knows of the last turn. */
function useEnding(turnId: TurnId): Ending | undefined {
  const { store } = usePage();
  const row = store.row(turnRowId(turnId))?.value;
  if (row?.kind === 'turn') {
    const { outcome, endedAt, at, exitCode, failure } = row;
    return outcome === undefined
      ? undefined
      : { outcome, took: endedAt === undefined ? undefined : endedAt - at, exitCode, failure };
  }
  const last = store.head.value?.lastTurn;
  return last?.turnId === turnId ? { ...last, took: undefined } : undefined;
}

interface ProblemProperties {
  readonly failure: Failure;
  /** Whether its words stand above. */
  readonly told: boolean;
  /** The row that it stands for, which what is found or led to may be. */
  readonly repeat: ItemId | undefined;
}

/** Why a turn failed: in words, unless those are `told`, and with what the agent wrote before where they do not say it. */
function Problem({ failure, told, repeat }: ProblemProperties): VNode | null {
  const { store } = usePage();
  const revealed = useComputed(() => repeat !== undefined && store.revealed.value === repeat).value;
  const words = errorWords(failure, t);
  const written = failure.stderrTail?.trim() ?? '';
  const saysAll = words.includes(written);
  if (told && saysAll) return null;
  return (
    <>
      {revealed && <RevealMark />}
      <div class="row problem" role="note" data-item={repeat}>
        {!told && (
          <div class="problem-words">
            <InlineCode text={words} />
          </div>
        )}
        {!saysAll && <pre class="output">{failure.stderrTail}</pre>}
      </div>
    </>
  );
}

function Running({ turnId, since }: { turnId: TurnId; since: number }): VNode {
  const { store } = usePage();
  const { interactions = [], stalled } = store.head.value ?? {};
  const waiting = interactions.length > 0;
  const silent = waiting ? undefined : stalled;
  const calls = waiting || silent !== undefined;
  return (
    <>
      <div class={`row turn-end ${calls ? 'tone-needs' : 'tone-working'}`}>
        <Icon name={waiting ? 'bell' : 'loading'} spin={!waiting} />
        <span class={calls ? '' : 'shimmer'}>
          {waiting ? t('Waiting for you') : silent === undefined ? t('Working') : t('Silent')}
        </span>
        <Elapsed since={silent?.since ?? since} />
      </div>
      {silent !== undefined && <Later part="Silence" given={{ turnId, waitingFor: silent.waitingFor }} />}
    </>
  );
}

const looks: Record<Outcome, { icon: string; tone: string; label: () => string }> = {
  completed: { icon: 'check', tone: 'quiet', label: () => t('Completed') },
  cancelled: { icon: 'circle-slash', tone: 'quiet', label: () => t('Cancelled') },
  failed: { icon: 'error', tone: 'bad', label: () => t('Failed') },
  refused: { icon: 'circle-slash', tone: 'bad', label: () => t('Refused') },
  interrupted: { icon: 'debug-disconnect', tone: 'bad', label: () => t('Interrupted') },
};
