import type { Clock } from '../base/clock.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { By } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { Steering } from './agent/agent.ts';

/** A prompt that was given to a turn while the agent worked on that. */
export interface Given {
  readonly turnId: TurnId;
  readonly content: readonly ContentBlock[];
  readonly by: By | undefined;
}

/** One that the agent began to work on by itself, after the turn that it was meant for. */
export interface Begun extends Given {
  readonly steering: Steering;
}

/** What work that began by itself needs of the turns. */
export interface BegunOwner {
  readonly clock: Clock;
  /** So long an agent may take to leave what is withdrawn, or to say what became of it, in milliseconds. */
  readonly graceMs: number;
  /** The turn that the agent works on, if it is to go on. */
  working(): TurnId | undefined;
  waits(turnId: TurnId): boolean;
  /** Has it stand in a turn, and ends its own turn with that one. */
  join(given: Given, into: TurnId): void;
  /** The agent has left what was taken back. */
  onLeft(): void;
  /** It did not leave it in time. */
  abandonAgent(reason: string): void;
}

/**
 * What the agent works on by itself, so that it is always in a turn (T2): it waits for the turn that it was meant for to end, and
 * no longer, becomes a turn, and what begins while another turn runs goes on in that. What is wanted no more is withdrawn, and
 * nothing else is sent until the agent has left it. Owned by the steers.
 */
export class BegunWork {
  readonly #owner: BegunOwner;
  readonly #waiting: Begun[] = [];
  /** What the running turn waits for besides its own. */
  readonly #more: Steering[] = [];
  readonly #leaving = new Set<Steering>();
  #isFollowed = false;

  constructor(owner: BegunOwner) {
    this.#owner = owner;
  }

  /** Whether it is to become a turn, or to go on in one, as soon as may be. */
  has(turnId: TurnId): boolean {
    return this.#waiting.some((begun) => begun.turnId === turnId);
  }

  /** Whether something of it is to be a turn, or waited for in one. */
  get isThere(): boolean {
    return this.#waiting.length > 0 || this.#more.length > 0;
  }

  /** Whether the agent still works on something that was taken back. */
  get isLeaving(): boolean {
    return this.#leaving.size > 0;
  }

  /** The agent began with something that was meant for this turn. */
  began(begun: Begun, into: TurnId): void {
    const turn = this.#owner.working();
    // The agent works on the running turn too: to stop this would stop that.
    if (turn !== undefined && (turn !== into || this.#isFollowed)) this.#goesOn(begun, turn);
    else if (this.#owner.waits(begun.turnId)) this.#waiting.push(begun);
    else this.#leave(begun.steering);
  }

  /** It is wanted no more. Says whether there was anything to take back. */
  withdraw(turnId: TurnId): boolean {
    const place = this.#waiting.findIndex((begun) => begun.turnId === turnId);
    const [begun] = place === -1 ? [] : this.#waiting.splice(place, 1);
    if (begun !== undefined) this.#leave(begun.steering);
    return begun !== undefined;
  }

  /** What is to become a turn next; it leaves with this. */
  take(): Begun | undefined {
    const begun = this.#waiting.shift();
    this.#isFollowed = begun !== undefined;
    return begun;
  }

  /** All that began goes on in this turn. */
  joinAll(turnId: TurnId): void {
    for (const begun of this.#waiting.splice(0)) this.#goesOn(begun, turnId);
  }

  /** What the running turn is to wait for now, if there is anything. */
  next(): Steering | undefined {
    const next = this.#more.shift();
    this.#isFollowed = next !== undefined;
    return next;
  }

  /** The running turn is over, and nobody waits for what else it took in. */
  over(): void {
    this.#isFollowed = false;
    for (const steering of this.#more.splice(0)) this.#leave(steering);
  }

  #goesOn(begun: Begun, turn: TurnId): void {
    this.#owner.join(begun, turn);
    this.#more.push(begun.steering);
  }

  #leave(steering: Steering): void {
    this.#leaving.add(steering);
    const left = (): void => {
      timer.dispose();
      if (this.#leaving.delete(steering)) this.#owner.onLeft();
    };
    const { clock, graceMs } = this.#owner;
    const timer = clock.after(graceMs, () => {
      this.#owner.abandonAgent('The agent did not stop what was taken back from it, and was let go of.');
      left();
    });
    steering.stop();
    steering.ended().then(left, left);
  }
}
