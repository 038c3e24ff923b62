import type { SessionId } from '../../protocol/ids.ts';
import { BlobReader, PART_BYTES, type BlobRange, type ByteRange } from './blobReader.ts';
import type { Database, Statement } from './database.ts';
import type { End } from './removal.ts';

/** One part of a content; `index` counts them from 0. */
export interface Part {
  readonly sha256: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Sessions that are as good as gone: some by their keys in the database, others by their ids. */
export interface Gone {
  readonly keys: readonly number[];
  readonly ids: readonly SessionId[];
}

/**
 * The tables of large contents, each stored once by its SHA-256, and of the sessions that hold it (law 7). A content is there when it
 * has its row: what stands in parts may be written and removed bit by bit, its row last and first.
 */
export class Blobs {
  readonly #reader: BlobReader;
  readonly #insert: Statement<never>;
  readonly #insertPart: Statement<never>;
  readonly #refer: Statement<never>;
  readonly #holds: Statement<{ readonly session: number }>;
  readonly #isOthers: Statement<{ readonly session: number }>;
  readonly #held: Readonly<Record<End, Statement<{ readonly sha256: string }>>>;
  readonly #drop: Statement<never>;
  readonly #dropPart: Statement<never>;
  readonly #release: Statement<never>;
  readonly #weigh: Statement<{ readonly bytes: number }>;

  constructor(database: Database) {
    this.#reader = new BlobReader(database);
    this.#insert = database.prepare(
      'INSERT INTO blob(sha256, size, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#insertPart = database.prepare(
      `INSERT INTO blob_part(sha256, part, bytes) SELECT ?, ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM blob WHERE sha256 = ?) ON CONFLICT DO NOTHING`,
    );
    this.#refer = database.prepare(
      'INSERT INTO blob_ref(sha256, session) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#holds = database.prepare('SELECT session FROM blob_ref WHERE sha256 = ? AND session = ?');
    const held = (order: string): Statement<{ readonly sha256: string }> =>
      database.prepare(`SELECT sha256 FROM blob_ref WHERE session = ? ORDER BY sha256 ${order} LIMIT 1`);
    this.#held = { first: held('ASC'), last: held('DESC') };
    this.#isOthers = database.prepare(
      'SELECT session FROM blob_ref WHERE sha256 = ? AND session <> ? LIMIT 1',
    );
    this.#drop = database.prepare('DELETE FROM blob WHERE sha256 = ?');
    this.#dropPart = database.prepare(
      'DELETE FROM blob_part WHERE id IN (SELECT id FROM blob_part WHERE sha256 = ? LIMIT 1)',
    );
    this.#release = database.prepare('DELETE FROM blob_ref WHERE sha256 = ? AND session = ?');
    this.#weigh = database.prepare(
      `SELECT total(b.size) AS bytes FROM blob_ref r JOIN blob b ON b.sha256 = r.sha256 WHERE r.session = ?
       AND NOT EXISTS (SELECT 1 FROM blob_ref o WHERE o.sha256 = r.sha256 AND o.session <> r.session
         AND o.session NOT IN (SELECT value FROM json_each(?))
         AND o.session NOT IN (SELECT key FROM session WHERE id IN (SELECT value FROM json_each(?))))`,
    );
  }

  read(sha256: string, range: ByteRange): BlobRange | undefined {
    return this.#reader.read(sha256, range);
  }

  /** Bytes of what only this session holds when others are gone. */
  weigh(session: number, { keys, ids }: Gone): number {
    return this.#weigh.get(session, JSON.stringify(keys), JSON.stringify(ids))?.bytes ?? 0;
  }

  write(session: number, sha256: string, data: Uint8Array): void {
    if (data.byteLength <= PART_BYTES) {
      this.#refer.run(sha256, session);
      this.#insert.run(sha256, data.byteLength, data);
      return;
    }
    for (let index = 0, at = 0; at < data.byteLength; index++, at += PART_BYTES)
      this.writePart(session, { sha256, index, bytes: data.subarray(at, at + PART_BYTES) });
    this.complete(sha256, data.byteLength);
  }

  /** Keeps a part of a content, which nobody reads before it is complete; of one that is, all parts are there. */
  writePart(session: number, { sha256, index, bytes }: Part): void {
    this.#refer.run(sha256, session);
    this.#insertPart.run(sha256, index, bytes, sha256);
  }

  /** All parts of a content are there. */
  complete(sha256: string, size: number): void {
    this.#insert.run(sha256, size, new Uint8Array());
  }

  holds(session: number, sha256: string): boolean {
    return this.#holds.get(sha256, session) !== undefined;
  }

  /**
   * Lets go of a content that a session holds, the first or the last, or deletes a part of it where no other session holds it (J7).
   * Whether there was any.
   */
  removeSome(session: number, from: End): boolean {
    const { sha256 } = this.#held[from].get(session) ?? {};
    if (sha256 === undefined) return false;
    const isOthers = this.#isOthers.get(sha256, session) !== undefined;
    if (!isOthers) this.#drop.run(sha256);
    if (isOthers || this.#dropPart.run(sha256) === 0) this.#release.run(sha256, session);
    return true;
  }
}
