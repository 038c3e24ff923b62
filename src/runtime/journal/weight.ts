import type { Database, Statement } from './database.ts';

/** Rows that are weighed in one go. */
const AT_ONCE = 4096;

/** What the texts of a session weigh in one table, whose column `place` numbers its rows. Owned by the journal's tables. */
export class Weight {
  readonly #stretch: Statement<{ readonly bytes: number; readonly last: number | null }>;

  constructor(database: Database, table: 'envelope' | 'item', place: 'seq' | 'position') {
    this.#stretch = database.prepare(
      `SELECT total(bytes) AS bytes, max(place) AS last FROM (
         SELECT ${place} AS place, octet_length(body) AS bytes FROM ${table} WHERE session = ? AND ${place} > ? ORDER BY ${place} LIMIT ${AT_ONCE})`,
    );
  }

  /** Bytes, stretch by stretch. */
  *of(session: number): Iterable<number> {
    for (let after = -1; ;) {
      const { bytes = 0, last = null } = this.#stretch.get(session, after) ?? {};
      if (last === null) return;
      yield bytes;
      after = last;
    }
  }
}
