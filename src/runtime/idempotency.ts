import { HoldfastError } from '../protocol/errors.ts';
import type { CommandId } from '../protocol/ids.ts';
import type { Journal } from './journal/journal.ts';
import { stored } from './stored.ts';

/** A mutating request that did its work, and what to keep of its result. */
export interface Done<Kept> {
  readonly kept: Kept;
  /** It was stored together with what the request did. */
  readonly isStored?: true;
}

/**
 * Runs a mutating request at most once for its `commandId` (law 4, J5). What is kept is written in the transaction of the
 * events that the request caused, so a resend after any crash gets the first result or finds that nothing had happened.
 * A request that failed kept nothing and runs again.
 */
export class Idempotency {
  readonly #journal: Journal;
  readonly #running = new Map<CommandId, { readonly method: string; readonly result: Promise<unknown> }>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  async run<Kept>(
    commandId: CommandId,
    method: string,
    act: () => Done<Kept> | Promise<Done<Kept>>,
  ): Promise<Kept> {
    const earlier = this.#running.get(commandId) ?? this.#recalled(commandId);
    if (earlier !== undefined) {
      if (earlier.method !== method) {
        throw new HoldfastError(
          'commandReused',
          `the command id ${commandId} was already used for ${earlier.method}`,
        );
      }
      return (await earlier.result) as Kept;
    }
    const result = this.#first(commandId, method, act);
    this.#running.set(commandId, { method, result });
    try {
      return await result;
    } finally {
      this.#running.delete(commandId);
    }
  }

  /** Where `act` is synchronous, what it recorded and the result to keep go into one transaction. */
  async #first<Kept>(
    commandId: CommandId,
    method: string,
    act: () => Done<Kept> | Promise<Done<Kept>>,
  ): Promise<Kept> {
    const started = act();
    const { kept, isStored } = started instanceof Promise ? await started : started;
    if (isStored) return kept;
    this.#journal.remember(commandId, method, kept);
    // What acted is answered also while storage fails, and stored later.
    await stored(this.#journal, () => this.#journal.committed());
    return kept;
  }

  #recalled(
    commandId: CommandId,
  ): { readonly method: string; readonly result: Promise<unknown> } | undefined {
    const kept = this.#journal.recall(commandId);
    return kept === undefined ? undefined : { method: kept.method, result: Promise.resolve(kept.result) };
  }
}
