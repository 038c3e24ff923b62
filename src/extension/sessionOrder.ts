import type { Summary } from '../protocol/summary.ts';

const MINUTE_MS = 60_000;

/** Sessions that need a person first, then those at work, failed and pinned, then the rest by last change; archived ones at the end. */
export function compareSessions(a: Summary, b: Summary): number {
  const order = rank(a);
  const difference = order - rank(b);
  if (difference !== 0) return difference;
  // Rows at work keep their places: they change all the time.
  const time = order <= WORKING ? b.createdAt - a.createdAt : minuteOf(b.updatedAt) - minuteOf(a.updatedAt);
  return time || b.updatedAt - a.updatedAt || a.sessionId.localeCompare(b.sessionId);
}

const WORKING = 1;

function rank({ archived, attention, phase, pinned }: Summary): number {
  if (archived) return 6;
  if (attention === 'needsYou') return 0;
  if (attention === 'working' || phase === 'opening') return WORKING;
  if (attention === 'failed') return 2;
  if (pinned) return 3;
  return phase === 'ended' ? 5 : 4;
}

/** Whether two summaries of one session look alike: only their number moved, or their time within a minute. */
export function looksTheSame(a: Summary, b: Summary): boolean {
  const look = (summary: Summary): string =>
    JSON.stringify({ ...summary, seq: 0, updatedAt: minuteOf(summary.updatedAt) });
  return look(a) === look(b);
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS);
}

/** Whether ending a session would cut something off: a turn runs, waits or is queued. An unknown session is none. */
export function isBusy(summary: Pick<Summary, 'phase' | 'queued'> | undefined): boolean {
  if (summary === undefined) return false;
  return summary.phase === 'running' || summary.phase === 'waiting' || summary.queued > 0;
}

/** How many sessions are at work, how many need a person, and how many failed unread. */
export interface Counts {
  readonly working: number;
  readonly needsYou: number;
  readonly failed: number;
}

/** Counts what the status bar and the badge show. Pure. */
export function countSessions(sessions: Iterable<Summary>): Counts {
  const counts = { working: 0, needsYou: 0, failed: 0 };
  for (const summary of sessions) countSession(counts, summary, 1);
  return counts;
}

/** Adds a session to what is counted, or takes it away. */
export function countSession(
  counts: { working: number; needsYou: number; failed: number },
  { attention, archived }: Pick<Summary, 'attention' | 'archived'>,
  by: 1 | -1,
): void {
  if (!archived && (attention === 'needsYou' || attention === 'working' || attention === 'failed'))
    counts[attention] += by;
}

/**
 * What menus decide by (`viewItem`): the phase, and whether it is archived or pinned, as words; then its id, in digits that are no
 * such word whatever a host calls it.
 */
export function contextValueOf({
  sessionId,
  phase,
  archived,
  pinned,
}: Pick<Summary, 'sessionId' | 'phase' | 'archived' | 'pinned'>): string {
  const id = `#${Buffer.from(sessionId).toString('hex')}`;
  return ['session', phase, pinned ? 'pinned' : '', archived ? 'archived' : '', id].filter(Boolean).join(' ');
}
