import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';

/** The file in an artifact directory that says what in it is none, in gitignore's syntax. */
export const IGNORE_FILE = '.artifactignore';

/** What is no artifact where nobody says otherwise. */
const DEFAULTS = [
  ...['node_modules/', '.git/', '.hg/', '.svn/', '__pycache__/', '.venv/', '.cache/'],
  ...['.DS_Store', 'Thumbs.db', '*.swp', '*~', '*.tmp', '*.part'],
];

/** Bytes of an ignore file that are read. */
const MOST_BYTES = 64 * 1024;

/** Says of a path, relative to its directory and with `/`, whether it is left out. Of a directory the path ends with `/`. */
export type Ignores = (relative: string) => boolean;

/** The rules of one artifact directory (C4): those of the request, else its `.artifactignore`, else the defaults. */
export async function ignoreRules(
  directory: string,
  requested: readonly string[] | undefined,
): Promise<Ignores> {
  const rules = requested ?? (await fromFile(directory)) ?? DEFAULTS;
  const matcher = ignore().add([...rules]);
  return (relative) => relative === IGNORE_FILE || matcher.ignores(relative);
}

async function fromFile(directory: string): Promise<readonly string[] | undefined> {
  try {
    const text = await readFile(path.join(directory, IGNORE_FILE), 'utf8');
    return text.slice(0, MOST_BYTES).split(/\r?\n/);
  } catch {
    return undefined;
  }
}
