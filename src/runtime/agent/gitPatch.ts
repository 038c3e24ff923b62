import { listOf, loose, textOf, type Loose } from './loose.ts';

/** What a patch says of one file: the lines around and in its changes, before and after. */
interface FilePatch {
  readonly path: string;
  readonly oldText: string;
  readonly newText: string;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  add: 'Added',
  delete: 'Deleted',
  modify: 'Changed',
  move: 'Moved',
  copy: 'Copied',
};

/**
 * A diff of ACP v2, which names the files that changed and may bring one patch for all of them, as parts that each show one
 * file: the places that the patch covers, before and after; a file without a patch in words.
 */
export function diffParts(diff: Loose): unknown[] {
  const patch = loose(diff['patch']);
  const text = patch['format'] === 'git_patch' ? textOf(patch['text']) : undefined;
  const patches = text === undefined ? [] : readGitPatch(text);
  return listOf(diff['changes']).flatMap((entry): unknown[] => {
    const { path, oldPath, operation } = loose(entry);
    if (typeof path !== 'string') return [];
    const found = patches.find((file) => isSamePath(path, file.path));
    if (found !== undefined)
      return [
        { type: 'diff', path, oldText: operation === 'add' ? null : found.oldText, newText: found.newText },
      ];
    const done = OPERATIONS[textOf(operation) ?? ''] ?? 'Changed';
    const from = typeof oldPath === 'string' ? ` from ${oldPath}` : '';
    return [{ type: 'content', content: { type: 'text', text: `${done} ${path}${from}` } }];
  });
}

/** Reads what `git diff` writes. What is no part of a hunk says nothing about lines and is skipped. */
export function readGitPatch(text: string): readonly FilePatch[] {
  return text
    .split(/^(?=diff --git )/mu)
    .map(readFile)
    .filter((file) => file !== undefined);
}

function readFile(text: string): FilePatch | undefined {
  const [before, after] = [nameIn(text, '---'), nameIn(text, '+++')];
  const path = after === undefined || after === '/dev/null' ? before : after;
  if (path === undefined) return undefined;
  const [old, now]: [string[], string[]] = [[], []];
  let inHunk = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('@@')) inHunk = true;
    else if (!inHunk) continue;
    else if (line.startsWith('-')) old.push(line.slice(1));
    else if (line.startsWith('+')) now.push(line.slice(1));
    else if (line.startsWith(' ')) for (const side of [old, now]) side.push(line.slice(1));
  }
  const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  return { path: path.replace(/^[ab]\//u, ''), oldText: joined(old), newText: joined(now) };
}

/** The name after a marker in the header, without what follows it behind a tab. */
function nameIn(text: string, marker: '---' | '+++'): string | undefined {
  const header = text.split(/^@@/mu, 1)[0] ?? '';
  return header
    .split('\n')
    .find((line) => line.startsWith(`${marker} `))
    ?.slice(4)
    .split('\t', 1)[0]
    ?.trim();
}

/** A patch names files from the directory that it was made in, changes by their whole path. */
function isSamePath(absolute: string, named: string): boolean {
  const path = absolute.replaceAll('\\', '/');
  const name = named.replaceAll('\\', '/').replace(/^\/+/u, '');
  return path.replace(/^\/+/u, '') === name || path.endsWith(`/${name}`);
}
