import { Deferred } from '../base/deferred.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { EventOf } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';
import type { Failure } from '../protocol/sessionState.ts';

/** How a turn ended (law 4). A turn that failed is an end like any other: it resolves, it does not reject. */
export interface TurnEnd {
  readonly turnId: TurnId;
  readonly outcome: EventOf<'turn.ended'>['outcome'];
  readonly stopReason?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly failure?: Failure | undefined;
  /** How its check ended; with `next`, that turn goes on with what the check found (G1). */
  readonly check?: EventOf<'turn.ended'>['check'];
  /** Of a prompt that steered: the turn that took it in, whose end is its own. */
  readonly joined?: TurnId | undefined;
}

/**
 * Who waits for the end of which turn of one session. A wait settles on its own turn's end and on nothing else, also when
 * that end came before the answer which names the turn.
 */
export class TurnWaits {
  readonly #waits = new Map<TurnId, Deferred<TurnEnd>>();
  /** Ends seen while some turn was being accepted, whose id was not known yet. */
  readonly #early = new Map<TurnId, TurnEnd>();
  /** Waits for the last turn of a prompt that goes on until green, by the turn that is its last so far. */
  readonly #last = new Map<TurnId, Deferred<TurnEnd>>();
  #accepting = 0;
  #failed: HoldfastError | undefined;

  /** Remembers ends from now until the returned function is called: a turn is about to be accepted. */
  accepting(): () => void {
    this.#accepting++;
    return () => {
      if (--this.#accepting === 0) this.#early.clear();
    };
  }

  /** Resolves with the end of a turn that was just accepted. Its failure is never an unhandled rejection. */
  wait(turnId: TurnId): Promise<TurnEnd> {
    const known = this.#waits.get(turnId);
    if (known !== undefined) return known.promise;
    const deferred = new Deferred<TurnEnd>();
    deferred.promise.catch(() => {});
    const early = this.#early.get(turnId);
    if (early?.joined !== undefined) return this.wait(early.joined);
    if (this.#failed !== undefined) deferred.reject(this.#failed);
    else if (early !== undefined) deferred.resolve(early);
    else this.#waits.set(turnId, deferred);
    return deferred.promise;
  }

  /** Resolves with the end after which a prompt does not go on any more; for most, its turn's own. */
  waitForLast(turnId: TurnId): Promise<TurnEnd> {
    let early = this.#early.get(turnId);
    for (let next = followerOf(early); next !== undefined; next = followerOf(early)) {
      turnId = next;
      early = this.#early.get(turnId);
    }
    const known = this.#last.get(turnId);
    if (known !== undefined) return known.promise;
    const deferred = new Deferred<TurnEnd>();
    deferred.promise.catch(() => {});
    if (this.#failed !== undefined) deferred.reject(this.#failed);
    else if (early !== undefined) deferred.resolve(early);
    else this.#last.set(turnId, deferred);
    return deferred.promise;
  }

  /** A turn ended. */
  end(end: TurnEnd): void {
    if (this.#accepting > 0) this.#early.set(end.turnId, end);
    this.#endLast(end);
    const wait = this.#waits.get(end.turnId);
    this.#waits.delete(end.turnId);
    if (end.joined === undefined) wait?.resolve(end);
    else if (wait !== undefined) passOn(this.wait(end.joined), wait);
  }

  /** The events in between were not seen: settles what the snapshot knows to be over. */
  reset(head: Head, items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === 'turn' && item.outcome !== undefined) {
        const { turnId, outcome, exitCode, failure, check } = item;
        this.end({
          turnId,
          outcome,
          exitCode,
          failure,
          check: check && 'outcome' in check ? check : undefined,
        });
      }
    }
    if (head.lastTurn !== undefined) {
      const { turnId, outcome, exitCode, failure, check } = head.lastTurn;
      this.end({ turnId, outcome, exitCode, failure, check });
    }
    const open = new Set([head.turn?.turnId, ...head.queue.map((queued) => queued.turnId)]);
    for (const [turnId, wait] of [...this.#waits, ...this.#last]) {
      if (open.has(turnId)) continue;
      this.#waits.delete(turnId);
      this.#last.delete(turnId);
      wait.reject(
        new HoldfastError(
          'turnNotFound',
          `how the turn ${turnId} ended cannot be told: the session was reset`,
          { turnId },
        ),
      );
    }
  }

  /** Rejects all waits, and those to come. */
  fail(error: HoldfastError): void {
    this.#failed = error;
    this.rejectAll(error);
  }

  /** Rejects the waits there are now. */
  rejectAll(error: HoldfastError): void {
    for (const wait of [...this.#waits.values(), ...this.#last.values()]) wait.reject(error);
    this.#waits.clear();
    this.#last.clear();
  }

  #endLast(end: TurnEnd): void {
    const last = this.#last.get(end.turnId);
    if (last === undefined) return;
    this.#last.delete(end.turnId);
    const next = followerOf(end);
    if (next === undefined) last.resolve(end);
    else passOn(this.waitForLast(next), last);
  }
}

function passOn(end: Promise<TurnEnd>, wait: Deferred<TurnEnd>): void {
  end.then(
    (value) => wait.resolve(value),
    (error: unknown) => wait.reject(error),
  );
}

/** The turn that goes on with what another one was for. */
function followerOf(end: TurnEnd | undefined): TurnId | undefined {
  return end?.joined ?? end?.check?.next;
}
