import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { openPromise, type Entry } from 'yauzl';
import { errorText } from '../../base/errorText.ts';
import { installFailed } from './installing.ts';
import { findOnPath } from './programs.ts';
import { NO_PLAIN_FILE, safeParts, zipEntryKind } from '../work/archiveNames.ts';

/** Where an archive is unpacked, and with what. */
export interface Unpacking {
  /** The agent’s name, for words. */
  readonly name: string;
  readonly file: string;
  /** How the archive is called where it comes from: its ending says what it is. */
  readonly title: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Opens a file to write; given by tests. */
  readonly write?: ((file: string, mode: number) => Writable) | undefined;
}

const MOST_ENTRIES = 200_000;
const MOST_BYTES = 8 * 1024 * 1024 * 1024;

/** What kind of archive a name is; `raw` for a program as it is. */
export function archiveKind(title: string): 'tar.gz' | 'tar.bz2' | 'zip' | 'raw' {
  if (/\.(tar\.gz|tgz)$/iu.test(title)) return 'tar.gz';
  if (/\.(tar\.bz2|tbz2)$/iu.test(title)) return 'tar.bz2';
  return /\.zip$/iu.test(title) ? 'zip' : 'raw';
}

/**
 * Unpacks an archive of plain files and folders into a folder. Rejects with `agentInstallFailed` for an archive that is damaged
 * or has anything else in it: a name that leads out, a link, a device. Nothing is ever written outside the folder.
 */
export async function unpack(unpacking: Unpacking): Promise<void> {
  const kind = archiveKind(unpacking.title);
  try {
    if (kind === 'zip') await unpackZip(unpacking);
    else if (kind === 'raw') await unpackRaw(unpacking);
    else await unpackTar(unpacking, kind);
  } catch (error) {
    if (unpacking.signal.aborted || isOurs(error)) throw error;
    const text = `${unpacking.name} was not installed: the archive ${unpacking.title} cannot be unpacked: ${errorText(error)}`;
    throw installFailed(text, { archive: unpacking.title }, error);
  }
}

async function unpackTar(unpacking: Unpacking, kind: 'tar.gz' | 'tar.bz2'): Promise<void> {
  const { file, signal } = unpacking;
  const entries = extract();
  const packed = createReadStream(file);
  const plain = kind === 'tar.gz' ? createGunzip() : undefined;
  const feeding =
    plain === undefined
      ? pipeline(bunzip(unpacking, packed), entries, { signal })
      : pipeline(packed, plain, entries, { signal });
  // Told by whoever reads the entries, which is first.
  feeding.catch(() => undefined);
  const place = placing(unpacking);
  for await (const entry of entries) {
    const { name, type, size, mode } = entry.header;
    if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory')
      throw place.refuse(name, NO_PLAIN_FILE);
    await place.put({ name, size, mode, isFolder: type === 'directory' }, () =>
      Promise.resolve(Readable.from(entry)),
    );
    entry.resume();
  }
  await feeding;
}

/** Node has no bzip2, and archives that need it are few: the system's own program unpacks them. */
function bunzip({ env, name, title, signal }: Unpacking, packed: Readable): Readable {
  const command = findOnPath('bzip2', env);
  if (command === undefined)
    throw installFailed(
      `${name} was not installed: ${title} needs bzip2, which was not found. Install bzip2, then install ${name} again.`,
      { missing: 'bzip2' },
    );
  const child = spawn(command, ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'], signal });
  child.on('error', (error) => child.stdout.destroy(error));
  child.on('close', (code) => code !== 0 && child.stdout.destroy(new Error(`bzip2 ended with code ${code}`)));
  pipeline(packed, child.stdin).catch(() => undefined);
  return child.stdout;
}

async function unpackZip(unpacking: Unpacking): Promise<void> {
  const zip = await openPromise(unpacking.file, { decodeStrings: true, strictFileNames: false });
  const place = placing(unpacking);
  try {
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      const { fileName: name, uncompressedSize: size } = entry;
      const kind = zipEntryKind(entry);
      if ('refused' in kind) throw place.refuse(name, kind.refused);
      const { isFolder, mode } = kind;
      await place.put({ name, size, mode: mode === 0 ? 0o644 : mode, isFolder }, () =>
        zip.openReadStreamPromise(entry),
      );
    }
  } finally {
    zip.close();
  }
}

function unpackRaw(unpacking: Unpacking): Promise<void> {
  const name = path.posix.basename(unpacking.title);
  const place = placing(unpacking);
  return place.put({ name, size: 0, mode: 0o755, isFolder: false }, () =>
    Promise.resolve(createReadStream(unpacking.file)),
  );
}

interface Placing {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly isFolder: boolean;
}

/** Puts entries where they belong, and counts them. */
function placing({ name: agent, title, folder, signal, write }: Unpacking) {
  const open = write ?? ((file, mode) => createWriteStream(file, { flags: 'wx', mode }));
  let count = 0;
  let bytes = 0;
  const refuse = (name: string, why: string): Error =>
    installFailed(
      `${agent} was not installed: the archive ${title} is not safe to unpack: “${name.slice(0, 200)}”: ${why}.`,
      { archive: title, entry: name.slice(0, 200) },
    );
  return {
    refuse,
    async put({ name, size, mode, isFolder }: Placing, contents: () => Promise<Readable>): Promise<void> {
      const safe = safeParts(name);
      if ('refused' in safe) throw refuse(name, safe.refused);
      count++;
      bytes += size;
      if (count > MOST_ENTRIES || bytes > MOST_BYTES) throw refuse(name, 'there is too much in it');
      const target = path.join(folder, ...safe.parts);
      await mkdir(isFolder ? target : path.dirname(target), { recursive: true, mode: 0o755 });
      if (isFolder) return;
      // Readable and writable for the person, runnable where it was; never with another's rights.
      await pipeline(await contents(), open(target, 0o644 | (mode & 0o111)), { signal });
    },
  };
}

function isOurs(error: unknown): boolean {
  return (
    error instanceof Error && ('kind' in error || ('code' in error && /^E[A-Z]+$/u.test(String(error.code))))
  );
}
