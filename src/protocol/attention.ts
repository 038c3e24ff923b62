import type { Head, LastTurn } from './head.ts';

/** What the person should look at (ARCHITECTURE.md), the most urgent first. */
export type Attention = 'needsYou' | 'failed' | 'finished' | 'working' | 'none';

/** The one rule that gives attention. Pure; a head fold calls it, and so does nobody else. */
export function attentionOf(
  head: Pick<Head, 'interactions' | 'turn' | 'queue' | 'lastTurn' | 'detached' | 'readSeq' | 'ended'>,
): Attention {
  if (head.interactions.length > 0) return 'needsYou';
  if (head.turn !== undefined) return 'working';
  if (head.detached?.failure !== undefined && head.detached.seq > head.readSeq) return 'failed';
  const last = head.lastTurn;
  if (last !== undefined && last.seq > head.readSeq) {
    if (isFailure(last.outcome)) return 'failed';
    if (last.outcome === 'completed') return 'finished';
  }
  return head.queue.length > 0 ? 'working' : 'none';
}

/** Whether what happened last in a session failed, read or not: its last turn, or its agent after it. Not while a turn runs. Pure. */
export function hasFailed({
  attention,
  turn,
  detached,
  lastTurn,
}: Pick<Head, 'attention' | 'turn' | 'detached' | 'lastTurn'>): boolean {
  if (attention === 'failed') return true;
  if (turn !== undefined) return false;
  if (detached?.failure !== undefined && detached.seq > (lastTurn?.seq ?? 0)) return true;
  return lastTurn !== undefined && isFailure(lastTurn.outcome);
}

function isFailure(outcome: LastTurn['outcome']): boolean {
  return outcome === 'failed' || outcome === 'interrupted' || outcome === 'refused';
}
