import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { DownloadSpec } from '../../protocol/turnPlan.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { safeParts } from './archiveNames.ts';
import { requestTo, shownAddress } from './artifactUpload.ts';
import { resolveWithin, staysWithin } from './confined.ts';
import { lackOfRoom, type FreeBytes } from './diskRoom.ts';
import { withPartialFile } from './partialFile.ts';
import { unzip } from './unzip.ts';

/** Bytes of the largest download. */
export const MOST_DOWNLOAD_BYTES = 512 * 1024 * 1024;
/** How long one may take, unless told otherwise, in milliseconds. */
const USUAL_MS = 10 * 60_000;
/** After so many bytes it is looked again whether there is room for more. */
const LOOK_BYTES = 16 * 1024 * 1024;
/** How often a long one says how far it is, in milliseconds. */
const TELL_MS = 5000;

/** What downloads need of the turn they belong to. */
export interface DownloadContext {
  /** The session's working directory; nothing is written outside. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Where what has not come whole is kept; the system's folder for temporary files unless given. */
  readonly temporary?: string | undefined;
  /** The system's answer unless given. */
  readonly freeBytes?: FreeBytes | undefined;
  /** Says how it goes, in a line for the person. */
  tell(text: string): void;
}

/**
 * Fetches what a prompt needs before its agent is asked, one after the other (C3). Every place is looked at before the first
 * is fetched. Throws `downloadFailed` or `timedOut`, with words that name no more of an address than may be seen; what had
 * come before stays.
 */
export async function runDownloads(specs: readonly DownloadSpec[], context: DownloadContext): Promise<void> {
  const planned = specs.map((spec) => ({ spec, target: targetOf(spec, context.cwd) }));
  for (const { spec, target } of planned) {
    if (!(await staysWithin([context.cwd], target)))
      throw failed(spec.url, `${target} leads out of the working directory through a link`);
  }
  for (const { spec, target } of planned) await download(spec, target, context);
}

/** Where a download goes, by its name alone. */
function targetOf({ url, to, unzip: isArchive }: DownloadSpec, cwd: string): string {
  const named = to ?? (isArchive === true ? '.' : nameIn(url));
  const target = path.isAbsolute(named) ? path.relative(cwd, named) : named;
  const safe = safeParts(target);
  if ('refused' in safe) throw failed(url, `it cannot be written to “${named}”: ${safe.refused}`);
  if (safe.parts.length === 0 && isArchive !== true)
    throw failed(url, 'say with `to` what the file is called');
  return resolveWithin([cwd], path.join(...safe.parts, ''), 'the download');
}

function nameIn(url: string): string {
  try {
    return decodeURIComponent(path.posix.basename(new URL(url).pathname));
  } catch {
    return '';
  }
}

async function download(spec: DownloadSpec, target: string, context: DownloadContext): Promise<void> {
  const { url, unzip: isArchive = false, timeoutMs = USUAL_MS } = spec;
  const { cwd, tell, freeBytes } = context;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const shown = shownAddress(url);
  const folder = isArchive ? target : path.dirname(target);
  tell(`Downloading ${shown} …`);
  await mkdir(folder, { recursive: true });
  const temporary = temporaryFolder('holdfast-download', context.temporary);
  try {
    const file = path.join(temporary, 'content.part');
    const bytes = await fetchTo(url, file, { ...context, signal });
    if (isArchive) {
      const files = await unzip({ file, title: shown, folder: target, root: cwd, signal, freeBytes });
      tell(`Unpacked ${files} files of ${shown} into ${path.relative(cwd, target) || '.'}.`);
    } else {
      signal.throwIfAborted();
      await moveTo(target, { url, file, bytes }, { ...context, signal });
      tell(`Downloaded ${shown} to ${path.relative(cwd, target)} (${bytes} bytes).`);
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (timeout.aborted)
      throw new HoldfastError('timedOut', `the download of ${shown} took more than ${timeoutMs / 1000} s`);
    if (error instanceof HoldfastError) throw error;
    throw failed(url, errorText(error instanceof Error && error.cause !== undefined ? error.cause : error));
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What has come whole. */
interface Fetched {
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
}

/** Puts a file where it belongs, whole, also on another disk; until then it can be cancelled. */
async function moveTo(
  target: string,
  { url, file, bytes }: Fetched,
  context: DownloadContext,
): Promise<void> {
  const { signal, temporary, freeBytes } = context;
  try {
    await rename(file, target);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    const folder = path.dirname(target);
    const lack = await lackOfRoom(folder, bytes, freeBytes);
    if (lack !== undefined) throw failed(url, lack);
    await withPartialFile({ folder, temporary }, async (beside) => {
      await pipeline(createReadStream(file), createWriteStream(beside, { flags: 'wx' }), { signal });
      await rename(beside, target);
    });
  }
}

async function fetchTo(url: string, file: string, context: DownloadContext): Promise<number> {
  const { signal, clock, tell, freeBytes } = context;
  const { address, authorization } = requestTo(url);
  const answer = await fetch(address, { headers: authorization, signal });
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    throw failed(url, `the answer was ${answer.status} ${answer.statusText}`.trim());
  }
  const length = Number(answer.headers.get('content-length') ?? NaN);
  const tooLarge = `it is larger than ${MOST_DOWNLOAD_BYTES / 1024 / 1024} MiB`;
  const mustFit = async (more: number): Promise<void> => {
    const lack = await lackOfRoom(path.dirname(file), more, freeBytes);
    if (lack !== undefined) throw failed(url, lack);
  };
  const handle = await open(file, 'wx');
  try {
    if (length > MOST_DOWNLOAD_BYTES) throw failed(url, tooLarge);
    await mustFit(Number.isNaN(length) ? 0 : length);
    let bytes = 0;
    let looked = 0;
    let told = clock.monotonic();
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > MOST_DOWNLOAD_BYTES) throw failed(url, tooLarge);
      if (bytes - looked > LOOK_BYTES) {
        looked = bytes;
        await mustFit(0);
      }
      await handle.writeFile(chunk);
      if (clock.monotonic() - told < TELL_MS) continue;
      told = clock.monotonic();
      const part = Number.isNaN(length) ? `${bytes} bytes` : `${Math.floor((bytes / length) * 100)} %`;
      tell(`Downloading ${shownAddress(url)}: ${part}`);
    }
    return bytes;
  } finally {
    await answer.body.cancel().catch(() => undefined);
    await handle.close();
  }
}

function failed(url: string, why: string): HoldfastError {
  return new HoldfastError('downloadFailed', `the download of ${shownAddress(url)} failed: ${why}`);
}
