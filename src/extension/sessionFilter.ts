import type { Attention } from '../protocol/attention.ts';
import { folderPrefix } from '../protocol/folderPrefix.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Narrowing } from './sessionPages.ts';
import type { Translate } from './words.ts';

/** The states that sessions are filtered by. */
const STATES = ['working', 'failed', 'finished'] as const satisfies readonly Attention[];
type State = (typeof STATES)[number];

/** Which sessions the tree shows: a word that can be kept. */
export type SessionFilter = 'all' | 'needsMe' | 'workspace' | `state:${State}` | `agent:${string}`;

/** The filters that do not depend on what sessions there are, in the order in which they are offered. */
export const FILTERS: readonly SessionFilter[] = [
  ...(['all', 'needsMe', 'workspace'] as const),
  ...STATES.map((state) => `state:${state}` as const),
];

/** Whether what was kept is a filter of this build. */
export function isFilter(kept: unknown): kept is SessionFilter {
  return (
    typeof kept === 'string' && (agentIn(kept) !== undefined || FILTERS.some((filter) => filter === kept))
  );
}

/** The agent of a filter by agent. */
export function agentIn(filter: string): string | undefined {
  return filter.startsWith('agent:') ? filter.slice('agent:'.length) : undefined;
}

/** So many folders of a window a list of sessions is narrowed to, as the protocol allows. */
const MOST_FOLDERS = 100;

/** What the runtime is asked for under a filter; nothing where it shows all. `folders` are those of the window. Pure. */
export function narrowingOf(filter: SessionFilter, folders: readonly string[]): Narrowing | undefined {
  const agent = agentIn(filter);
  if (agent !== undefined) return { agent };
  if (filter === 'workspace') return { within: folders.slice(0, MOST_FOLDERS) };
  if (filter === 'state:failed') return { failed: true };
  const attention = attentionsOf(filter);
  return attention && { attention };
}

/** Keeps the sessions that a filter lets through; `folders` are those of the window. Pure. */
export function filterSessions(
  sessions: readonly Summary[],
  filter: SessionFilter,
  folders: readonly string[],
): readonly Summary[] {
  const { agent, within, attention, failed } = narrowingOf(filter, folders) ?? {};
  if (agent !== undefined) return sessions.filter((summary) => summary.agent.id === agent);
  if (attention !== undefined) return sessions.filter((summary) => attention.includes(summary.attention));
  if (failed !== undefined) return sessions.filter((summary) => hasFailed(summary) === failed);
  if (within === undefined) return sessions;
  const inside = within.map(folderPrefix);
  return sessions.filter(({ cwd }) => inside.some((folder) => folderPrefix(cwd).startsWith(folder)));
}

/** The name of a filter, for people; `agentName` is what the agent of one by agent is called. Pure. */
export function filterName(filter: SessionFilter, t: Translate, agentName?: string): string {
  switch (filter) {
    case 'all':
      return t('All sessions');
    case 'needsMe':
      return t('Those that need me');
    case 'workspace':
      return t('Those of this workspace');
    case 'state:working':
      return t('Those at work');
    case 'state:failed':
      return t('Those that failed');
    case 'state:finished':
      return t('Those that finished and were not read');
    default:
      return t('Those of {0}', agentName ?? agentIn(filter) ?? '');
  }
}

/** An older runtime tells of a failure that is news alone. */
function hasFailed({ failed, attention }: Summary): boolean {
  return failed ?? attention === 'failed';
}

function attentionsOf(filter: SessionFilter): Attention[] | undefined {
  if (filter === 'needsMe') return ['needsYou', 'failed'];
  const state = STATES.find((each) => filter === `state:${each}`);
  return state && [state];
}
