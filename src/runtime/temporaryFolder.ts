import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toDisposable, type Disposable } from '../base/disposable.ts';
import type { Log } from './log.ts';

/** The file that says where something else is which goes with its folder. */
const ELSEWHERE = 'elsewhere';
/** What such a thing is called, so that nothing else is ever removed. */
const REMOVABLE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part$/u;

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
 * Notes that a temporary file stands elsewhere, called by a UUID and `.part`: until the note is disposed, the next runtime removes it
 * with what stands in `folder`. Throws the system's error.
 */
export function noteElsewhere(file: string, folder?: string): Disposable {
  const own = temporaryFolder('holdfast-elsewhere', folder);
  writeFileSync(path.join(own, ELSEWHERE), file, { mode: 0o600 });
  return toDisposable(() => rmSync(own, { recursive: true, force: true }));
}

/**
 * Removes what a runtime left that was killed: the environments of shells, conversations, downloads. For whoever holds the lock of
 * the data directory. What the system does not let go of is told of, and goes the next time.
 */
export function emptyTemporary(folder: string, log: Log): void {
  for (const name of namesIn(folder)) {
    const own = path.join(folder, name);
    try {
      const file = elsewhere(own);
      if (file !== undefined) rmSync(file, { force: true });
      rmSync(own, { recursive: true, force: true });
    } catch (error) {
      log.warn(`what an earlier runtime left in ${own} could not be removed`, error);
    }
  }
}

/** What stands elsewhere by the note in a folder. */
function elsewhere(own: string): string | undefined {
  try {
    const file = readFileSync(path.join(own, ELSEWHERE), 'utf8');
    return path.isAbsolute(file) && REMOVABLE.test(path.basename(file)) ? file : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
