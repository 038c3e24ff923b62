import type { Clock } from '../base/clock.ts';
import type { TurnId } from '../protocol/ids.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { RequestOptions } from './channel.ts';
import { limit, unlessAborted, type Limit } from './limit.ts';
import type { CallParams, Outbox } from './outbox.ts';
import type { TurnEnd, TurnWaits } from './turnWaits.ts';

/** A turn that was accepted: it runs, or waits in the queue. */
export interface Turn {
  readonly turnId: TurnId;
  readonly queued: boolean;
  /** Of a prompt that asked to steer: whether it was given to the running turn, whose end is then its own if it is taken in. */
  readonly steered?: boolean | undefined;
  /**
   * Settles with this turn's own end and with nothing else. Rejects when the end will not be seen: `aborted`, `timedOut`,
   * `connectionClosed`, `notAttached`, `sessionEnded`. Ignoring it is fine.
   */
  readonly ended: Promise<TurnEnd>;
  /** The end after which a prompt that goes on until green does so no more (G1); for any other, the same as `ended`. */
  readonly settled: Promise<TurnEnd>;
}

/** How long a turn that took too long may take to be cancelled. */
export const CANCEL_WAIT_MS = 10_000;

/** What sending a turn needs. */
export interface SendTurn<M extends 'session/prompt' | 'session/command'> {
  readonly method: M;
  readonly params: CallParams<M>;
  readonly limits: RequestOptions;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly turns: TurnWaits;
  cancel(turnId: TurnId): Promise<unknown>;
}

/**
 * Sends a turn and waits until it is accepted. When the caller's limit is reached, the turn is cancelled wherever it
 * stands: before it was sent, before it was accepted, in the queue, or while it runs (T5).
 */
export async function sendTurn<M extends 'session/prompt' | 'session/command'>(
  send: SendTurn<M>,
): Promise<Turn> {
  const { method, params, outbox, turns } = send;
  const limited = limit(send.limits, send.clock, method === 'session/prompt' ? 'the prompt' : 'the command');
  const accepting = turns.accepting();
  const accepted = outbox
    .request(method, params, { withdraw: limited.signal })
    .then(({ turnId, queued, ...rest }): Turn => {
      const { steered } = rest as { readonly steered?: boolean };
      const settled = turns.waitForLast(turnId);
      return {
        turnId,
        queued,
        ...(steered !== undefined && { steered }),
        ended: turns.wait(turnId),
        settled,
      };
    })
    .finally(accepting);
  try {
    const turn = await unlessAborted(accepted, limited.signal, method);
    const own = untilEnd(send, turn.turnId, turn.ended, limited);
    own.catch(() => {});
    return { ...turn, ended: own };
  } catch (error) {
    limited.dispose();
    // It may have been accepted all the same.
    const cancelled = accepted.then((turn) => stop(send, turn)).catch(() => {});
    if (isHoldfastError(error, 'timedOut')) await bounded(cancelled, send.clock);
    throw error;
  }
}

async function untilEnd(
  send: SendTurn<'session/prompt' | 'session/command'>,
  turnId: TurnId,
  ended: Promise<TurnEnd>,
  limited: Limit,
): Promise<TurnEnd> {
  try {
    return await unlessAborted(ended, limited.signal, 'the turn');
  } catch (error) {
    if (!limited.signal.aborted) throw error;
    const stopped = stop(send, { turnId, ended }).catch(() => undefined);
    if (!isHoldfastError(error, 'timedOut')) throw error;
    const end = await bounded(stopped, send.clock);
    // It was done just in time.
    if (end?.outcome === 'completed') return end;
    throw error;
  } finally {
    limited.dispose();
  }
}

/** Cancels a turn and resolves with its end. */
async function stop(
  send: Pick<SendTurn<'session/prompt' | 'session/command'>, 'cancel'>,
  turn: Pick<Turn, 'turnId' | 'ended'>,
): Promise<TurnEnd> {
  await send.cancel(turn.turnId);
  return turn.ended;
}

function bounded<T>(promise: Promise<T>, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(CANCEL_WAIT_MS, () => resolve(undefined));
    promise.then(resolve, reject).finally(() => timer.dispose());
  });
}
