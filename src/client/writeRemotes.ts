import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { remotesFile, type Remote } from './remote.ts';

/** Where tokens are kept that were given and not named by their file, in the data directory. */
const TOKENS = 'remote-tokens';

/**
 * Puts a remote into the `remotes.json` of a data directory, in place of one of the same name, and gives the file. A token goes into
 * a file of its own that nobody else can read; paths are made absolute from `from`. The other entries stay as they are.
 * Throws `invalidParams` when the file is there and cannot be read as one.
 */
export function writeRemote(home: string, name: string, remote: Remote, from: string): string {
  const { url, token, tokenFile, ca } = remote;
  const entries = readEntries(home);
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
  return writeEntries(home, { ...entries, [name]: entry });
}

/** Takes a remote out again, with the token that was kept for it; `false` when there is none of that name. */
export function removeRemote(home: string, name: string): boolean {
  const entries = readEntries(home);
  if (!Object.hasOwn(entries, name)) return false;
  const { [name]: _, ...others } = entries;
  writeEntries(home, others);
  rmSync(path.join(home, TOKENS, `${name}.token`), { force: true });
  return true;
}

/** As they stand, broken ones too. */
function readEntries(home: string): Readonly<Record<string, unknown>> {
  const file = remotesFile(home);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw notWritten(file, errorText(error));
  }
  const remotes = typeof value === 'object' && value !== null && 'remotes' in value ? value.remotes : {};
  if (typeof remotes !== 'object' || remotes === null || Array.isArray(remotes))
    throw notWritten(file, 'its "remotes" are no object');
  return { ...remotes };
}

function writeEntries(home: string, remotes: Readonly<Record<string, unknown>>): string {
  const file = remotesFile(home);
  replace(file, `${JSON.stringify({ remotes }, undefined, 2)}\n`);
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
