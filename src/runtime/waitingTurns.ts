import type { ContentBlock } from '../protocol/content.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { Steers } from './steers.ts';
import type { TurnPlans } from './turnPlans.ts';
import type { TurnsOwner } from './turnsOwner.ts';

/** What acting on waiting turns needs of the turns. */
export interface WaitingTurnsOwner extends Pick<TurnsOwner, 'head' | 'record'> {
  /** The turn that runs. */
  current(): TurnId | undefined;
  readonly plans: TurnPlans;
  readonly steers: Steers;
}

/**
 * What people do with turns that wait (T2); the queue itself is in the head. What the agent may have already can only be taken
 * back. All throw `turnNotFound` for a turn that does not wait. Owned by the turns.
 */
export class WaitingTurns {
  readonly #owner: WaitingTurnsOwner;

  constructor(owner: WaitingTurnsOwner) {
    this.#owner = owner;
  }

  /** Whether a turn waits. */
  has(turnId: TurnId): boolean {
    return this.#owner.head().queue.some((waiting) => waiting.turnId === turnId);
  }

  /** Changes what a waiting turn will send. */
  edit(turnId: TurnId, content: readonly ContentBlock[], by: By): void {
    this.#find(turnId);
    const { steers, plans, record } = this.#owner;
    if (steers.has(turnId)) throw this.#taken(turnId);
    plans.edited(turnId);
    record({ type: 'turn.edited', turnId, content: [...content] }, { turnId, by });
  }

  /** Puts a waiting turn before another one, or behind all. */
  move(turnId: TurnId, before: TurnId | undefined, by: By): void {
    this.#find(turnId);
    const { steers, record } = this.#owner;
    if (steers.hasBegun(turnId)) throw this.#taken(turnId);
    if (before !== undefined) this.#find(before);
    record({ type: 'turn.moved', turnId, before }, { turnId, by });
  }

  /** Takes a waiting turn away: it ends cancelled. */
  remove(turnId: TurnId, by: By | undefined): void {
    this.#find(turnId);
    const { head, steers, plans, record } = this.#owner;
    steers.withdraw(turnId);
    plans.forget(turnId);
    const unsent = head().queue.find((waiting) => waiting.turnId === turnId)?.content ?? [];
    record({ type: 'turn.ended', turnId, outcome: 'cancelled', unsent: [...unsent] }, { turnId, by });
  }

  /** Takes all away. */
  removeAll(by: By | undefined): void {
    for (const { turnId } of [...this.#owner.head().queue]) this.remove(turnId, by);
  }

  /** Takes away the prompts that wait; commands say themselves where they run. */
  removePrompts(): void {
    for (const { turnId, kind } of [...this.#owner.head().queue])
      if (kind === 'prompt') this.remove(turnId, undefined);
  }

  #find(turnId: TurnId): void {
    if (this.has(turnId)) return;
    const words = this.#owner.current() === turnId ? 'runs already' : 'does not wait in this session';
    throw new HoldfastError('turnNotFound', `the turn ${turnId} ${words}`, { turnId });
  }

  /** Why a turn that waits can be neither changed nor put elsewhere: the agent may have it. */
  #taken(turnId: TurnId): HoldfastError {
    const words = this.#owner.steers.hasBegun(turnId)
      ? 'is being worked on already'
      : 'is being given to the running one';
    return new HoldfastError('turnNotFound', `the turn ${turnId} ${words}`, { turnId });
  }
}
