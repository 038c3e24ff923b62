import type { Envelope } from '../../protocol/events.ts';
import type { ItemId, SessionId } from '../../protocol/ids.ts';
import { foldInto, inOrder } from '../../protocol/fold.ts';
import { foldItem, itemIdOf, type Item } from '../../protocol/items.ts';
import { isDamage, type Database, type Statement } from './database.ts';
import type { Envelopes } from './envelopes.ts';
import type { End } from './removal.ts';

interface Row {
  readonly item_id: string;
  readonly position: number;
  readonly body: string;
}

/** Rows, oldest first, and whether there are others before them. */
interface ItemPage {
  readonly items: readonly Item[];
  readonly more: boolean;
}

/** The table of folded rows (law 5): a projection, always rebuildable from the envelopes. */
export class ItemTable {
  readonly #row: Statement<Row>;
  readonly #page: Statement<Row>;
  readonly #upsert: Statement<never>;
  readonly #removeSome: Readonly<Record<End, Statement<never>>>;

  constructor(database: Database) {
    this.#row = database.prepare(
      'SELECT item_id, position, body FROM item WHERE session = ? AND item_id = ?',
    );
    this.#page = database.prepare(
      'SELECT item_id, position, body FROM item WHERE session = ? AND position < ? ORDER BY position DESC LIMIT ?',
    );
    this.#upsert = database.prepare(
      `INSERT INTO item(session, item_id, position, seq, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT(session, item_id) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
    );
    const removeSome = (order: string): Statement<never> =>
      database.prepare(
        `DELETE FROM item WHERE rowid IN (SELECT rowid FROM item WHERE session = ? ORDER BY position ${order} LIMIT ?)`,
      );
    this.#removeSome = { first: removeSome('ASC'), last: removeSome('DESC') };
  }

  get(session: number, id: ItemId): Item | undefined {
    const row = this.#row.get(session, id);
    return row === undefined ? undefined : readItem(row);
  }

  /** The last rows before a position, newest first; without an item where the row is damaged. */
  page(
    session: number,
    before: number,
    limit: number,
  ): { readonly id: ItemId; readonly item: Item | undefined }[] {
    return this.#page
      .all(session, before, limit)
      .map((row) => ({ id: row.item_id as ItemId, item: readItem(row) }));
  }

  /** Writes a row; the length of its text. */
  write(session: number, item: Item): number {
    const body = JSON.stringify(item);
    this.#upsert.run(session, item.itemId, item.position, item.seq, body);
    return body.length;
  }

  /** Removes at most so many of a session's rows, the first or the last; whether there were any. */
  removeSome(session: number, from: End, most: number): boolean {
    return this.#removeSome[from].run(session, most) > 0;
  }
}

function readItem(row: Row): Item | undefined {
  try {
    const item = JSON.parse(row.body) as Item | null;
    return item?.itemId === row.item_id && item.position === row.position ? item : undefined;
  } catch {
    return undefined;
  }
}

/** Rows that may be changed in memory before they are written. */
const MAX_ROWS = 200;
/** Bytes of envelopes that may be folded in memory before the rows are written; more where the rows themselves are larger. */
const MIN_BYTES = 1024 * 1024;

/**
 * One session's rows: the table, and over it those that changed since they were last written. A message that streams in
 * many chunks is thus written once per turn, or as often as it doubles, not once per chunk. Owned by the session's log.
 */
export class Items {
  readonly #table: ItemTable;
  readonly #envelopes: Envelopes;
  readonly #session: { readonly key: number; readonly id: SessionId };
  readonly #changed = new Map<ItemId, Item>();
  #foldedBytes = 0;
  #writtenBytes = 0;
  #due = false;
  /** A row could not be loaded when it was needed: everything since `writtenSeq` is folded again when it can be. */
  #broken = false;
  /** The number up to which the table is folded. */
  writtenSeq: number;

  constructor(
    parts: { readonly table: ItemTable; readonly envelopes: Envelopes },
    session: { readonly key: number; readonly id: SessionId },
    writtenSeq: number,
  ) {
    this.#table = parts.table;
    this.#envelopes = parts.envelopes;
    this.#session = session;
    this.writtenSeq = writtenSeq;
  }

  /** Whether the next transaction brings the table up to its number: the changed rows should go in, or there are none. */
  get isDue(): boolean {
    return this.#due || !this.hasChanges;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#broken;
  }

  /** Has the changed rows written with the next transaction. */
  askForWrite(): void {
    this.#due = true;
  }

  /** Folds one envelope in; `bytes` is its size. Never throws: an append must not fail over a projection. */
  fold(envelope: Envelope, bytes: number): void {
    if (this.#broken) return;
    try {
      this.#foldRow(envelope);
    } catch {
      this.#broken = true;
    }
    this.#foldedBytes += bytes;
    const { type } = envelope.event;
    if (type === 'turn.ended' || type === 'session.ended') this.#due = true;
    if (
      this.#changed.size > MAX_ROWS ||
      this.#foldedBytes > Math.max(MIN_BYTES, this.#writtenBytes) ||
      this.#broken
    )
      this.#due = true;
  }

  /** Folds what is in the journal after `writtenSeq`: after a crash, or when rows could not be loaded. */
  rebuild(): void {
    this.#changed.clear();
    this.#broken = false;
    for (const envelope of this.#envelopes.after(this.#session, this.writtenSeq)) this.#foldRow(envelope);
    if (this.#changed.size > 0) this.#due = true;
  }

  /** Writes the changed rows, inside the transaction that holds their envelopes. `written` follows its commit. */
  write(): void {
    if (this.#broken) this.rebuild();
    this.#writtenBytes = 0;
    for (const item of this.#changed.values())
      this.#writtenBytes += this.#table.write(this.#session.key, item);
  }

  /** The rows that `write` wrote are committed, folded up to `seq`. */
  written(seq: number): void {
    this.#changed.clear();
    this.#foldedBytes = 0;
    this.#due = false;
    this.writtenSeq = seq;
  }

  /** The last rows before a position, oldest first. A damaged row is made again from the envelopes, also where the table is damaged. */
  page(before: number, limit: number): ItemPage {
    try {
      return this.#storedPage(before, limit);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.#foldedPage(before, limit);
    }
  }

  #storedPage(before: number, limit: number): ItemPage {
    if (this.#broken) this.rebuild();
    const stored = this.#table.page(this.#session.key, before, limit + 1);
    const sound = stored.flatMap(({ id, item }) =>
      item === undefined || this.#changed.has(id) ? [] : [item],
    );
    if (stored.some(({ id, item }) => item === undefined && !this.#changed.has(id))) this.#repair();
    const ids = new Set(sound.map((item) => item.itemId));
    const changed = [...this.#changed.values()].filter(
      (item) => item.position < before && !ids.has(item.itemId),
    );
    const rows = [...sound, ...changed].sort((a, b) => a.position - b.position);
    return { items: rows.slice(-limit), more: rows.length > limit || stored.length > limit };
  }

  /** The page as all envelopes give it, in memory alone: the table cannot be read there, and so hardly be written. */
  #foldedPage(before: number, limit: number): ItemPage {
    const folded = new Map<ItemId, Item>();
    for (const envelope of this.#envelopes.after(this.#session, 0)) foldInto(folded, envelope);
    const rows = inOrder(folded.values()).filter((item) => item.position < before);
    return { items: rows.slice(-limit), more: rows.length > limit };
  }

  /** Rows that are sound in the table already hold all that is folded again, and stay as they are. */
  #repair(): void {
    this.writtenSeq = 0;
    this.rebuild();
  }

  #foldRow(envelope: Envelope): void {
    const id = itemIdOf(envelope);
    if (id === undefined) return;
    const before = this.#changed.get(id) ?? this.#table.get(this.#session.key, id);
    const after = foldItem(before, envelope);
    if (after !== undefined && after !== before) this.#changed.set(id, after);
  }
}
