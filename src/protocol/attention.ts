import type { Head } from './head.ts';

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
    if (last.outcome === 'failed' || last.outcome === 'interrupted' || last.outcome === 'refused')
      return 'failed';
    if (last.outcome === 'completed') return 'finished';
  }
  return head.queue.length > 0 ? 'working' : 'none';
}
