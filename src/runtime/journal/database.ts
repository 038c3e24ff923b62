import type * as Sqlite from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';

/** Milliseconds a call may wait for another writer. Short, because it blocks the runtime; the batch is tried again later. */
const BUSY_MS = 100;
/** Bytes the write-ahead log is cut back to after a checkpoint. */
const WAL_BYTES = 64 * 1024 * 1024;
/**
 * Pages of the write-ahead log from which on a commit itself brings them into the file, which waits for the disk. Reached
 * only when nobody else does it in time: see `checkpoint`.
 */
const MOST_PAGES = 8192;

/** What a statement takes. */
export type Value = Sqlite.SQLInputValue;

/** SQLite's result codes that mean: this file is no sound database. `SQLITE_CORRUPT` and `SQLITE_NOTADB`. */
const DAMAGE = new Set([11, 26]);
/** Those for a place of the disk that gives nothing, or what is not its own: `SQLITE_IOERR_READ`, `_SHORT_READ`, `_DATA` and `_CORRUPTFS`. */
const UNREADABLE = new Set([266, 522, 8202, 8458]);

/** A prepared statement whose rows have a known shape. The one place where database rows get their types. */
export interface Statement<Row> {
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
  iterate(...values: Value[]): Iterable<Row>;
  /** Runs a statement that gives no rows; the number of rows it changed. */
  run(...values: Value[]): number;
}

/**
 * The one writing connection to a journal's file: WAL, prepared statements, transactions. Owned by the journal.
 * What SQLite throws passes through as it is; `isDamage` tells a broken file from a busy or full one.
 */
export class Database {
  readonly #sqlite: Sqlite.DatabaseSync;
  readonly #statements = new Map<string, Sqlite.StatementSync>();
  #full = false;
  #open = true;

  /** Opens or makes the file. Throws `noUsableNode`, or what SQLite says. */
  constructor(file: string, options: { readonly readOnly?: boolean } = {}) {
    this.#sqlite = new (nodeSqlite().DatabaseSync)(file, { readOnly: options.readOnly ?? false });
    this.#sqlite.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (options.readOnly) return;
    try {
      this.#sqlite.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${WAL_BYTES};
         PRAGMA wal_autocheckpoint = ${MOST_PAGES}`,
      );
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  /** A statement, prepared once per text. `Row` is what its columns are declared as; strict tables hold them to it. */
  prepare<Row = never>(sql: string): Statement<Row> {
    const cached = this.#statements.get(sql) ?? this.#sqlite.prepare(sql);
    this.#statements.set(sql, cached);
    return {
      get: (...values) => cached.get(...values) as Row | undefined,
      all: (...values) => cached.all(...values) as Row[],
      iterate: (...values) => cached.iterate(...values) as Iterable<Row>,
      run: (...values) => Number(cached.run(...values).changes),
    };
  }

  /** The same with rows as arrays, which are made several times faster: for what is read by the hundred thousand. */
  prepareArrays<Row extends readonly Value[] = never>(sql: string): Pick<Statement<Row>, 'all'> {
    const statement = this.#sqlite.prepare(sql);
    statement.setReturnArrays(true);
    return { all: (...values) => statement.all(...values) as unknown as Row[] };
  }

  /** Runs statements that take and give nothing. */
  execute(sql: string): void {
    this.#sqlite.exec(sql);
  }

  /**
   * Runs `write` in one transaction: all of it or nothing. `durable` also waits until the disk has it, with everything
   * committed before (`synchronous=FULL`). Rethrows what failed, after rolling back.
   */
  transaction(options: { readonly durable: boolean }, write: () => void): void {
    this.#synchronous(options.durable);
    this.prepare('BEGIN IMMEDIATE').run();
    try {
      write();
      this.prepare('COMMIT').run();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Closes the file. Closing twice is the same as once. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#sqlite.close();
  }

  /** The setting belongs to the connection and holds from the next transaction on. */
  #synchronous(full: boolean): void {
    if (full === this.#full) return;
    this.#sqlite.exec(`PRAGMA synchronous = ${full ? 'FULL' : 'NORMAL'}`);
    this.#full = full;
  }

  #rollBack(): void {
    try {
      this.#sqlite.exec('ROLLBACK');
    } catch {
      // Some failures, a full disk among them, have rolled back by themselves. The first one is the one to tell of.
    }
  }
}

/**
 * Brings what is in a journal's write-ahead log into its file, as far as nobody reads it, over a connection of its own: from
 * another thread, it makes no commit wait for the disk. Throws what SQLite says; never makes a file.
 */
export function checkpoint(file: string): void {
  const address = pathToFileURL(file);
  address.searchParams.set('mode', 'rw');
  const sqlite = new (nodeSqlite().DatabaseSync)(address);
  try {
    sqlite.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    sqlite.close();
  }
}

/** Whether SQLite says that a file is damaged or no database at all. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.has(codeOf(error) & 0xff);
}

/** Whether a part of a file cannot be read: it is damaged, or the disk has an error there. */
export function isUnreadable(error: unknown): boolean {
  return isDamage(error) || UNREADABLE.has(codeOf(error));
}

/** What SQLite said while opening, as an error for a person that names the file. Our own errors pass through. */
export function unusable(file: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  return new HoldfastError(
    'homeUnusable',
    `cannot use the journal ${file}: ${errorText(error)}. Check that its folder exists, is writable and has free space`,
    { path: file },
    error,
  );
}

/** SQLite's extended result code, of which the primary one is the last byte, or −1 for anything else that was thrown. */
function codeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return -1;
  return typeof error.errcode === 'number' ? error.errcode : -1;
}

/** Loaded on first use: a Node without it must still be able to say so in words. */
function nodeSqlite(): typeof Sqlite {
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
  if (sqlite === undefined) {
    throw new HoldfastError(
      'noUsableNode',
      `Node ${process.version} has no node:sqlite; set HOLDFAST_NODE to a Node 24 or newer`,
      { version: process.version },
    );
  }
  return sqlite;
}
