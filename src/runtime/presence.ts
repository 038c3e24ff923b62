import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Discovery } from '../protocol/discovery.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { bootId } from './bootId.ts';
import { readDiscovery, removeDiscovery, writeDiscovery } from './discoveryEntry.ts';
import type { Log } from './log.ts';
import type { RuntimeHome } from './runtimeHome.ts';
import type { LocalServer } from './server.ts';
import { chooseSocketPath } from './socketPath.ts';

/** How often socket and entry are looked for, in milliseconds. */
const LOOK_MS = 2000;

/** A fresh token: 32 random bytes, in hex. */
export const newToken = (): string => randomBytes(32).toString('hex');

/** What a runtime shows itself with. */
export interface PresenceOptions {
  readonly home: RuntimeHome;
  readonly runtimeId: string;
  readonly buildId: string;
  readonly token: string;
  readonly server: LocalServer;
  readonly clock: Clock;
  readonly log: Log;
  /** The data directory was taken away: nothing can be kept or found any more. */
  onHomeGone(): void;
}

/** A runtime that can be found. Disposing takes socket and entry away. */
export interface Presence extends Disposable {
  readonly entry: Discovery;
}

/**
 * Listens and writes the discovery entry, in this order (ARCHITECTURE.md); the lock is already held, so whatever stands
 * there is stale. Notices when socket or entry vanish, and makes them again.
 */
export async function appear(options: PresenceOptions): Promise<Presence> {
  const { home, runtimeId, buildId, token, server, clock, log } = options;
  const isFile = process.platform !== 'win32';
  const socket = chooseSocketPath({ folder: home.folder, platform: process.platform });
  const listen = async (): Promise<void> => {
    if (isFile) rmSync(socket, { force: true });
    await server.listen(socket);
  };
  await listen();
  const entry: Discovery = {
    pid: process.pid,
    host: hostname(),
    bootId: bootId(),
    buildId,
    runtimeId,
    protocol: PROTOCOL,
    socket,
    token,
    startedAt: clock.now(),
  };
  writeDiscovery(home.discovery, entry);

  let timer: Disposable;
  let gone = false;
  const look = async (): Promise<void> => {
    if (gone) return;
    if (!existsSync(home.folder)) return options.onHomeGone();
    try {
      if (isFile && !existsSync(socket)) {
        log.warn(`the socket ${socket} vanished; listening again`);
        await listen();
      }
      if (readDiscovery(home.discovery)?.runtimeId !== runtimeId) {
        log.warn('the discovery entry vanished or was spoilt; writing it again');
        writeDiscovery(home.discovery, entry);
      }
    } catch (error) {
      log.error('could not make socket or discovery entry again', error);
    }
    if (!gone) timer = clock.after(LOOK_MS, () => void look());
  };
  timer = clock.after(LOOK_MS, () => void look());
  return {
    entry,
    dispose() {
      gone = true;
      timer.dispose();
      removeDiscovery(home.discovery, runtimeId);
      if (isFile) rmSync(socket, { force: true });
    },
  };
}
