import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HoldfastError } from '../protocol/errors.ts';

/** Unix domain socket paths near 108 bytes fail with EINVAL on Linux, near 104 on macOS. */
const MAX_PATH_BYTES = 100;

/** What decides where the socket lives; handed in so that every platform can be tested on any. */
export interface SocketPathOptions {
  /** `<home>/runtime`, which exists and is private. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** The system's temporary directory. */
  readonly temporary?: string | undefined;
}

/**
 * Where the runtime listens (ARCHITECTURE.md): in the runtime folder when the path fits, else in a hashed private folder
 * under the temporary directory; on Windows a pipe with a random name. Never `XDG_RUNTIME_DIR`: it goes at log-out.
 */
export function chooseSocketPath({ folder, platform, temporary = tmpdir() }: SocketPathOptions): string {
  if (platform === 'win32') return `\\\\.\\pipe\\holdfast-${randomBytes(16).toString('hex')}`;
  const usual = path.join(folder, 'runtime.sock');
  if (Buffer.byteLength(usual) <= MAX_PATH_BYTES) return usual;
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const short = path.join(temporary, `holdfast-${hash}`);
  const socket = path.join(short, 'runtime.sock');
  if (Buffer.byteLength(socket) > MAX_PATH_BYTES) {
    throw new HoldfastError(
      'homeUnusable',
      `no place for the runtime's socket: both ${usual} and ${socket} are longer than ${MAX_PATH_BYTES} bytes; ` +
        'set HOLDFAST_HOME or TMPDIR to a shorter path',
      { path: usual },
    );
  }
  makePrivate(short);
  return socket;
}

/** Makes a folder that only this user can enter, or refuses one that somebody else made. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const mine = typeof process.getuid !== 'function' || stat.uid === process.getuid();
  if (!stat.isDirectory() || !mine || (stat.mode & 0o077) !== 0) {
    throw new HoldfastError(
      'homeUnusable',
      `${folder} is not a private folder of this user; remove it and try again`,
      {
        path: folder,
      },
    );
  }
}
