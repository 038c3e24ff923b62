import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { remotesFile, type Remote } from './remote.ts';

/** Where tokens are kept that were given and not named by their file, in the data directory. */
const TOKENS = 'remote-tokens';

/**
 * Puts a remote into the `remotes.json` of a data directory, in place of one of the same name, and gives the file. A token goes into
 * a file of its own that nobody else can read; paths are made absolute from `from`. What else stands there stays as it is.
 * Throws `invalidParams` when the file is there and cannot be read as one.
 */
export function writeRemote(home: string, name: string, remote: Remote, from: string): string {
  const { url, token, tokenFile, ca } = remote;
  const { remotes, ...others } = readFile(home);
  const own = path.join(TOKENS, `${name}.token`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (token !== undefined) {
    mkdirSync(path.join(home, TOKENS), { recursive: true, mode: 0o700 });
    replace(path.join(home, own), `${token}\n`);
  }
  const file = tokenFile === undefined ? token && own : path.resolve(from, tokenFile);
  const entry = {
    url,
    ...(file !== undefined && { tokenFile: file }),
    ...(ca !== undefined && { ca: path.resolve(from, ca) }),
  };
  const written = writeFile(home, { ...others, remotes: { ...remotes, [name]: entry } });
  // What it was reached with before is of no use any more.
  if (token === undefined && file !== path.join(home, own)) rmSync(path.join(home, own), { force: true });
  return written;
}

/** Takes a remote out again, with the token that was kept for it; `false` when there is none of that name. */
export function removeRemote(home: string, name: string): boolean {
  const { remotes, ...others } = readFile(home);
  if (!Object.hasOwn(remotes, name)) return false;
  const { [name]: _, ...left } = remotes;
  writeFile(home, { ...others, remotes: left });
  rmSync(path.join(home, TOKENS, `${name}.token`), { force: true });
  return true;
}

/** What the file says, as it stands there. */
interface RemotesFile extends Readonly<Record<string, unknown>> {
  /** Broken ones too. */
  readonly remotes: Readonly<Record<string, unknown>>;
}

function readFile(home: string): RemotesFile {
  const file = remotesFile(home);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { remotes: {} };
    throw notWritten(file, errorText(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notWritten(file, 'it is no object');
  const remotes = 'remotes' in value ? value.remotes : {};
  if (typeof remotes !== 'object' || remotes === null || Array.isArray(remotes))
    throw notWritten(file, 'its "remotes" are no object');
  return { ...value, remotes: { ...remotes } };
}

function writeFile(home: string, content: RemotesFile): string {
  const file = remotesFile(home);
  replace(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

/** Whole or not at all, whatever happens meanwhile. */
function replace(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

function notWritten(file: string, problem: string): HoldfastError {
  return new HoldfastError('invalidParams', `${file} cannot be changed: ${problem}; put it right first`, {
    file,
  });
}
