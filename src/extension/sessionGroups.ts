import type { Summary } from '../protocol/summary.ts';
import type { Translate } from './words.ts';

/** The groups of the sessions tree, top to bottom (U1). */
export const GROUPS = [
  'needsYou',
  'pinned',
  'working',
  'failed',
  'today',
  'yesterday',
  'earlier',
  'archived',
] as const;
export type GroupId = (typeof GROUPS)[number];

/** Sessions that belong together, in the order they came. */
export interface SessionGroup {
  readonly id: GroupId;
  readonly sessions: readonly Summary[];
}

/** Puts sessions into groups; empty ones are left out. `now` is in milliseconds since the epoch, days are local. Pure. */
export function groupSessions(sessions: readonly Summary[], now: number): SessionGroup[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const dayBefore = new Date(midnight).setDate(new Date(midnight).getDate() - 1);
  const groups = new Map<GroupId, Summary[]>(GROUPS.map((id) => [id, []]));
  for (const summary of sessions) groups.get(groupOf(summary, { midnight, dayBefore }))?.push(summary);
  return [...groups].flatMap(([id, members]) => (members.length === 0 ? [] : [{ id, sessions: members }]));
}

function groupOf(
  { archived, attention, phase, pinned, updatedAt }: Summary,
  { midnight, dayBefore }: { readonly midnight: number; readonly dayBefore: number },
): GroupId {
  if (archived) return 'archived';
  if (attention === 'needsYou') return 'needsYou';
  if (pinned) return 'pinned';
  if (attention === 'working' || phase === 'opening') return 'working';
  if (attention === 'failed') return 'failed';
  if (updatedAt >= midnight) return 'today';
  return updatedAt >= dayBefore ? 'yesterday' : 'earlier';
}

/** The name of a group, for people. Pure. */
export function groupName(id: GroupId, t: Translate): string {
  switch (id) {
    case 'needsYou':
      return t('Needs you');
    case 'pinned':
      return t('Pinned');
    case 'working':
      return t('Working');
    case 'failed':
      return t('Failed');
    case 'today':
      return t('Today');
    case 'yesterday':
      return t('Yesterday');
    case 'earlier':
      return t('Earlier');
    case 'archived':
      return t('Archived');
  }
}
