import type { DatabaseSync } from 'node:sqlite';
import type { Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';

/** A database that nobody refers to is closed when it is collected, and its lock with it: these are referred to. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock of a data directory (ARCHITECTURE.md): an empty SQLite file held by `BEGIN EXCLUSIVE`, which the
 * operating system releases when this process dies in whatever way. `undefined` when another process holds it.
 * The file must be opened by nothing else in this process: closing any other handle on it would drop the lock.
 */
export function takeLock(file: string): Disposable | undefined {
  const database = open(file);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/iu.test(errorText(error))) return undefined;
    throw unusable(file, error);
  }
  held.add(database);
  return {
    dispose() {
      if (held.delete(database)) database.close();
    },
  };
}

function open(file: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined) {
    throw new HoldfastError(
      'noUsableNode',
      `Node ${process.version} has no node:sqlite; a runtime needs Node 22.13 or newer`,
    );
  }
  try {
    return new sqlite.DatabaseSync(file);
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): HoldfastError {
  return new HoldfastError(
    'homeUnusable',
    `cannot use the lock file ${file}: ${errorText(error)}`,
    { path: file },
    error,
  );
}
