import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorText } from '../../base/errorText.ts';
import type { BinaryDistribution } from '../../protocol/agentRegistry.ts';
import { fetchSecurely, isSecure } from './fetchSecurely.ts';
import { installFailed, refuseAborted, type Installing, type Placed } from './installing.ts';
import { inside, safeParts } from '../work/archiveNames.ts';
import { unpack, type Unpacking } from './unpack.ts';

const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** How long a server may say nothing, in milliseconds. */
const QUIET_MS = 60_000;
/** Between two words about a download, in milliseconds. */
const TELL_MS = 200;

/** Fetches a program for this platform, checks it against its hash where the registry gives one, and unpacks it. */
export async function installBinary(
  { archive, cmd, sha256 }: BinaryDistribution,
  installing: Installing,
  { write }: Pick<Unpacking, 'write'> = {},
): Promise<Placed> {
  const { folder, name, env, signal } = installing;
  const url = archiveUrl(archive, name);
  const title = path.posix.basename(url.pathname);
  const file = path.join(folder, '.archive');
  const found = await download(url, file, installing);
  if (sha256 === undefined)
    installing.warn(`The registry gives no hash for ${title}: what was fetched could not be checked.`);
  else if (found !== sha256.toLowerCase())
    throw installFailed(
      `${name} was not installed: ${title} is not what the registry says (SHA-256 ${found}, not ${sha256}). Try again later; if it stays so, tell the agent’s makers.`,
      { archive, found, wanted: sha256 },
    );
  installing.progress({ step: 'unpacking' });
  const contents = path.join(folder, 'files');
  await mkdir(contents);
  await unpack({ name, file, title, folder: contents, env, signal, write });
  refuseAborted(installing);
  await rm(file);
  return placed(contents, cmd, installing);
}

async function placed(contents: string, cmd: string, { folder, name }: Installing): Promise<Placed> {
  const safe = safeParts(cmd);
  const file = 'parts' in safe && safe.parts.length > 0 ? path.join(contents, ...safe.parts) : undefined;
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  const program = file === undefined ? undefined : inside(folder, file);
  if (file === undefined || program === undefined || found?.isFile() !== true)
    throw installFailed(`${name} was not installed: its archive has no program “${cmd}”.`, { cmd });
  await chmod(file, 0o755);
  return { program, isNodeScript: false };
}

function archiveUrl(archive: string, name: string): URL {
  const url = URL.canParse(archive) ? new URL(archive) : undefined;
  if (url !== undefined && isSecure(url)) return url;
  throw installFailed(`${name} cannot be installed: “${archive}” is no secure address.`, { archive });
}

/** Fetches into a file; gives the SHA-256 in hexadecimal. */
async function download(url: URL, file: string, installing: Installing): Promise<string> {
  const { name, signal, clock } = installing;
  installing.progress({ step: 'downloading' });
  const quiet = new AbortController();
  let timer = clock.after(QUIET_MS, () => quiet.abort());
  const hash = createHash('sha256');
  let doneBytes = 0;
  try {
    const response = await fetchSecurely(url, AbortSignal.any([signal, quiet.signal]));
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    const length = Number(response.headers.get('content-length'));
    const totalBytes = Number.isSafeInteger(length) && length > 0 ? length : undefined;
    let told = -Infinity;
    const count = new Transform({
      transform(chunk: Buffer, _, done) {
        timer.dispose();
        timer = clock.after(QUIET_MS, () => quiet.abort());
        hash.update(chunk);
        doneBytes += chunk.length;
        if (doneBytes > MOST_BYTES) return done(new Error('it is larger than 2 GiB'));
        if (clock.monotonic() - told >= TELL_MS) {
          told = clock.monotonic();
          installing.progress({ step: 'downloading', doneBytes, totalBytes });
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(file));
    return hash.digest('hex');
  } catch (error) {
    refuseAborted(installing);
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw error;
    const why = quiet.signal.aborted ? `nothing came for ${QUIET_MS / 1000} s` : causeText(error);
    throw installFailed(
      `${name} was not installed: ${url.href} could not be fetched: ${why}. Check the network and the proxy, and try again.`,
      { url: url.href },
      error,
    );
  } finally {
    timer.dispose();
  }
}

/** `fetch` hides why it failed. */
function causeText(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? errorText(error.cause) : errorText(error);
}
