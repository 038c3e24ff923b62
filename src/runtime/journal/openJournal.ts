import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { systemClock, type Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import type { Schedule } from './committer.ts';
import { Database, isDamage, unusable } from './database.ts';
import type { Journal } from './journal.ts';
import { beginUse, currentBoot, mayHaveLost, type Boot } from './lineage.ts';
import { migrate, refuseNewer, versionOf } from './migrations.ts';
import { SqliteJournal } from './sqliteJournal.ts';

/** How a journal is opened; all but the file is for tests, and has the real thing as its default. */
export interface JournalOptions {
  /** The database file; its folder must exist. */
  readonly file: string;
  readonly clock?: Clock | undefined;
  readonly schedule?: Schedule | undefined;
  /** The run of the machine that this process is in. */
  readonly boot?: Boot | undefined;
  /** Milliseconds until the index for searches is brought up to date by itself; `null`: only when somebody searches. */
  readonly indexAfterMs?: number | null | undefined;
  /** What a listener threw, which is uncaught without it, and why the journal's worker could not be had. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A journal, and what the person should know about how it was opened. */
export interface OpenedJournal {
  readonly journal: Journal;
  readonly notices: readonly string[];
}

/** Bytes up to which a journal is checked at every start; a larger one only after the machine stopped while it was in use. */
const ALWAYS_CHECKED_BYTES = 64 * 1024 * 1024;

/** A start is busy enough without an index. */
const INDEX_AFTER_MS = 5_000;

/** What every database file of SQLite begins with. */
const MAGIC = 'SQLite format 3\0';
/** Where in a database file its version stands, as four bytes, the highest first. */
const VERSION_OFFSET = 60;

/** What may lie beside a database file, and belongs to it alone. */
const SIDE_FILES = ['-wal', '-shm', '-journal'];

/**
 * Opens a data directory's journal, or makes it. A damaged one is moved aside, which a notice tells (ARCHITECTURE.md).
 * Throws `journalNewer` for one of a newer build, which is left as it is; `homeUnusable` when the file cannot be used;
 * `noUsableNode` without `node:sqlite`. The caller owns the journal and closes it; it alone may write the file.
 */
export function openJournal(options: JournalOptions): OpenedJournal {
  const {
    file,
    clock = systemClock,
    schedule = (action) => void setImmediate(action),
    boot = currentBoot(),
    indexAfterMs = INDEX_AFTER_MS,
    onError,
  } = options;
  const notices: string[] = [];
  const database = openSound(file, boot, (error) => notices.push(moveAside(file, clock, error)));
  const journal = new SqliteJournal(database, {
    file,
    clock,
    schedule,
    onError,
    indexAfterMs: indexAfterMs ?? undefined,
  });
  return { journal, notices };
}

/** Opens the database; a damaged one is given to `onDamage`, and the second try starts from nothing. */
function openSound(file: string, boot: Boot, onDamage: (error: unknown) => void): Database {
  try {
    try {
      return openDatabase(file, boot);
    } catch (error) {
      if (!isDamage(error)) throw error;
      onDamage(error);
      return openDatabase(file, boot);
    }
  } catch (error) {
    throw unusable(file, error);
  }
}

function openDatabase(file: string, boot: Boot): Database {
  if (existsSync(file)) refuseNewer(file, storedVersion(file));
  else closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file);
  try {
    refuseNewer(file, versionOf(database));
    const stat = statSync(file, { bigint: true });
    const now = { boot, inode: String(stat.ino) };
    if (versionOf(database) > 0 && (stat.size <= ALWAYS_CHECKED_BYTES || mayHaveLost(database, now)))
      check(database);
    migrate(database);
    beginUse(database, now);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The version of an existing file, which is not changed by asking. Throws what `isDamage` knows for no database. */
function storedVersion(file: string): number {
  // Its very first transaction was cut off: SQLite undoes that when it opens the file.
  if (existsSync(`${file}-journal`)) return 0;
  const header = Buffer.alloc(VERSION_OFFSET + 4);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header, 0, header.length, 0);
  closeSync(descriptor);
  if (length === 0) return 0;
  if (length < header.length || header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new Damage('it is no SQLite database');
  const inHeader = header.readUInt32BE(VERSION_OFFSET);
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size === 0) return inHeader;
  // What a killed process committed last may stand in the write-ahead log alone.
  const database = new Database(file, { readOnly: true });
  try {
    return versionOf(database);
  } finally {
    database.close();
  }
}

/** Reads the whole structure of the database once. */
function check(database: Database): void {
  const found = database.prepare<{ quick_check: string }>('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new Damage(found ?? 'its check gave no answer');
}

/** Damage that we found, told in the way of SQLite itself: result code `SQLITE_CORRUPT`. */
class Damage extends Error {
  readonly errcode = 11;
}

/** Moves a damaged database out of the way, with its side files, and says so for a person. */
function moveAside(file: string, clock: Clock, error: unknown): string {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/gu, '-');
  const aside = `${file}.damaged-${stamp}`;
  for (const end of ['', ...SIDE_FILES]) if (existsSync(file + end)) renameSync(file + end, aside + end);
  return `the journal ${file} is damaged (${errorText(error)}); it was moved to ${aside}, and a new one was begun`;
}
