import type { Summary } from '../protocol/summary.ts';

/** Sessions that need a person first, then those at work, then the rest by last change; archived ones at the end. */
export function compareSessions(a: Summary, b: Summary): number {
  return rank(a) - rank(b) || b.updatedAt - a.updatedAt || a.sessionId.localeCompare(b.sessionId);
}

function rank({ archived, attention, phase, pinned }: Summary): number {
  if (archived) return 5;
  if (attention === 'needsYou') return 0;
  if (attention === 'working' || phase === 'opening') return 1;
  if (pinned) return 2;
  return phase === 'ended' ? 4 : 3;
}

/** How many sessions are at work, and how many need a person. */
export interface Counts {
  readonly working: number;
  readonly needsYou: number;
}

/** Counts what the status bar and the badge show. Pure. */
export function countSessions(sessions: Iterable<Summary>): Counts {
  let working = 0;
  let needsYou = 0;
  for (const { attention, archived } of sessions) {
    if (archived) continue;
    if (attention === 'needsYou') needsYou++;
    else if (attention === 'working') working++;
  }
  return { working, needsYou };
}

/** What menus decide by (`viewItem`): the phase, and whether it is archived, as words. */
export function contextValueOf({ phase, archived }: Pick<Summary, 'phase' | 'archived'>): string {
  return ['session', phase, archived ? 'archived' : ''].filter(Boolean).join(' ');
}
