import type { Database, Statement } from './database.ts';

/**
 * The sessions that have no row of their own, by their keys, so that nobody sees what the other tables hold of them: those that are
 * being taken in, and what is left of those that were deleted. Owned by the journal's tables.
 */
export class Unseen {
  readonly #begin: Statement<never>;
  readonly #end: Statement<never>;
  readonly #keys: Statement<{ readonly session: number }>;

  constructor(database: Database) {
    this.#begin = database.prepare('INSERT INTO unseen(session) VALUES (?)');
    this.#end = database.prepare('DELETE FROM unseen WHERE session = ?');
    this.#keys = database.prepare('SELECT session FROM unseen ORDER BY session');
  }

  /** Notes one, in the transaction of the first that it has, or of the removal of its row. */
  begin(key: number): void {
    this.#begin.run(key);
  }

  /** Its row is there, or all of it is gone. */
  end(key: number): void {
    this.#end.run(key);
  }

  keys(): number[] {
    return this.#keys.all().map(({ session }) => session);
  }
}
