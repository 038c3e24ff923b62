import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { isDamage, type Database } from './database.ts';
import type { Tables } from './tables.ts';
import { removeUnseen, STEP_BYTES } from './unseen.ts';

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
}

/**
 * Removes what nobody sees any more, bit by bit, so that nothing else waits for it (J7): sessions that were deleted, and those that
 * were being taken in and never came to their end. What is not removed yet when this runtime stops, or is killed, is noted, and removed
 * by the next. Owned by the journal.
 */
export class UnseenRemover implements Disposable {
  readonly #parts: UnseenRemoverParts;
  readonly #keys: number[];
  #timer: Disposable | undefined;
  #disposed = false;

  constructor(parts: UnseenRemoverParts) {
    this.#parts = parts;
    this.#keys = parts.tables.unseen.keys();
    this.#later(PAUSE_MS);
  }

  /** What is being removed. */
  get keys(): readonly number[] {
    return this.#keys;
  }

  /** Nobody is to see this session, and nobody does. */
  add(key: number): void {
    this.#keys.push(key);
    this.#later(PAUSE_MS);
  }

  /**
   * Deletes a session: nobody sees it from now on, also after a crash. What is small is gone with that, the rest soon. `alongside`
   * writes what is to be stored with it. One that is damaged is hidden alone: what cannot be removed of it stays in the file. Throws
   * what SQLite says, and then it is still there.
   */
  delete(key: number, alongside: () => void): void {
    const { database, tables } = this.#parts;
    const first = (): void => {
      tables.hide(key);
      alongside();
    };
    try {
      if (this.#remove(key, { durable: true, first })) this.add(key);
    } catch (error) {
      if (!isDamage(error)) throw error;
      database.transaction({ durable: true }, first);
      this.add(key);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#disposed || this.#keys.length === 0) return;
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = undefined;
      this.#later(this.#slice() ? PAUSE_MS : AGAIN_MS);
    });
  }

  /** A little of the work; whether it could be done. */
  #slice(): boolean {
    const [key] = this.#keys;
    if (key === undefined) return true;
    try {
      if (!this.#remove(key, { durable: false })) this.#keys.shift();
    } catch {
      // A disk that is full is the committer's to tell of; what is damaged must not keep what stands behind it.
      this.#keys.push(...this.#keys.splice(0, 1));
      return false;
    }
    return true;
  }

  /** As much as fits into a slice, in one transaction, which begins with `first`; whether there is more. */
  #remove(
    key: number,
    { durable, first }: { readonly durable: boolean; readonly first?: () => void },
  ): boolean {
    const { database, tables, clock, onWritten } = this.#parts;
    const end = clock.monotonic() + SLICE_MS;
    let steps = 1;
    let goesOn = true;
    database.transaction({ durable }, () => {
      first?.();
      goesOn = removeUnseen(tables, key);
      for (; goesOn && steps < MOST_STEPS && clock.monotonic() < end; steps++)
        goesOn = removeUnseen(tables, key);
    });
    onWritten(steps * STEP_BYTES);
    return goesOn;
  }
}
