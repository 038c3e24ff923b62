import type { By, EventOf } from '../protocol/events.ts';
import type { Outcome } from '../protocol/head.ts';
import type { Performed } from './turnsOwner.ts';

/** Why a turn is to stop: somebody cancelled it, or its time is over (T5). */
export type Stop =
  | { readonly why: 'cancelled'; readonly by: By | undefined }
  | { readonly why: 'timedOut'; readonly ms: number };

/** What a turn came to, stopped or not. */
export type Came = Omit<Performed, 'outcome'> & { readonly outcome: Outcome };

/** Who stopped it, if a person did. */
export function stoppedBy(stop: Stop | undefined): By | undefined {
  return stop?.why === 'cancelled' ? stop.by : undefined;
}

/** Why what a turn still asks of a person is settled. */
export function stopReason({ why }: Stop): string {
  return why === 'cancelled' ? 'the turn was cancelled' : 'the time of the turn is over';
}

/** How a turn ends: as its work came out, unless it was stopped before that. */
export function endOf(came: Came, stop: Stop | undefined): Omit<EventOf<'turn.ended'>, 'type' | 'turnId'> {
  if (stop?.why === 'cancelled') return { outcome: 'cancelled' };
  if (stop?.why === 'timedOut') {
    const message = `The turn was stopped: it took longer than ${stop.ms / 1000} s.`;
    return { outcome: 'failed', failure: { kind: 'timedOut', message } };
  }
  const { outcome, stopReason: reason, exitCode, failure, check } = came;
  return { outcome, stopReason: reason, exitCode, failure, ...(check !== undefined && { check }) };
}

/** Resolves when a turn is to stop. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
