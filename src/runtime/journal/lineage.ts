import { uptime } from 'node:os';
import { bootId } from '../bootId.ts';
import type { Database } from './database.ts';

/** One run of the machine from start to stop: by an id where the platform has one, else by when it started. */
export type Boot = { readonly id: string } | { readonly startedAt: number };

/** Milliseconds by which two readings of one start may differ. Too small only means a reset that was not needed. */
const START_TOLERANCE_MS = 5_000;

/** The run of the machine that this process is in. */
export function currentBoot(): Boot {
  const id = bootId();
  return id === null ? { startedAt: Math.round(Date.now() - uptime() * 1000) } : { id };
}

function isSameBoot(before: Boot, now: Boot): boolean {
  if ('id' in before && 'id' in now) return before.id === now.id;
  if ('startedAt' in before && 'startedAt' in now)
    return Math.abs(before.startedAt - now.startedAt) <= START_TOLERANCE_MS;
  return false;
}

/** What a journal last noted of its surroundings; absent in a new one. */
interface Surroundings {
  readonly boot: Boot;
  readonly closed: boolean;
  /** The file's number in its file system: another one means that the file was put back from somewhere. */
  readonly inode: string;
}

/**
 * Whether numbers that clients have seen may be missing: the machine stopped (not only the process) while the journal was
 * in use, so the last commits may not have reached the disk; or the file is a copy that was put back.
 */
export function mayHaveLost(
  database: Database,
  now: { readonly boot: Boot; readonly inode: string },
): boolean {
  const before = surroundings(database);
  if (before === undefined) return false;
  return (!before.closed && !isSameBoot(before.boot, now.boot)) || before.inode !== now.inode;
}

/**
 * Marks the journal as in use, and gives every session a new lineage if numbers may be missing (law 6). Every session,
 * because the loss itself hides which ones had been written. On the disk before anything else is written.
 */
export function beginUse(database: Database, now: { readonly boot: Boot; readonly inode: string }): void {
  const lost = mayHaveLost(database, now);
  database.transaction({ durable: true }, () => {
    if (lost) database.prepare('UPDATE session SET journal = lower(hex(randomblob(16)))').run();
    note(database, { ...now, closed: false });
  });
}

/** Marks the journal as closed in order. On the disk, with all that was committed before, when this returns. */
export function endUse(database: Database): void {
  const before = surroundings(database);
  if (before === undefined) return;
  database.transaction({ durable: true }, () => note(database, { ...before, closed: true }));
}

function note(database: Database, value: Surroundings): void {
  const { boot, closed, inode } = value;
  database
    .prepare(`INSERT OR REPLACE INTO meta(key, value) VALUES ('use', ?)`)
    .run(JSON.stringify({ boot, closed, inode }));
}

/** Unreadable is treated as another machine's: then every lineage changes. */
function surroundings(database: Database): Surroundings | undefined {
  const row = database.prepare<{ value: string }>(`SELECT value FROM meta WHERE key = 'use'`).get();
  if (row === undefined) return undefined;
  try {
    const { boot, closed, inode } = JSON.parse(row.value) as Surroundings;
    return { boot: Object(boot) as Boot, closed, inode };
  } catch {
    return { boot: { id: '' }, closed: false, inode: '' };
  }
}
