import { hasFailed } from '../../protocol/attention.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { foldHead, type Head } from '../../protocol/head.ts';
import type { JournalId, SessionId } from '../../protocol/ids.ts';
import type { Database, Statement } from './database.ts';
import type { Envelopes } from './envelopes.ts';
import { conditionsOf } from './headFilter.ts';
import type { HeadFilter, StoredHead } from './journal.ts';

/** How a session stands in the database. `itemsSeq` is the number up to which the table of items is folded. */
export interface StoredSession extends StoredHead {
  readonly key: number;
  readonly itemsSeq: number;
}

interface Row {
  readonly key: number;
  readonly id: string;
  readonly journal: string;
  readonly seq: number;
  readonly items_seq: number;
  readonly updated_at: number;
  readonly body: string | null;
}

const COLUMNS = 's.key, s.id, s.journal, s.seq, s.items_seq, s.updated_at, h.body';
const FROM = 'FROM session s LEFT JOIN head h ON h.session = s.key';

/**
 * The sessions and their heads. The head's text is rewritten only when more than its number and time changed: those two
 * stand in columns and are laid over it when it is read.
 */
export class Heads {
  readonly #database: Database;
  readonly #envelopes: Envelopes;
  readonly #byId: Statement<Row>;
  readonly #upsert: Statement<never>;
  readonly #body: Statement<never>;

  constructor(database: Database, envelopes: Envelopes) {
    this.#database = database;
    this.#envelopes = envelopes;
    this.#byId = database.prepare(`SELECT ${COLUMNS} ${FROM} WHERE s.id = ?`);
    this.#upsert = database.prepare(
      `INSERT INTO session(key, id, journal, seq, items_seq, updated_at, archived, unsettled, agent, cwd, phase, folded_title, settled_seq, pinned, attention, folded_about, failed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT(key) DO UPDATE SET seq = excluded.seq, items_seq = excluded.items_seq, updated_at = excluded.updated_at,
         archived = excluded.archived, unsettled = excluded.unsettled, phase = excluded.phase,
         folded_title = excluded.folded_title, settled_seq = excluded.settled_seq, pinned = excluded.pinned,
         attention = excluded.attention, folded_about = excluded.folded_about, failed = excluded.failed`,
    );
    this.#body = database.prepare('INSERT OR REPLACE INTO head(session, body) VALUES (?, ?)');
  }

  /** Writes a session's row, and its head's text when `before`, the head last written, differs in more than its place. */
  write({ key, journal, itemsSeq, head }: StoredSession, before: Head | undefined): void {
    this.#upsert.run(
      key,
      head.sessionId,
      journal,
      head.seq,
      itemsSeq,
      head.updatedAt,
      head.archived ? 1 : 0,
      isUnsettled(head) ? 1 : 0,
      head.agent.id,
      head.cwd,
      head.phase,
      head.title.toLowerCase(),
      head.lastTurn?.seq ?? 0,
      head.pinned ? 1 : 0,
      head.attention,
      [head.agent.id, head.agent.name, head.cwd].join('\n').toLowerCase(),
      hasFailed(head) ? 1 : 0,
    );
    if (before === undefined || differs(before, head)) this.#body.run(key, JSON.stringify(head));
  }

  get(sessionId: SessionId): StoredSession | undefined {
    const row = this.#byId.get(sessionId);
    return row === undefined ? undefined : this.#stored(row);
  }

  keyOf(sessionId: SessionId): number | undefined {
    return this.#database.prepare<{ key: number }>('SELECT key FROM session WHERE id = ?').get(sessionId)
      ?.key;
  }

  /** Implements `Journal.heads`. */
  list(filter: HeadFilter, page: { readonly limit: number; readonly after?: string | undefined }) {
    const { conditions, values } = conditionsOf(filter);
    if (page.after !== undefined) {
      const { updatedAt, id } = readCursor(page.after);
      conditions.push('(s.updated_at, s.id) < (?, ?)');
      values.push(updatedAt, id);
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const sql = `SELECT ${COLUMNS} ${FROM} ${where} ORDER BY s.updated_at DESC, s.id DESC LIMIT ?`;
    const rows = this.#database.prepare<Row>(sql).all(...values, page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const heads = this.#readable(shown);
    return rows.length > page.limit && last !== undefined ? { heads, next: writeCursor(last) } : { heads };
  }

  /** Implements `Journal.unsettled`. */
  unsettled(): StoredHead[] {
    return this.#readable(
      this.#database.prepare<Row>(`SELECT ${COLUMNS} ${FROM} WHERE s.unsettled = 1 ORDER BY s.key`).all(),
    );
  }

  count(): number {
    return this.#database.prepare<{ n: number }>('SELECT count(*) AS n FROM session').get()?.n ?? 0;
  }

  lastKey(): number {
    return (
      this.#database.prepare<{ key: number | null }>('SELECT max(key) AS key FROM session').get()?.key ?? 0
    );
  }

  remove(key: number): void {
    this.#database.prepare('DELETE FROM head WHERE session = ?').run(key);
    this.#database.prepare('DELETE FROM session WHERE key = ?').run(key);
  }

  #readable(rows: readonly Row[]): StoredHead[] {
    return rows.flatMap((row) => {
      const stored = this.#stored(row);
      return stored === undefined ? [] : [{ head: stored.head, journal: stored.journal }];
    });
  }

  #stored(row: Row): StoredSession | undefined {
    const head = readHead(row) ?? this.#refold(row);
    return head && { key: row.key, journal: row.journal as JournalId, itemsSeq: row.items_seq, head };
  }

  /** A head whose text is damaged is folded again from the envelopes, which are the truth (law 1). */
  #refold(row: Row): Head | undefined {
    let head: Head | undefined;
    for (const envelope of this.#envelopes.after({ key: row.key, id: row.id as SessionId }, 0))
      head = foldHead(head, envelope);
    if (head !== undefined) this.#repair(row.key, head);
    return head;
  }

  #repair(key: number, head: Head): void {
    try {
      this.#body.run(key, JSON.stringify(head));
    } catch {
      // It is folded again the next time.
    }
  }
}

function readHead({ body, seq, updated_at, id }: Row): Head | undefined {
  try {
    const head = JSON.parse(body ?? '') as Head | null;
    return head?.sessionId === id ? { ...head, seq, updatedAt: updated_at } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two heads of one session differ in more than number and time. Unchanged parts are the same objects (law 5). */
function differs(before: Head, after: Head): boolean {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Head>;
  for (const key of keys) {
    if (key !== 'seq' && key !== 'updatedAt' && before[key] !== after[key]) return true;
  }
  return false;
}

/** Whether a runtime that finds this head at its start has something to settle. */
function isUnsettled(head: Head): boolean {
  if (head.turn !== undefined || head.queue.length > 0 || head.interactions.length > 0) return true;
  return head.process !== undefined || (!head.ended && head.link !== 'detached');
}

function writeCursor({ updated_at, id }: Row): string {
  return Buffer.from(JSON.stringify([updated_at, id])).toString('base64url');
}

function readCursor(after: string): { updatedAt: number; id: string } {
  try {
    const value: unknown = JSON.parse(Buffer.from(after, 'base64url').toString());
    if (Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string') {
      return { updatedAt: value[0], id: value[1] };
    }
  } catch {
    // Said below, in the same words as for any other text that is no place in the list.
  }
  throw new HoldfastError(
    'invalidParams',
    'after: not a place in the list of sessions; leave it out to start from the top',
  );
}
