import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BlobReader } from './blobReader.ts';
import type { Database } from './database.ts';

/** What a check of a whole journal found. */
export interface JournalCheck {
  readonly ok: boolean;
  /** In words, each naming the session or the content it is about; at most `MOST` of them. */
  readonly problems: readonly string[];
}

/** Problems that are told of one by one. */
const MOST = 100;

/**
 * Reads a whole journal and says what is wrong with it: the database's own structure, texts and contents that are not what
 * was written, numbers that are missing. Takes as long as reading everything does, so it runs in the worker. Never throws.
 */
export function checkJournal(database: Database): JournalCheck {
  const problems: string[] = [];
  const looks = [structure, numbers, texts, heads, blobs];
  for (const look of looks) {
    try {
      for (const problem of look(database)) if (problems.length < MOST) problems.push(problem);
    } catch (error) {
      problems.push(
        `the journal could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return { ok: problems.length === 0, problems };
}

function* structure(database: Database): Generator<string> {
  for (const { integrity_check } of database
    .prepare<{ integrity_check: string }>('PRAGMA integrity_check(20)')
    .all()) {
    if (integrity_check !== 'ok') yield `the database: ${integrity_check}`;
  }
}

/** Law 1: contiguous from 1. A row may stand for others before it that are still there. */
function* numbers(database: Database): Generator<string> {
  let session = '';
  let last = 0;
  const rows = database.prepare<{ id: string | null; key: number; seq: number; from_seq: number }>(
    `SELECT s.id, e.session AS key, e.seq, e.from_seq FROM envelope e LEFT JOIN session s ON s.key = e.session
     WHERE e.session NOT IN (SELECT session FROM unseen) ORDER BY e.session, e.seq`,
  );
  for (const { id, key, seq, from_seq } of rows.iterate()) {
    const name = id ?? `number ${key}`;
    if (name !== session) {
      if (id === null) yield `there are events of a session that is not listed (${name})`;
      session = name;
      last = 0;
    }
    if (from_seq > last + 1)
      yield `session ${name}: the events from ${last + 1} to ${from_seq - 1} are missing`;
    last = seq;
  }
}

function* texts(database: Database): Generator<string> {
  const rows = database.prepare<{ id: string | null; seq: number; crc: number; body: string }>(
    'SELECT s.id, e.seq, e.crc, e.body FROM envelope e LEFT JOIN session s ON s.key = e.session',
  );
  for (const { id, seq, crc, body } of rows.iterate()) {
    if (crc32(body) !== crc) yield `session ${id ?? 'unknown'}: the text of event ${seq} is damaged`;
  }
}

function* heads(database: Database): Generator<string> {
  const rows = database.prepare<{
    id: string;
    seq: number;
    items_seq: number;
    last: number | null;
    body: string | null;
  }>(
    `SELECT s.id, s.seq, s.items_seq, h.body, (SELECT max(seq) FROM envelope e WHERE e.session = s.key) AS last
     FROM session s LEFT JOIN head h ON h.session = s.key`,
  );
  for (const { id, seq, items_seq, last, body } of rows.iterate()) {
    if (last !== seq) yield `session ${id}: its head is at ${seq}, its last event is ${last ?? 'missing'}`;
    if (items_seq > seq) yield `session ${id}: its rows are at ${items_seq}, beyond its head at ${seq}`;
    if (!isObject(body))
      yield `session ${id}: its head is damaged; it is made again from its events when it is next used`;
  }
}

function* blobs(database: Database): Generator<string> {
  const rows = database.prepare<{ sha256: string; size: number }>('SELECT sha256, size FROM blob');
  const reader = new BlobReader(database);
  for (const { sha256, size } of rows.iterate()) {
    const hash = createHash('sha256');
    let length = 0;
    for (const bytes of reader.stretches(sha256)) {
      hash.update(bytes);
      length += bytes.byteLength;
    }
    if (length !== size || hash.digest('hex') !== sha256) yield `the content ${sha256} is damaged`;
  }
  const missing = database.prepare<{ sha256: string }>(
    `SELECT DISTINCT sha256 FROM blob_ref r WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = r.sha256)
     AND session NOT IN (SELECT session FROM unseen)`,
  );
  for (const { sha256 } of missing.iterate()) yield `the content ${sha256} is missing`;
}

function isObject(text: string | null): boolean {
  try {
    return typeof JSON.parse(text ?? '') === 'object';
  } catch {
    return false;
  }
}
