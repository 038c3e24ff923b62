import type { Database, Statement } from './database.ts';

/** What was read of a blob; `size` is the length of the whole in bytes. */
export interface BlobRange {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Which bytes of a blob are wanted; all of them unless told. */
export interface ByteRange {
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
}

/**
 * Bytes of each part of a blob but the last: what is read or written at once. A blob up to that stands whole in its row, unless it was
 * taken in with a session.
 */
export const PART_BYTES = 256 * 1024;

/** Reads large contents: those in one row, also what earlier versions wrote so, and those in parts. */
export class BlobReader {
  readonly #read: Statement<{
    readonly size: number;
    readonly isWhole: number;
    readonly bytes: Uint8Array | null;
  }>;
  readonly #parts: Statement<{ readonly bytes: Uint8Array }>;
  readonly #whole: Statement<{ readonly bytes: Uint8Array | null }>;
  readonly #allParts: Statement<{ readonly bytes: Uint8Array | null }>;

  constructor(database: Database) {
    this.#read = database.prepare(
      `SELECT size, length(bytes) = size AS isWhole,
         CASE WHEN length(bytes) = size THEN substr(bytes, ?, ?) END AS bytes
       FROM blob WHERE sha256 = ?`,
    );
    this.#parts = database.prepare(
      'SELECT bytes FROM blob_part WHERE sha256 = ? AND part BETWEEN ? AND ? ORDER BY part',
    );
    this.#whole = database.prepare('SELECT bytes FROM blob WHERE sha256 = ?');
    this.#allParts = database.prepare('SELECT bytes FROM blob_part WHERE sha256 = ? ORDER BY part');
  }

  /** `undefined` for one that is not there. */
  read(
    sha256: string,
    { offset = 0, length = Number.MAX_SAFE_INTEGER }: ByteRange = {},
  ): BlobRange | undefined {
    const row = this.#read.get(offset + 1, length, sha256);
    if (row === undefined) return undefined;
    const { size } = row;
    const end = Math.min(offset + length, size);
    // SQLite's binding gives null for no bytes.
    if (row.isWhole || end <= offset) return { bytes: row.bytes ?? new Uint8Array(), size };
    const first = Math.floor(offset / PART_BYTES);
    const parts = this.#parts.all(sha256, first, Math.floor((end - 1) / PART_BYTES));
    const from = first * PART_BYTES;
    const read = Buffer.concat(parts.map(({ bytes }) => bytes));
    // Where one is missing, what comes after it would stand in its place.
    const isSound = read.length >= end - from;
    return isSound ? { bytes: read.subarray(offset - from, end - from), size } : undefined;
  }

  /** All that stands there of one, stretch by stretch: its row, then its parts. */
  *stretches(sha256: string): Iterable<Uint8Array> {
    for (const rows of [this.#whole, this.#allParts])
      for (const { bytes } of rows.iterate(sha256)) if (bytes !== null) yield bytes;
  }
}
