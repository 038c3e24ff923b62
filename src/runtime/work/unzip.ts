import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { safeParts, zipEntryKind } from './archiveNames.ts';
import { staysWithin } from './confined.ts';
import { lackOfRoom, type FreeBytes } from './diskRoom.ts';

/** Entries and bytes of an archive that is unpacked. */
const MOST_ENTRIES = 20_000;
const MOST_BYTES = 1024 * 1024 * 1024;

/** What is unpacked where. */
export interface Unzip {
  readonly file: string;
  /** What the archive is called in words. */
  readonly title: string;
  readonly folder: string;
  /** Nothing is written outside of it, whatever the names and whatever links there are. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** The system's answer unless given. */
  readonly freeBytes?: FreeBytes | undefined;
}

interface Placed {
  readonly entry: Entry;
  readonly target: string;
  readonly isFolder: boolean;
  readonly isProgram: boolean;
}

/**
 * Unpacks a zip archive of plain files and folders over what is there (C3). All names are looked at before anything is
 * written: one that leads out, a link or a device refuse the archive as a whole. Throws `downloadFailed`. Gives how many files
 * there were.
 */
export async function unzip(request: Unzip): Promise<number> {
  const refuse = refusing(request.title);
  try {
    const zip = await openPromise(request.file, {
      decodeStrings: true,
      strictFileNames: false,
      autoClose: false,
    });
    try {
      const placed = await placing(zip, request);
      for (const each of placed) await checkPlace(each, request);
      const bytes = placed.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
      const lack = await lackOfRoom(request.folder, bytes, request.freeBytes);
      if (lack !== undefined) throw refuse(lack);
      for (const each of placed) {
        request.signal.throwIfAborted();
        // What was unpacked meanwhile may be in the way.
        await checkPlace(each, request);
        await put(zip, each, request);
      }
      return placed.filter(({ isFolder }) => !isFolder).length;
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof HoldfastError || request.signal.aborted) throw error;
    throw refuse(errorText(error), error);
  }
}

async function placing(zip: ZipFile, { title, folder }: Unzip): Promise<Placed[]> {
  const refuse = refusing(title);
  const placed: Placed[] = [];
  let bytes = 0;
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    const { fileName: name, uncompressedSize } = entry;
    const refused = (why: string): HoldfastError => refuse(`“${name.slice(0, 200)}”: ${why}`);
    const kind = zipEntryKind(entry);
    if ('refused' in kind) throw refused(kind.refused);
    const safe = safeParts(name);
    if ('refused' in safe) throw refused(safe.refused);
    bytes += uncompressedSize;
    if (placed.length >= MOST_ENTRIES || bytes > MOST_BYTES) throw refused('there is too much in it');
    const { isFolder, mode } = kind;
    placed.push({
      entry,
      target: path.join(folder, ...safe.parts),
      isFolder,
      isProgram: (mode & 0o111) !== 0,
    });
  }
  return placed;
}

async function checkPlace({ entry, target }: Placed, { root, title }: Unzip): Promise<void> {
  if (await staysWithin([root], target)) return;
  throw refusing(title)(`“${entry.fileName.slice(0, 200)}”: a link there leads out of the working directory`);
}

async function put(
  zip: ZipFile,
  { entry, target, isFolder, isProgram }: Placed,
  { signal }: Unzip,
): Promise<void> {
  await mkdir(isFolder ? target : path.dirname(target), { recursive: true });
  if (isFolder) return;
  const flags =
    constants.O_WRONLY |
    constants.O_CREAT |
    constants.O_TRUNC |
    (constants.O_NOFOLLOW ?? 0) |
    (constants.O_NONBLOCK ?? 0);
  const handle = await open(target, flags, isProgram ? 0o755 : 0o644);
  try {
    await pipeline(await zip.openReadStreamPromise(entry), handle.createWriteStream(), { signal });
  } catch (error) {
    await handle.close().catch(() => undefined);
    // Half of it is worth nothing under its name.
    await rm(target, { force: true }).catch(() => undefined);
    throw error;
  }
}

const refusing =
  (title: string) =>
  (why: string, cause?: unknown): HoldfastError =>
    new HoldfastError('downloadFailed', `the archive ${title} was not unpacked: ${why}`, {}, cause);
