import { readdir, lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Ignores } from './artifactIgnore.ts';

/** Files and directories of one artifact directory that are looked at. */
const MOST_ENTRIES = 10_000;
/** Directories that are watched. */
const MOST_DIRECTORIES = 500;
const DEEPEST = 32;

/** One file as a scan finds it. */
export interface ScannedFile {
  /** From its artifact directory, with `/` on every system. */
  readonly path: string;
  readonly absolute: string;
  readonly bytes: number;
  /** Changes whenever the file may have. */
  readonly version: string;
}

/** What is in an artifact directory now. */
export interface Scan {
  readonly files: readonly ScannedFile[];
  /** Absolute paths of the directory itself and those in it, for watching. */
  readonly directories: readonly string[];
  /** Whether there was too much to look at all of it. */
  readonly truncated: boolean;
}

/** Looks through a directory; links are not followed, what is ignored is not entered, what cannot be read is not there. */
export async function scan(root: string, ignores: Ignores): Promise<Scan> {
  const files: ScannedFile[] = [];
  const directories: string[] = [];
  const waiting: { readonly relative: string; readonly depth: number }[] = [{ relative: '', depth: 0 }];
  let entries = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const directory = path.join(root, next.relative);
    const found = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
    if (found === undefined) continue;
    if (directories.length < MOST_DIRECTORIES) directories.push(directory);
    for (const entry of found) {
      if (++entries > MOST_ENTRIES) return { files, directories, truncated: true };
      const relative = next.relative === '' ? entry.name : `${next.relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!ignores(`${relative}/`) && next.depth < DEEPEST)
          waiting.push({ relative, depth: next.depth + 1 });
      } else if (entry.isFile() && !ignores(relative)) {
        const file = await scanned(path.join(directory, entry.name), relative);
        if (file !== undefined) files.push(file);
      }
    }
  }
  return { files, directories, truncated: false };
}

async function scanned(absolute: string, relative: string): Promise<ScannedFile | undefined> {
  try {
    const { size, mtimeNs, ino } = await lstat(absolute, { bigint: true });
    return { path: relative, absolute, bytes: Number(size), version: `${size} ${mtimeNs} ${ino}` };
  } catch {
    return undefined;
  }
}
