import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from './log.ts';

/**
 * Makes a folder of its own for files of one piece of work, which removes it; private to the user. It stands in `folder`, the
 * system's for temporary files unless given. Throws the system's error.
 */
export function temporaryFolder(name: string, folder = tmpdir()): string {
  try {
    // Not what it stands in: a data directory that was taken away is not to come back empty.
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return mkdtempSync(path.join(folder, `${name}-`));
}

/**
 * Removes what a runtime left that was killed: the environments of shells, conversations, downloads. For whoever holds the lock of
 * the data directory. What the system does not let go of is told of, and goes the next time.
 */
export function emptyTemporary(folder: string, log: Log): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    log.warn(`what an earlier runtime left in ${folder} could not be removed`, error);
  }
}
