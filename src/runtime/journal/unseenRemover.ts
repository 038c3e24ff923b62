import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { isUnreadable, type Database } from './database.ts';
import { Removal, STEP_BYTES } from './removal.ts';
import type { Tables } from './tables.ts';

/** Milliseconds of work at once: nothing else happens meanwhile. */
const SLICE_MS = 3;
/** Milliseconds between two slices. */
const PAUSE_MS = 16;
/** Steps at once, whatever the clock says. */
const MOST_STEPS = 64;
/** Milliseconds until it is tried again when the database could not be written. */
const AGAIN_MS = 30_000;

/** What removing works on. */
export interface UnseenRemoverParts {
  readonly database: Database;
  readonly tables: Tables;
  readonly clock: Clock;
  /** About so much was written, in bytes. */
  onWritten(bytes: number): void;
  /** Some of a session is damaged and stays in the file. Told once. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Removes what nobody sees any more, bit by bit, so that nothing else waits for it (J7): sessions that were deleted, and those that
 * were being taken in and never came to their end. What is not removed yet when this runtime stops, or is killed, is noted, and removed
 * by the next. Owned by the journal.
 */
export class UnseenRemover implements Disposable {
  readonly #parts: UnseenRemoverParts;
  readonly #removals: Removal[];
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(parts: UnseenRemoverParts) {
    this.#parts = parts;
    this.#removals = parts.tables.unseen.keys().map((key) => new Removal(parts.tables, key));
    this.#later(PAUSE_MS);
  }

  /** Whose rows are being removed, all of them as far as is known. */
  get keys(): readonly number[] {
    return this.#removals.filter(({ isDamaged }) => !isDamaged).map(({ key }) => key);
  }

  /** Nobody is to see this session, and nobody does. */
  add(key: number): void {
    this.#add(new Removal(this.#parts.tables, key));
  }

  /**
   * Deletes a session: nobody sees it from now on, also after a crash. What is small is gone with that, the rest soon; what is damaged
   * of it stays in the file. `alongside` writes what is to be stored with it. Throws what SQLite says, and then it is still there.
   */
  delete(key: number, alongside: () => void): void {
    const { database, tables } = this.#parts;
    const removal = new Removal(tables, key);
    const first = (): void => {
      tables.hide(key);
      alongside();
    };
    try {
      if (this.#remove(removal, { durable: true, first })) this.#add(removal);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      database.transaction({ durable: true }, first);
      removal.stumbled();
      this.#add(removal);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #add(removal: Removal): void {
    this.#removals.push(removal);
    this.#later(PAUSE_MS);
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#disposed || this.#removals.length === 0) return;
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = undefined;
      this.#later(this.#slice() ? PAUSE_MS : AGAIN_MS);
    });
  }

  /** A little of the work; whether the next may follow soon. */
  #slice(): boolean {
    const [removal] = this.#removals;
    if (removal === undefined) return true;
    try {
      if (!this.#remove(removal, { durable: false })) this.#end(removal);
    } catch (error) {
      if (isUnreadable(error)) {
        removal.stumbled();
        return true;
      }
      // A disk that is full is the committer's to tell of; what cannot be removed now must not keep what stands behind it.
      this.#removals.push(...this.#removals.splice(0, 1));
      return false;
    }
    return true;
  }

  /** What is damaged of it is noted still: the next runtime tries again. */
  #end({ key, isDamaged }: Removal): void {
    this.#removals.shift();
    if (!isDamaged) return;
    const words = `some of what session ${key} had, which was deleted, is damaged and stays in the journal's file`;
    this.#parts.onError?.(new Error(words));
  }

  /** As much as fits into a slice, in one transaction, which begins with `first`; whether there is more. */
  #remove(
    removal: Removal,
    { durable, first }: { readonly durable: boolean; readonly first?: () => void },
  ): boolean {
    const { database, clock, onWritten } = this.#parts;
    const end = clock.monotonic() + SLICE_MS;
    const most = removal.isCareful ? 1 : MOST_STEPS;
    let steps = 1;
    let goesOn = true;
    database.transaction({ durable }, () => {
      first?.();
      goesOn = removal.step();
      for (; goesOn && steps < most && clock.monotonic() < end; steps++) goesOn = removal.step();
    });
    onWritten(steps * STEP_BYTES);
    return goesOn;
  }
}
