import type { SessionId } from '../../protocol/ids.ts';
import type { Database, Statement } from './database.ts';

/** A stretch of a blob; `size` is the length of the whole, both in bytes. */
export interface BlobPart {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Which bytes of a blob are wanted; all of them unless told. */
export interface ByteRange {
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
}

/** Sessions that are as good as gone: some by their keys in the database, others by their ids. */
export interface Gone {
  readonly keys: readonly number[];
  readonly ids: readonly SessionId[];
}

/** The tables of large contents, each stored once by its SHA-256, and of the sessions that hold it (law 7). */
export class Blobs {
  readonly #insert: Statement<never>;
  readonly #refer: Statement<never>;
  readonly #read: Statement<{ readonly size: number; readonly bytes: Uint8Array | null }>;
  readonly #holds: Statement<{ readonly session: number }>;
  readonly #releaseSome: Statement<{ readonly sha256: string }>;
  readonly #drop: Statement<never>;
  readonly #weigh: Statement<{ readonly bytes: number }>;

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO blob(sha256, size, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#refer = database.prepare(
      'INSERT INTO blob_ref(sha256, session) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#read = database.prepare('SELECT size, substr(bytes, ?, ?) AS bytes FROM blob WHERE sha256 = ?');
    this.#holds = database.prepare('SELECT session FROM blob_ref WHERE sha256 = ? AND session = ?');
    this.#releaseSome = database.prepare(
      `DELETE FROM blob_ref WHERE session = ? AND sha256 IN (
         SELECT sha256 FROM blob_ref WHERE session = ? LIMIT ?) RETURNING sha256`,
    );
    this.#drop = database.prepare(
      `DELETE FROM blob WHERE sha256 IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM blob_ref r WHERE r.sha256 = blob.sha256)`,
    );
    this.#weigh = database.prepare(
      `SELECT total(b.size) AS bytes FROM blob_ref r JOIN blob b ON b.sha256 = r.sha256 WHERE r.session = ?
       AND NOT EXISTS (SELECT 1 FROM blob_ref o WHERE o.sha256 = r.sha256 AND o.session <> r.session
         AND o.session NOT IN (SELECT value FROM json_each(?))
         AND o.session NOT IN (SELECT key FROM session WHERE id IN (SELECT value FROM json_each(?))))`,
    );
  }

  /** Bytes of what only this session holds when others are gone. */
  weigh(session: number, { keys, ids }: Gone): number {
    return this.#weigh.get(session, JSON.stringify(keys), JSON.stringify(ids))?.bytes ?? 0;
  }

  write(session: number, sha256: string, data: Uint8Array): void {
    this.#insert.run(sha256, data.byteLength, data);
    this.#refer.run(sha256, session);
  }

  holds(session: number, sha256: string): boolean {
    return this.#holds.get(sha256, session) !== undefined;
  }

  read(sha256: string, { offset = 0, length = Number.MAX_SAFE_INTEGER }: ByteRange): BlobPart | undefined {
    const row = this.#read.get(offset + 1, length, sha256);
    // SQLite's binding gives null for no bytes.
    return row && { bytes: row.bytes ?? new Uint8Array(), size: row.size };
  }

  /** Lets go of at most so many that a session holds; what no other session holds is deleted (J7). Whether there were any. */
  removeSome(session: number, most: number): boolean {
    const held = this.#releaseSome.all(session, session, most).map(({ sha256 }) => sha256);
    this.#drop.run(JSON.stringify(held));
    return held.length > 0;
  }
}
