import * as vscode from 'vscode';
import { isAbsolute } from 'node:path';
import { fuzzyScore } from '../base/fuzzy.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Mention } from '../protocol/composer.ts';
import { pathFrom } from './pathFrom.ts';

/** Paths of one directory that are kept; in a larger one, each question also asks the disk. */
const MOST_PATHS = 50_000;
/** Directories whose paths are kept: those of the sessions that were written in last. */
const MOST_DIRECTORIES = 4;
/** Mentions in an answer. */
const MOST_FOUND = 40;
/** Paths that are looked at before the editor gets a turn. */
const AT_ONCE = 4_000;
/** Outside of the workspace nothing tells of changes: what is kept is this old at most, in milliseconds. */
const UNWATCHED_MS = 15_000;
/** Changes come in swarms: paths are read anew at most this often, in milliseconds. */
const BETWEEN_READS_MS = 2_000;
/** Left out where no setting says so: nobody writes in them. */
const ALWAYS_OUT = ['**/node_modules', '**/.git'];

interface Kept {
  readonly directory: vscode.Uri;
  paths: readonly string[];
  folders: readonly string[];
  /** Whether there are more than are kept. */
  partial: boolean;
  readAt: number;
  stale: boolean;
  reading: Promise<void> | undefined;
  readonly watching: Disposable | undefined;
}

/**
 * Paths of the directories that sessions work in, kept so that what is typed after `@` is answered at once, and read anew when
 * files come and go. Reading is the search process’s work; comparing gives the editor a turn every few thousand paths
 * (law 8). Owned by the chat pages’ parts.
 */
export class WorkspacePaths implements Disposable {
  readonly #kept = new Map<string, Kept>();

  /** Files and folders whose path fits, best first; without a query, the open ones first. */
  async find(directory: vscode.Uri, query: string, token: vscode.CancellationToken): Promise<Mention[]> {
    const kept = await this.#paths(directory);
    const more = kept.partial && query !== '' ? await globbed(directory, query, token) : [];
    if (token.isCancellationRequested) return [];
    const open = openPaths(directory);
    const candidates = [...new Set([...open, ...more, ...kept.paths])];
    const best = await ranked(query, [...candidates, ...kept.folders], new Set(open), token);
    return best.map((path) => mentionOf(directory, path));
  }

  dispose(): void {
    for (const { watching } of this.#kept.values()) watching?.dispose();
    this.#kept.clear();
  }

  async #paths(directory: vscode.Uri): Promise<Kept> {
    const key = directory.toString();
    const kept = this.#kept.get(key) ?? this.#begin(directory);
    // The last one used is the last one forgotten.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const age = Date.now() - kept.readAt;
    const isOld = kept.watching === undefined ? age > UNWATCHED_MS : kept.stale && age > BETWEEN_READS_MS;
    if (isOld) kept.reading ??= read(kept).finally(() => (kept.reading = undefined));
    // What is known answers at once, while it is read anew; what fails then is read once more for the next question.
    if (kept.readAt === 0) await kept.reading;
    else kept.reading?.catch(() => undefined);
    return kept;
  }

  #begin(directory: vscode.Uri): Kept {
    const oldest = this.#kept.size < MOST_DIRECTORIES ? undefined : [...this.#kept.keys()][0];
    if (oldest !== undefined) {
      this.#kept.get(oldest)?.watching?.dispose();
      this.#kept.delete(oldest);
    }
    const kept: Kept = {
      directory,
      ...{ paths: [], folders: [], partial: false, readAt: 0, stale: true, reading: undefined },
      watching: watch(directory, () => (kept.stale = true)),
    };
    return kept;
  }
}

/** Tells of files that come and go, where the editor watches anyway. */
function watch(directory: vscode.Uri, changed: () => void): Disposable | undefined {
  if (vscode.workspace.getWorkspaceFolder(directory) === undefined) return undefined;
  const owned = new DisposableStore();
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(directory, '**/*'),
    false,
    true,
  );
  owned.add(watcher);
  owned.add(watcher.onDidCreate(changed));
  owned.add(watcher.onDidDelete(changed));
  return owned;
}

async function read(kept: Kept): Promise<void> {
  kept.stale = false;
  try {
    const files = await findFiles(kept.directory, '**/*', MOST_PATHS);
    kept.paths = files;
    kept.folders = foldersOf(files);
    kept.partial = files.length >= MOST_PATHS;
    kept.readAt = Date.now();
  } catch (error) {
    kept.stale = true;
    throw error;
  }
}

async function findFiles(
  directory: vscode.Uri,
  glob: string,
  most: number,
  token?: vscode.CancellationToken,
): Promise<string[]> {
  const pattern = new vscode.RelativePattern(directory, glob);
  const files = await vscode.workspace.findFiles(pattern, leftOut(directory), most, token);
  return files.map(({ fsPath }) => pathFrom(fsPath, directory.fsPath));
}

/** What the person’s settings leave out of searches and of the explorer. */
function leftOut(directory: vscode.Uri): string {
  const globs = ['files', 'search'].flatMap((section) => {
    const exclude = vscode.workspace.getConfiguration(section, directory).get<object>('exclude', {});
    return Object.entries(exclude)
      .filter(([, value]) => value === true)
      .map(([glob]) => glob);
  });
  // A comma inside of a glob’s own braces cannot stand in the braces around all of them.
  return `{${[...new Set([...ALWAYS_OUT, ...globs])].filter((glob) => !/[{}]/.test(glob)).join(',')}}`;
}

/** In a directory with more paths than are kept: those in whose name the characters stand in this order. */
function globbed(directory: vscode.Uri, query: string, token: vscode.CancellationToken): Promise<string[]> {
  const letters = (query.match(/[\p{L}\p{N}_.-]/gu) ?? []).slice(0, 20);
  if (letters.length === 0) return Promise.resolve([]);
  const anyCase = letters.map((letter) => {
    const cases = [letter.toLowerCase(), letter.toUpperCase()];
    return cases[0] === cases[1] || letter === '-' ? letter : `[${cases.join('')}]`;
  });
  return findFiles(directory, `**/*${anyCase.join('*')}*`, 500, token);
}

function openPaths(directory: vscode.Uri): string[] {
  const open = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
  return open
    .filter(({ scheme }) => scheme === directory.scheme)
    .map(({ fsPath }) => pathFrom(fsPath, directory.fsPath))
    .filter((path) => !isAbsolute(path));
}

/** The folders of some paths, each with a slash behind it. */
export function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders];
}

/** The paths that fit best; those that are open come before others that fit alike. */
async function ranked(
  query: string,
  paths: readonly string[],
  open: ReadonlySet<string>,
  token: vscode.CancellationToken,
): Promise<string[]> {
  if (query === '') return paths.slice(0, MOST_FOUND);
  let best: { readonly path: string; readonly score: number }[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested) return [];
    for (const path of paths.slice(from, from + AT_ONCE)) {
      const score = fuzzyScore(query, path);
      if (score !== undefined) best.push({ path, score: score + (open.has(path) ? 3 : 0) });
    }
    best = best.sort((a, b) => b.score - a.score).slice(0, MOST_FOUND);
  }
  return best.map(({ path }) => path);
}

function mentionOf(directory: vscode.Uri, path: string): Mention {
  const uri = vscode.Uri.joinPath(directory, path).toString();
  return path.endsWith('/') ? { kind: 'folder', name: path, uri } : { kind: 'file', name: path, uri };
}
