import type { Database, Statement } from './database.ts';
import type { Tables } from './tables.ts';

/**
 * The sessions that are being taken in, by their keys: what they have so far stands in the other tables, and nobody sees it before
 * their row is written. Owned by the journal's tables.
 */
export class Unseen {
  readonly #begin: Statement<never>;
  readonly #end: Statement<never>;
  readonly #keys: Statement<{ readonly session: number }>;

  constructor(database: Database) {
    this.#begin = database.prepare('INSERT INTO importing(session) VALUES (?)');
    this.#end = database.prepare('DELETE FROM importing WHERE session = ?');
    this.#keys = database.prepare('SELECT session FROM importing ORDER BY session');
  }

  /** Notes that a session is being taken in, in the transaction of the first that it has. */
  begin(key: number): void {
    this.#begin.run(key);
  }

  /** It is there, or gone. */
  end(key: number): void {
    this.#end.run(key);
  }

  keys(): number[] {
    return this.#keys.all().map(({ session }) => session);
  }
}

/** Rows that are removed of one table at once. */
const STEP = 64;

/** Removes a little of a session that nobody ever saw, inside a transaction; whether there is more. */
export function removeUnseen({ envelopes, items, blobs, unseen }: Tables, key: number): boolean {
  if (envelopes.removeSome(key, STEP) || items.removeSome(key, STEP) || blobs.removeSome(key, 1)) return true;
  unseen.end(key);
  return false;
}
