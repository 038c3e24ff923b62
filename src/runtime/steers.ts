import type { Clock } from '../base/clock.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { KnownEvent } from '../protocol/events.ts';
import type { Head, Outcome } from '../protocol/head.ts';
import { newMessageId, type TurnId } from '../protocol/ids.ts';
import type { Steering, Taken } from './agent/agent.ts';
import type { Place } from './sessionWriter.ts';

/** What steering needs of the turns that it goes on in. */
export interface SteersOwner {
  head(): Head;
  record(event: KnownEvent, place: Place): void;
  readonly clock: Clock;
  /** Resolves when what was recorded is stored: nothing is given to an agent before. */
  committed(): Promise<void>;
  /** Gives something to the work that runs, or nothing when that is not possible (any more). */
  give(content: readonly ContentBlock[]): Steering | undefined;
  /** The turn that the agent works on. */
  current(): TurnId | undefined;
  /** A turn waits no longer. */
  forget(turnId: TurnId): void;
  /** Nothing is on its way any more. */
  onLanded(): void;
}

interface Flight {
  readonly into: TurnId;
  steering: Steering | undefined;
  isWithdrawn: boolean;
}

/** What the agent began to work on by itself, after the turn that it was meant for. */
export interface Begun {
  readonly turnId: TurnId;
  readonly steering: Steering;
}

/** So long an agent may take to say what became of what is withdrawn, in milliseconds. */
export const WITHDRAW_MS = 10_000;

/**
 * Prompts on their way into the turn that runs (T2). Each is journaled as one that waits before it is given to the agent, and
 * goes on waiting unless the agent says that it took it: so a crash in between loses nothing. What the agent may have or not,
 * because it never said, is not sent a second time. Owned by the turns.
 */
export class Steers {
  readonly #owner: SteersOwner;
  readonly #flights = new Map<TurnId, Flight>();
  readonly #begun: Begun[] = [];
  #landed: (() => void)[] = [];

  constructor(owner: SteersOwner) {
    this.#owner = owner;
  }

  /** Whether a waiting turn is on its way: it can be neither changed nor started then. */
  has(turnId: TurnId): boolean {
    return this.#flights.has(turnId);
  }

  get isFlying(): boolean {
    return this.#flights.size > 0;
  }

  /** Gives a waiting turn's content to a running one, once it is stored that it waits. Never rejects. */
  async give(turnId: TurnId, content: readonly ContentBlock[], into: TurnId): Promise<void> {
    const flight: Flight = { into, steering: undefined, isWithdrawn: false };
    this.#flights.set(turnId, flight);
    let taken: Taken = { how: 'refused', reason: 'it came too late' };
    try {
      await this.#owner.committed();
      if (!flight.isWithdrawn && this.#owner.current() === into) flight.steering = this.#owner.give(content);
      if (flight.steering !== undefined) taken = await flight.steering.taken;
    } catch {
      // Storage is gone: it stays in the queue that is stored when storage returns.
    }
    if (!this.#flights.delete(turnId)) return;
    this.#land(turnId, content, { flight, taken });
    if (!this.isFlying) this.#allLanded();
  }

  /** The agent is asked to leave it, where it has not taken it yet. */
  withdraw(turnId: TurnId): void {
    const flight = this.#flights.get(turnId);
    if (flight === undefined) return;
    flight.isWithdrawn = true;
    flight.steering?.withdraw();
  }

  /**
   * The work that they were meant for is over: withdraws all, and resolves when what became of each is known. What the agent
   * says nothing of ends as unsent, since it may have it.
   */
  async settled(): Promise<void> {
    if (!this.isFlying) return;
    for (const turnId of [...this.#flights.keys()]) this.withdraw(turnId);
    const { clock } = this.#owner;
    await new Promise<void>((resolve) => {
      const timer = clock.after(WITHDRAW_MS, () => {
        for (const turnId of [...this.#flights.keys()]) this.#lose(turnId);
        resolve();
        this.#allLanded();
      });
      this.#landed.push(() => {
        timer.dispose();
        resolve();
      });
    });
  }

  /** What the agent works on already, though no turn runs; it leaves with this. */
  takeBegun(): Begun | undefined {
    const begun = this.#begun.shift();
    if (begun === undefined || this.#waits(begun.turnId)) return begun;
    begun.steering.withdraw();
    return this.takeBegun();
  }

  #allLanded(): void {
    for (const landed of this.#landed.splice(0)) landed();
    this.#owner.onLanded();
  }

  #land(
    turnId: TurnId,
    content: readonly ContentBlock[],
    { flight, taken }: { readonly flight: Flight; readonly taken: Taken },
  ): void {
    const { into, steering } = flight;
    const waits = this.#waits(turnId);
    switch (taken.how) {
      case 'refused':
        // Where the turn is over, its end has said that it waits.
        if (waits && this.#owner.current() === into)
          this.#owner.record({ type: 'turn.steerRefused', turnId, reason: taken.reason }, { turnId });
        return;
      case 'joined':
        return this.#join(turnId, content, into);
      case 'began':
        if (steering === undefined) return;
        if (waits) this.#begun.push({ turnId, steering });
        else steering.withdraw();
    }
  }

  /** It stands in the turn that took it in, also when somebody took it out of the queue meanwhile. */
  #join(turnId: TurnId, content: readonly ContentBlock[], into: TurnId): void {
    const { head, record, current, forget } = this.#owner;
    const { queue, lastTurn } = head();
    const by = queue.find((waiting) => waiting.turnId === turnId)?.by;
    const message = { messageId: newMessageId(), role: 'user' as const, content: [...content] };
    record({ type: 'message.started', ...message }, { turnId: into, by });
    if (!this.#waits(turnId)) return;
    forget(turnId);
    const place = { turnId, durable: true };
    if (current() === into)
      return record({ type: 'turn.ended', turnId, outcome: 'completed', joined: into }, place);
    const outcome: Outcome = lastTurn?.turnId === into ? lastTurn.outcome : 'interrupted';
    record({ type: 'turn.ended', turnId, outcome }, place);
  }

  #lose(turnId: TurnId): void {
    this.#flights.delete(turnId);
    const lost = this.#owner.head().queue.find((waiting) => waiting.turnId === turnId);
    if (lost === undefined) return;
    this.#owner.forget(turnId);
    const unsent = [...lost.content];
    const message =
      'The agent did not say whether it took this in, so it was not sent again; send it if it was not.';
    const failure = { kind: 'interrupted', message };
    this.#owner.record(
      { type: 'turn.ended', turnId, outcome: 'failed', failure, unsent },
      { turnId, durable: true },
    );
  }

  #waits(turnId: TurnId): boolean {
    return this.#owner.head().queue.some((waiting) => waiting.turnId === turnId);
  }
}
