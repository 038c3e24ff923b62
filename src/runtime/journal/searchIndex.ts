import { closeSync, openSync, rmSync } from 'node:fs';
import type { ItemId, SessionId } from '../../protocol/ids.ts';
import type { Item } from '../../protocol/items.ts';
import { BlobReader } from './blobReader.ts';
import { Database } from './database.ts';
import { searchQuery, searchText, snippetOf } from './searchText.ts';

/** A search: `after` comes from the page before. */
export interface SearchRequest {
  readonly query: string;
  readonly limit: number;
  readonly after?: number | undefined;
  readonly sessionId?: SessionId | undefined;
}

/** A row that was found; the lower the rank, the better. */
export interface SearchHit {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  readonly position: number;
  readonly at: number;
  readonly rank: number;
  readonly snippet: string;
  readonly matches: readonly (readonly [number, number])[];
}

/** Of what shape the index is; another one is made anew. */
const VERSION = 1;
/** Rows read, and written in one transaction. */
const PAGE = 50;
/** Bytes of a blob that are searched. */
const BLOB_BYTES = 1024 * 1024;

const SCHEMA = `
  CREATE TABLE indexed(session INTEGER PRIMARY KEY, journal TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE doc(id INTEGER PRIMARY KEY, session INTEGER NOT NULL, item_id TEXT NOT NULL, UNIQUE(session, item_id)) STRICT;
  CREATE VIRTUAL TABLE search USING fts5(
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
  PRAGMA user_version = ${VERSION};
`;

interface Row {
  readonly item_id: string;
  readonly position: number;
  readonly body: string;
}

/**
 * The full-text index, in a file of its own beside the journal: it can be made anew from it at any time, and writing it
 * never holds a lock that an append waits for. It holds words, not texts: what is shown of a hit comes from the journal,
 * which is only read here. Lives in the worker.
 */
export class SearchIndex {
  readonly #journal: Database;
  readonly #index: Database;
  readonly #blobs: BlobReader;

  /** Opens or makes the index. One that is damaged or of another shape is thrown away. */
  constructor(journalFile: string, indexFile: string) {
    this.#journal = new Database(journalFile, { readOnly: true });
    try {
      this.#index = openIndex(indexFile);
    } catch {
      for (const end of ['', '-wal', '-shm']) rmSync(indexFile + end, { force: true });
      this.#index = openIndex(indexFile);
    }
    this.#blobs = new BlobReader(this.#journal);
  }

  /** The sessions whose index may be behind, or whose journal is gone. */
  stale(): number[] {
    const known = new Map(
      this.#index
        .prepare<{ session: number; journal: string; seq: number }>(
          'SELECT session, journal, seq FROM indexed',
        )
        .all()
        .map((row) => [row.session, row]),
    );
    const stale: number[] = [];
    const sessions = this.#journal.prepare<{ key: number; journal: string; items_seq: number }>(
      'SELECT key, journal, items_seq FROM session ORDER BY updated_at DESC',
    );
    for (const { key, journal, items_seq } of sessions.all()) {
      const row = known.get(key);
      known.delete(key);
      if (row?.journal !== journal || row.seq < items_seq) stale.push(key);
    }
    return [...known.keys(), ...stale];
  }

  /** Brings a session's index up to date, a page of rows with each step; removes it where the session is gone. */
  *update(key: number): Generator<void> {
    const session = this.#journal
      .prepare<{ journal: string; items_seq: number }>('SELECT journal, items_seq FROM session WHERE key = ?')
      .get(key);
    let known = this.#index
      .prepare<{ journal: string; seq: number }>('SELECT journal, seq FROM indexed WHERE session = ?')
      .get(key);
    if (known !== undefined && known.journal !== session?.journal) {
      this.#remove(key);
      known = undefined;
    }
    const since = known?.seq ?? 0;
    if (session === undefined || since >= session.items_seq) return;
    const page = this.#journal.prepare<Row>(
      `SELECT item_id, position, body FROM item WHERE session = ? AND position > ? AND seq > ? ORDER BY position LIMIT ${PAGE}`,
    );
    for (let position = 0; ;) {
      const rows = page.all(key, position, since);
      this.#index.transaction({ durable: false }, () => {
        for (const row of rows) this.#write(key, row);
      });
      position = rows.at(-1)?.position ?? position;
      if (rows.length < PAGE) break;
      yield;
    }
    this.#index
      .prepare('INSERT OR REPLACE INTO indexed(session, journal, seq) VALUES (?, ?, ?)')
      .run(key, session.journal, session.items_seq);
  }

  /** Ranked hits, and where the next page begins if there may be one. */
  search({ query, limit, after = 0, sessionId }: SearchRequest): {
    readonly hits: SearchHit[];
    readonly next?: number;
  } {
    const match = searchQuery(query);
    if (match === undefined) return { hits: [] };
    const key = sessionId === undefined ? null : (this.#keyOf(sessionId) ?? -1);
    const found = this.#index
      .prepare<{ session: number; item_id: string; rank: number }>(
        `SELECT d.session, d.item_id, bm25(search) AS rank FROM search JOIN doc d ON d.id = search.rowid
         WHERE search MATCH ? AND (?2 IS NULL OR d.session = ?2) ORDER BY rank, d.id DESC LIMIT ?3 OFFSET ?4`,
      )
      .all(match, key, limit + 1, after);
    const hits = found.slice(0, limit).flatMap((row) => this.#hit(row, query) ?? []);
    return found.length > limit ? { hits, next: after + limit } : { hits };
  }

  close(): void {
    this.#index.close();
    this.#journal.close();
  }

  #hit(
    { session, item_id, rank }: { session: number; item_id: string; rank: number },
    query: string,
  ): SearchHit | undefined {
    const row = this.#journal
      .prepare<{ id: string; body: string }>(
        'SELECT s.id, i.body FROM item i JOIN session s ON s.key = i.session WHERE i.session = ? AND i.item_id = ?',
      )
      .get(session, item_id);
    const item = row && readItem(row.body);
    if (row === undefined || item === undefined) return undefined;
    const { text: snippet, matches } = snippetOf(this.#text(item), query);
    const { position, at } = item;
    return { sessionId: row.id as SessionId, itemId: item.itemId, position, at, rank, snippet, matches };
  }

  #keyOf(sessionId: SessionId): number | undefined {
    return this.#journal.prepare<{ key: number }>('SELECT key FROM session WHERE id = ?').get(sessionId)?.key;
  }

  #write(session: number, { item_id, body }: Row): void {
    const item = readItem(body);
    const text = item === undefined ? '' : this.#text(item);
    const doc = this.#index
      .prepare<{ id: number }>('SELECT id FROM doc WHERE session = ? AND item_id = ?')
      .get(session, item_id);
    if (doc !== undefined) this.#index.prepare('DELETE FROM search WHERE rowid = ?').run(doc.id);
    if (text === '') return;
    const id =
      doc?.id ??
      this.#index
        .prepare<{ id: number }>('INSERT INTO doc(session, item_id) VALUES (?, ?) RETURNING id')
        .get(session, item_id)?.id;
    this.#index.prepare('INSERT INTO search(rowid, text) VALUES (?, ?)').run(id ?? null, text);
  }

  #remove(session: number): void {
    this.#index.transaction({ durable: false }, () => {
      this.#index
        .prepare('DELETE FROM search WHERE rowid IN (SELECT id FROM doc WHERE session = ?)')
        .run(session);
      this.#index.prepare('DELETE FROM doc WHERE session = ?').run(session);
      this.#index.prepare('DELETE FROM indexed WHERE session = ?').run(session);
    });
  }

  #text(item: Item): string {
    return searchText(item, ({ sha256 }) => {
      const part = this.#blobs.read(sha256, { length: BLOB_BYTES });
      return part && Buffer.from(part.bytes).toString('utf8');
    });
  }
}

function openIndex(file: string): Database {
  // It holds what people wrote: nobody else reads it (S1).
  closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file);
  try {
    const version = database.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version;
    if (version === 0) database.transaction({ durable: false }, () => database.execute(SCHEMA));
    else if (version !== VERSION) throw new Error(`an index of version ${version}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readItem(body: string): Item | undefined {
  try {
    return (JSON.parse(body) as Item | null) ?? undefined;
  } catch {
    return undefined;
  }
}
