import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { EventOf, KnownEvent } from '../protocol/events.ts';
import type { Head, Outcome, QueuedTurn } from '../protocol/head.ts';
import { newMessageId, type TurnId } from '../protocol/ids.ts';
import type { Steering, Taken } from './agent/agent.ts';
import { BegunWork, type Begun, type Given } from './begunWork.ts';
import type { Place } from './sessionWriter.ts';

/** What steering needs of the turns that it goes on in. */
export interface SteersOwner {
  head(): Head;
  record(event: KnownEvent, place: Place): void;
  readonly clock: Clock;
  /** So long an agent may take to leave what is withdrawn, or to say what became of it, in milliseconds. */
  readonly graceMs: number;
  /** Resolves when what was recorded is stored: nothing is given to an agent before. */
  committed(): Promise<void>;
  /** Gives something to the work that runs, or nothing when that is not possible (any more). */
  give(content: readonly ContentBlock[]): Steering | undefined;
  /** The turn that runs. */
  current(): TurnId | undefined;
  /** The turn that runs, if the agent works on it and is to go on. */
  working(): TurnId | undefined;
  /** A turn waits no longer. */
  forget(turnId: TurnId): void;
  /** The agent does not listen: let it go. */
  abandonAgent(reason: string): void;
  /** Nothing is on its way any more, or something is to become a turn. */
  onLanded(): void;
}

/** Why something is not given to a turn that is over. */
const TOO_LATE = 'it came too late';

interface Flight extends Given {
  readonly into: TurnId;
  /** How the turn that it is meant for ended, as soon as it has. */
  outcome: Outcome | undefined;
  steering: Steering | undefined;
  isWithdrawn: boolean;
  /** Runs while the turn that it was meant for is over. */
  timer: Disposable | undefined;
}

/**
 * Prompts on their way into the turn that runs (T2). Each is journaled as one that waits before it is given to the agent, and
 * goes on waiting when the agent says that it did not take it. What the agent may have or not, because it never said, because its
 * session or process is gone or because the runtime stopped, is not sent a second time: it ends, and what was written stays to be
 * read. What is said of that later is heard all the same. Owned by the turns.
 */
export class Steers {
  readonly #owner: SteersOwner;
  readonly #flights = new Map<TurnId, Flight>();
  readonly #begun: BegunWork;
  #landed: (() => void)[] = [];

  constructor(owner: SteersOwner) {
    this.#owner = owner;
    this.#begun = new BegunWork({
      clock: owner.clock,
      graceMs: owner.graceMs,
      working: () => owner.working(),
      waits: (turnId) => this.#waits(turnId),
      join: (given, into) => this.#join(given, { into, outcome: undefined }),
      onLeft: () => this.#look(),
      abandonAgent: (reason) => owner.abandonAgent(reason),
    });
  }

  /** Whether a waiting turn is on its way: it can be neither changed nor started then. */
  has(turnId: TurnId): boolean {
    return this.#flights.has(turnId) || this.#begun.has(turnId);
  }

  /** Whether the agent works on a waiting turn already. */
  hasBegun(turnId: TurnId): boolean {
    return this.#begun.has(turnId);
  }

  /** Whether the agent may have something else at this moment: nothing is sent to it then. */
  get isFlying(): boolean {
    return this.#flights.size > 0 || this.#begun.isLeaving;
  }

  /** Gives a waiting turn's content to a running one, once it is stored that it waits. Never rejects. */
  async give(given: Given, into: TurnId): Promise<void> {
    const flight: Flight = {
      ...given,
      ...{ into, outcome: undefined, steering: undefined, isWithdrawn: false, timer: undefined },
    };
    this.#flights.set(given.turnId, flight);
    let taken: Taken = { how: 'refused', reason: TOO_LATE };
    try {
      await this.#owner.committed();
      if (!flight.isWithdrawn && this.#owner.current() === into)
        flight.steering = this.#owner.give(given.content);
      if (flight.steering !== undefined) taken = await flight.steering.taken;
    } catch {
      // Storage is gone: it stays in the queue that is stored when storage returns.
    }
    this.#flights.delete(given.turnId);
    flight.timer?.dispose();
    this.#land(flight, taken);
    this.#look();
  }

  /** The agent is asked to leave it, where it has not taken it yet, and to stop where it began. */
  withdraw(turnId: TurnId): void {
    if (this.#begun.withdraw(turnId)) return;
    const flight = this.#flights.get(turnId);
    if (flight === undefined) return;
    flight.isWithdrawn = true;
    flight.steering?.withdraw();
  }

  /**
   * The work that they were meant for is over: withdraws all, and resolves when what became of each is known, or something is to
   * become a turn. What the agent says nothing of ends as unsent, since it may have it; what it was never given goes on waiting.
   */
  settled(): Promise<void> {
    const { clock, graceMs } = this.#owner;
    for (const [turnId, flight] of this.#flights) {
      this.withdraw(turnId);
      if (flight.steering === undefined) this.#keep(flight, TOO_LATE);
      else
        flight.timer ??= clock.after(graceMs, () => {
          this.#lose(flight);
          this.#look();
        });
    }
    if (this.#isSettled) return Promise.resolve();
    return new Promise((resolve) => this.#landed.push(resolve));
  }

  /** The runtime stops: what an agent has without having said so ends, and the next runtime has the rest as what waits. */
  interrupt(): void {
    for (const flight of this.#flights.values()) {
      if (flight.steering !== undefined) this.#lose(flight, 'interrupted');
      else this.#keep(flight, 'the runtime stops');
    }
  }

  /** A turn that started is over. */
  over(turnId: TurnId, outcome: Outcome): void {
    for (const flight of this.#flights.values()) if (flight.into === turnId) flight.outcome ??= outcome;
    this.#begun.over();
    void this.settled();
  }

  /** What the agent works on already, though no turn runs; it leaves with this. */
  takeBegun(): Begun | undefined {
    return this.#begun.take();
  }

  /** All that the agent began by itself goes on in this turn. */
  joinBegun(turnId: TurnId): void {
    this.#begun.joinAll(turnId);
  }

  /** What the running turn is to wait for besides its own work, if there is anything. */
  nextBegun(): Steering | undefined {
    return this.#begun.next();
  }

  get #isSettled(): boolean {
    return !this.isFlying || this.#begun.isThere;
  }

  #look(): void {
    if (!this.#isSettled) return;
    for (const landed of this.#landed.splice(0)) landed();
    this.#owner.onLanded();
  }

  /** The agent never had it, and is not given it any more: it waits like any other. */
  #keep(flight: Flight, reason: string): void {
    flight.isWithdrawn = true;
    this.#flights.delete(flight.turnId);
    this.#land(flight, { how: 'refused', reason });
  }

  #land(flight: Flight, taken: Taken): void {
    const { turnId, into, steering } = flight;
    switch (taken.how) {
      case 'refused': {
        const { steers, given } = this.#queued(turnId) ?? {};
        if (steers !== undefined || given === true)
          this.#owner.record({ type: 'turn.steerRefused', turnId, reason: taken.reason }, { turnId });
        return;
      }
      case 'unknown':
        return this.#lose(flight);
      case 'joined':
        return this.#join(flight, flight);
      case 'began':
        if (steering !== undefined) this.#begun.began({ ...flight, steering }, into);
    }
  }

  /** It stands in the turn that took it in, also when it waits no longer. */
  #join({ turnId, content, by }: Given, { into, outcome }: Pick<Flight, 'into' | 'outcome'>): void {
    const { head, record, forget } = this.#owner;
    if (head().ended) return;
    const message = { messageId: newMessageId(), role: 'user' as const, content: [...content] };
    record({ type: 'message.started', ...message }, { turnId: into, by });
    if (!this.#waits(turnId)) return;
    forget(turnId);
    const end = outcome === undefined ? ({ outcome: 'completed', joined: into } as const) : { outcome };
    record({ type: 'turn.ended', turnId, ...end }, { turnId, durable: true });
  }

  #lose({ turnId }: Flight, outcome: 'failed' | 'interrupted' = 'failed'): void {
    this.#flights.delete(turnId);
    const lost = this.#queued(turnId);
    if (lost === undefined) return;
    this.#owner.forget(turnId);
    this.#owner.record(untold(lost, outcome), { turnId, durable: true });
  }

  #waits(turnId: TurnId): boolean {
    return this.#queued(turnId) !== undefined;
  }

  #queued(turnId: TurnId): QueuedTurn | undefined {
    return this.#owner.head().queue.find((waiting) => waiting.turnId === turnId);
  }
}

/** How a prompt ends of which nobody knows whether the agent has it: it is not lost, and not sent a second time. */
export function untold(
  { turnId, content }: QueuedTurn,
  outcome: 'failed' | 'interrupted',
): EventOf<'turn.ended'> {
  const message =
    'The agent did not say whether it took this in, so it was not sent again; send it if it was not.';
  const failure = { kind: 'interrupted', message };
  return { type: 'turn.ended', turnId, outcome, failure, unsent: [...content] };
}
