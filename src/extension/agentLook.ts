import type { AgentEntry, AgentJob } from '../protocol/methods/agentMethods.ts';
import type { Summary } from '../protocol/summary.ts';
import { processText } from './sessionLook.ts';
import type { ProcessFacts } from './statusFacts.ts';
import type { Translate } from './words.ts';

/** Where an agent stands in a picker: used before, on this machine, to be installed, or not to be had here. */
export type AgentGroup = 'recent' | 'here' | 'installable' | 'elsewhere';

/** What can be done about an agent besides using it. */
export type AgentAction =
  | 'install'
  | 'cancel'
  | 'update'
  | 'signIn'
  | 'signOut'
  | 'restart'
  | 'remove'
  | 'settings'
  | 'always'
  | 'ask'
  | 'log';

/** When each agent was used last, by its id, as far as the sessions of the list tell. Pure. */
export function lastUsed(sessions: readonly Summary[]): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const { agent, updatedAt } of sessions)
    used.set(agent.id, Math.max(updatedAt, used.get(agent.id) ?? 0));
  return used;
}

/** Agents in the order in which they are offered: used last first, then by name (U5). Groups without members are left out. Pure. */
export function groupAgents(
  agents: readonly AgentEntry[],
  used: ReadonlyMap<string, number>,
): { readonly group: AgentGroup; readonly agents: readonly AgentEntry[] }[] {
  const sorted = [...agents].sort(
    (a, b) => (used.get(b.id) ?? 0) - (used.get(a.id) ?? 0) || a.name.localeCompare(b.name),
  );
  const groupOf = ({ id, usable, version }: AgentEntry): AgentGroup => {
    if (usable) return used.has(id) ? 'recent' : 'here';
    return version === undefined ? 'elsewhere' : 'installable';
  };
  return (['recent', 'here', 'installable', 'elsewhere'] as const)
    .map((group) => ({ group, agents: sorted.filter((agent) => groupOf(agent) === group) }))
    .filter((each) => each.agents.length > 0);
}

/**
 * The agent of a new session that needs no question (U5): the one that the person always wants, or the only one that there
 * is and can be. Where others can be installed, somebody new finds them by being asked. Pure.
 */
export function obviousAgent(
  agents: readonly AgentEntry[],
  defaultAgent: string | undefined,
): string | undefined {
  const usable = agents.filter((agent) => agent.usable);
  if (usable.some(({ id }) => id === defaultAgent)) return defaultAgent;
  const [only, ...others] = agents.filter((agent) => agent.usable || agent.version !== undefined);
  return others.length === 0 ? only?.id : undefined;
}

/** A codicon for what is most worth knowing of an agent. Pure. */
export function agentIcon({
  id,
  usable,
  version,
  job,
  signIn,
  lastError,
  missing,
  updateAvailable,
}: AgentEntry): string {
  if (job !== undefined) return 'loading~spin';
  if (!usable) return version === undefined ? 'circle-slash' : 'cloud-download';
  if (signIn === 'required') return 'key';
  if ((missing ?? lastError) !== undefined) return 'warning';
  if (updateAvailable) return 'arrow-circle-up';
  return id === 'shell' ? 'terminal' : 'sparkle';
}

/** An agent's version and state in few words. Pure; text of others is as they wrote it. */
export function agentState(agent: AgentEntry, t: Translate): string {
  const { usable, version, installedVersion, job, signIn, updateAvailable, source } = agent;
  if (job !== undefined) return jobText(job, t);
  if (!usable) return version ?? t('not for this platform');
  const parts = [
    installedVersion,
    updateAvailable && version !== undefined ? t('update to {0} available', version) : undefined,
    signIn === 'required' ? t('needs sign-in') : undefined,
    signIn === 'signedIn' ? t('signed in') : undefined,
    sourceText(source, t),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** What is said of an agent below its name: what went wrong last, else what it is. Pure. */
export function agentDetail(
  { id, missing, lastError, description, command }: AgentEntry,
  t: Translate,
): string {
  if (missing !== undefined) return t('It cannot be started: {0}', missing);
  if (lastError !== undefined) return t('Last error: {0}', lastError.replaceAll(/\s+/gu, ' ').slice(0, 300));
  if (id === 'shell') return t('Runs what you type as commands');
  return description ?? command ?? '';
}

/** The processes of an agent in few words; empty when none runs. Pure. */
export function agentProcessText(
  processes: readonly Pick<ProcessFacts, 'pid' | 'rssBytes' | 'sessions'>[],
  t: Translate,
): string {
  return processes
    .map(({ pid, rssBytes, sessions }) => {
      const count = sessions.length === 1 ? t('1 session') : t('{0} sessions', sessions.length);
      return [count, processText({ pid, rssBytes }, t)].filter((part) => part !== '').join(' · ');
    })
    .join('; ');
}

/** How an install goes on, in few words. Pure. */
export function jobText({ version, step, doneBytes, totalBytes }: AgentJob, t: Translate): string {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  if (step === 'unpacking') return t('unpacking {0}', version);
  if (step === 'installing') return t('installing {0}', version);
  if (doneBytes === undefined) return t('downloading {0}', version);
  return totalBytes === undefined
    ? t('downloading {0}: {1} MB', version, megabytes(doneBytes))
    : t('downloading {0}: {1} of {2} MB', version, megabytes(doneBytes), megabytes(totalBytes));
}

/** What can be done about an agent, the likeliest first. Pure. */
export function agentActions(
  agent: AgentEntry,
  { running, isDefault }: { readonly running: boolean; readonly isDefault: boolean },
): AgentAction[] {
  const { usable, version, installedVersion, job, signIn, updateAvailable, lastError, source } = agent;
  const isShell = source === 'builtin';
  const all: readonly (readonly [AgentAction, boolean])[] = [
    ['cancel', job !== undefined],
    ['install', !usable && version !== undefined && job === undefined],
    ['update', updateAvailable && job === undefined],
    ['signIn', usable && !isShell],
    ['signOut', signIn === 'signedIn'],
    ['restart', running],
    ['always', usable && !isDefault],
    ['ask', isDefault],
    ['remove', installedVersion !== undefined && job === undefined],
    ['settings', usable && !isShell],
    ['log', lastError !== undefined || running || (usable && !isShell)],
  ];
  return all.filter(([, fits]) => fits).map(([action]) => action);
}

function sourceText(source: AgentEntry['source'], t: Translate): string | undefined {
  switch (source) {
    case 'path':
      return t('on PATH');
    case 'file':
      return t('in agents.json');
    case 'settings':
      return t('in the settings');
    case 'registry':
    case 'builtin':
      return undefined;
  }
}
