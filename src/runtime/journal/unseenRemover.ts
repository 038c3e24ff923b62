import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { removeUnseen } from './unseen.ts';

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
}

/**
 * Removes in the background what was being taken in and never came to its end: what a runtime left that was killed, and what was
 * given up (J7). What is not removed yet when this runtime stops is noted, and removed by the next. Owned by the journal.
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

  /** This session is not taken in after all. */
  add(key: number): void {
    this.#keys.push(key);
    this.#later(PAUSE_MS);
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
    const { database, tables, clock } = this.#parts;
    const [key] = this.#keys;
    if (key === undefined) return true;
    const end = clock.monotonic() + SLICE_MS;
    let goesOn = true;
    try {
      database.transaction({ durable: false }, () => {
        for (let step = 0; goesOn && step < MOST_STEPS && clock.monotonic() < end; step++)
          goesOn = removeUnseen(tables, key);
      });
    } catch {
      // A disk that is full is the committer's to tell of.
      return false;
    }
    if (!goesOn) this.#keys.shift();
    return true;
  }
}
