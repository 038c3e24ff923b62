import { crc32 } from 'node:zlib';
import type { Envelope, EventOf, EventType } from '../../protocol/events.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { parseEnvelope } from '../../protocol/parseEnvelope.ts';
import { isDamage, type Database, type Statement, type Value } from './database.ts';
import type { StoredEnvelope } from './journal.ts';
import type { Bounds } from './recent.ts';
import type { End } from './removal.ts';

interface Row {
  readonly seq: number;
  readonly from_seq: number;
  readonly crc: number;
  readonly bytes: number;
  readonly body: string;
}

/** An envelope that is to be stored, with its JSON text. */
export interface NewEnvelope {
  readonly session: number;
  readonly envelope: Envelope;
  readonly json: string;
}

/** A session by its number in the database and its id. */
interface SessionKey {
  readonly key: number;
  readonly id: SessionId;
}

/** Envelopes that one statement inserts: each statement has a price of its own. */
const AT_ONCE = 16;
const INSERT = 'INSERT INTO envelope(session, seq, from_seq, at, turn, type, crc, body) VALUES ';
const VALUES = '(?, ?, ?, ?, ?, ?, ?, ?)';

/** The table of envelopes: each is kept as the JSON text that clients get. */
export class Envelopes {
  readonly #insert: Statement<never>;
  readonly #insertMany: Statement<never>;
  readonly #after: Statement<Row>;
  readonly #nextSeq: Statement<{ readonly seq: number | null }>;
  readonly #ofType: Statement<Row>;
  readonly #page: Pick<Statement<readonly [number, number, number, number, string]>, 'all'>;
  readonly #replace: Statement<never>;
  readonly #erase: Statement<never>;
  readonly #removeSome: Readonly<Record<End, Statement<never>>>;
  /** What an envelope usually weighs: a page is read in one go, and should not be much more than was asked for. */
  #usualBytes = 256;

  constructor(database: Database) {
    this.#insert = database.prepare(INSERT + VALUES);
    this.#insertMany = database.prepare(INSERT + Array<string>(AT_ONCE).fill(VALUES).join(', '));
    const after = `SELECT seq, from_seq, crc, octet_length(body) AS bytes, body
       FROM envelope WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?`;
    this.#after = database.prepare(after);
    this.#nextSeq = database.prepare('SELECT min(seq) AS seq FROM envelope WHERE session = ? AND seq > ?');
    this.#ofType = database.prepare(
      `SELECT seq, from_seq, crc, octet_length(body) AS bytes, body
       FROM envelope WHERE session = ? AND type = ? ORDER BY seq`,
    );
    this.#page = database.prepareArrays(after);
    this.#replace = database.prepare(
      'UPDATE envelope SET from_seq = ?, at = ?, turn = ?, type = ?, crc = ?, body = ? WHERE session = ? AND seq = ?',
    );
    this.#erase = database.prepare('DELETE FROM envelope WHERE session = ? AND seq >= ? AND seq < ?');
    const removeSome = (order: string): Statement<never> =>
      database.prepare(
        `DELETE FROM envelope WHERE id IN (SELECT id FROM envelope WHERE session = ? ORDER BY seq ${order} LIMIT ?)`,
      );
    this.#removeSome = { first: removeSome('ASC'), last: removeSome('DESC') };
  }

  /** Inserts in order. */
  insert(rows: readonly NewEnvelope[]): void {
    const many = rows.length - (rows.length % AT_ONCE);
    for (let begin = 0; begin < many; begin += AT_ONCE)
      this.#insertMany.run(...rows.slice(begin, begin + AT_ONCE).flatMap(valuesOf));
    for (const row of rows.slice(many)) this.#insert.run(...valuesOf(row));
  }

  /**
   * The JSON texts after a number, oldest first, within the bounds but at least one. Where a part of the file is damaged, they are read
   * one by one, and another stands for each that cannot be.
   */
  read(session: SessionKey, after: number, bounds: Bounds): StoredEnvelope[] {
    try {
      return this.#readPage(session, after, bounds);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const row = this.#nextOf(session.key, after);
      return row === undefined ? [] : [readable(session.id, row)];
    }
  }

  #readPage(session: SessionKey, after: number, bounds: Bounds): StoredEnvelope[] {
    const found: StoredEnvelope[] = [];
    let total = 0;
    const guess = Math.ceil(bounds.maxBytes / this.#usualBytes) + 1;
    for (const [seq, from_seq, crc, bytes, body] of this.#page.all(
      session.key,
      after,
      Math.min(bounds.maxEvents, guess),
    )) {
      const row = { seq, from_seq, crc, bytes, body };
      const stored = readable(session.id, row);
      total += stored.bytes;
      this.#usualBytes += (stored.bytes - this.#usualBytes) / 16;
      if (found.length > 0 && total > bounds.maxBytes) break;
      found.push(stored);
    }
    return found;
  }

  /** The envelopes after a number, for folding. A row that cannot be read folds as an unknown event in its place. */
  *after(session: SessionKey, seq: number): Iterable<Envelope> {
    for (let last = seq; ;) {
      try {
        for (const row of this.#after.iterate(session.key, last, -1)) {
          yield parsed(session.id, row);
          last = row.seq;
        }
        return;
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
      const row = this.#nextOf(session.key, last);
      if (row === undefined) return;
      yield parsed(session.id, row);
      last = row.seq;
    }
  }

  /** The next row after a number in a damaged file. Of one that cannot be read, the index knows the number. */
  #nextOf(session: number, after: number): Row | undefined {
    const seq = this.#nextSeq.get(session, after)?.seq ?? undefined;
    if (seq === undefined) return undefined;
    try {
      return this.#after.get(session, after, 1);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { seq, from_seq: after + 1, crc: -1, bytes: 0, body: '' };
    }
  }

  /** All events of one type that can be read, oldest first. */
  ofType<T extends EventType>(session: SessionKey, type: T): EventOf<T>[] {
    const isOfType = (event: Envelope['event']): event is EventOf<T> => event.type === type;
    const events: EventOf<T>[] = [];
    for (const { event } of this.#likelyOf(session, type)) if (isOfType(event)) events.push(event);
    return events;
  }

  /** The envelopes of a type; where a part of the file is damaged, all there are. */
  #likelyOf(session: SessionKey, type: EventType): Iterable<Envelope> {
    try {
      return this.#ofType.all(session.key, type).map((row) => parsed(session.id, row));
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.after(session, 0);
    }
  }

  /** Some envelopes after a number with what they weigh, for compaction. */
  rowsAfter(
    session: SessionKey,
    seq: number,
    limit: number,
  ): { readonly envelope: Envelope; readonly bytes: number }[] {
    const rows = this.#after.all(session.key, seq, limit);
    return rows.map((row) => ({ envelope: parsed(session.id, row), bytes: row.bytes }));
  }

  /** Puts an envelope in the place of the one of its number, for which it stands with others. Whether there was one. */
  replace(session: number, { seq, from, at, turnId, event }: Envelope, json: string): boolean {
    const values = [from ?? seq, at, turnId ?? null, event.type, crc32(json), json];
    return this.#replace.run(...values, session, seq) > 0;
  }

  /** Removes envelopes from one number on, up to before another. */
  erase(session: number, from: number, before: number): void {
    this.#erase.run(session, from, before);
  }

  /** Removes at most so many of a session's envelopes, the first or the last; whether there were any. */
  removeSome(session: number, from: End, most: number): boolean {
    return this.#removeSome[from].run(session, most) > 0;
  }
}

function valuesOf({ session, envelope, json }: NewEnvelope): Value[] {
  const { seq, from = seq, at, turnId, event } = envelope;
  return [session, seq, from, at, turnId ?? null, event.type, crc32(json), json];
}

function readable(sessionId: SessionId, row: Row): StoredEnvelope {
  return isSound(row) ? toStored(row) : standIn(sessionId, row);
}

function isSound(row: Row): boolean {
  return crc32(row.body) === row.crc;
}

function toStored({ from_seq, seq, body, bytes }: Row): StoredEnvelope {
  return { from: from_seq, seq, json: body, bytes };
}

/** What clients get for a row whose text is damaged: its place, so that the stream goes on (S4). */
function standIn(sessionId: SessionId, row: Row): StoredEnvelope {
  const json = JSON.stringify(unreadable(sessionId, row));
  return { from: row.from_seq, seq: row.seq, json, bytes: Buffer.byteLength(json) };
}

function parsed(sessionId: SessionId, row: Row): Envelope {
  try {
    return isSound(row) ? parseEnvelope(JSON.parse(row.body)) : unreadable(sessionId, row);
  } catch {
    return unreadable(sessionId, row);
  }
}

function unreadable(sessionId: SessionId, { seq, from_seq }: Row): Envelope {
  const from = from_seq < seq ? { from: from_seq } : {};
  return {
    sessionId,
    seq,
    ...from,
    at: 0,
    event: { type: 'unknown', body: 'this row of the journal is damaged' },
  };
}
