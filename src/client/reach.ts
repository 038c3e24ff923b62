import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '../base/clock.ts';
import { errorText } from '../base/errorText.ts';
import { turn } from '../base/turn.ts';
import type { Discovery } from '../protocol/discovery.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { FrameTransport } from '../protocol/frames.ts';
import { installBuild } from './builds.ts';
import { discover, type Discovered } from './discover.ts';
import { homePaths } from './home.ts';
import { launch } from './launch.ts';
import type { Log } from './log.ts';
import { chooseNode } from './node.ts';
import { openSocket } from './socket.ts';

/** A connection that was made: JSON-RPC goes over `transport`. */
export interface Reached {
  readonly transport: FrameTransport;
  /** Where it was found; absent for one on another machine. */
  readonly entry?: Discovery | undefined;
}

/** What one attempt needs. */
export interface ReachOptions {
  readonly home: string;
  /** Whether a runtime may be started when none runs. */
  readonly mayLaunch: boolean;
  /** The runtime's bundle; `runtime.json` stands beside it. Default: next to the running program. */
  readonly bundle?: string | undefined;
  readonly log: Log;
  readonly clock?: Clock | undefined;
}

/** How long the entry of a runtime that won the lock may take to appear. */
const TAKEN_WAIT_MS = 10_000;

/**
 * One attempt to reach the runtime of a data directory: find it, or start it, and connect. Whoever holds the lock
 * decides which one runs, so any number of attempts at once, in any number of processes, end at the same runtime.
 */
export async function reach(options: ReachOptions, signal?: AbortSignal): Promise<Reached> {
  const { home, mayLaunch, log } = options;
  const file = homePaths(home).discovery;
  const found = discover(file, log);
  if (found.kind === 'live') {
    // Making a socket takes as long as finding it: an extension host has its turn in between (law 8).
    await turn();
    try {
      return { transport: await openSocket(found.entry, signal), entry: found.entry };
    } catch (error) {
      if (!mayLaunch || signal?.aborted === true) throw error;
      // It is on its way out, or its pid is somebody else's by now: the lock will tell.
      log(errorText(error), 'info');
    }
  }
  if (!mayLaunch) throw notRunning(home, found);
  const entry = await launchOnce(options, found);
  return { transport: await openSocket(entry, signal), entry };
}

function notRunning(home: string, found: Discovered): HoldfastError {
  const stale = found.kind === 'stale' ? ` (${found.reason})` : '';
  return new HoldfastError('runtimeUnreachable', `no runtime is running for ${home}${stale}`, { home });
}

const launching = new Map<string, Promise<Discovery>>();

/** Starts at most one runtime at a time for a home within this process. */
function launchOnce(options: ReachOptions, found: Discovered): Promise<Discovery> {
  const running = launching.get(options.home);
  if (running !== undefined) return running;
  const started = launchNow(options, found).finally(() => launching.delete(options.home));
  launching.set(options.home, started);
  return started;
}

async function launchNow(options: ReachOptions, found: Discovered): Promise<Discovery> {
  const { home, log, clock = systemClock } = options;
  const own = options.bundle ?? besideThisProgram();
  makeHome(home);
  const node = await chooseNode({ bundle: own });
  const running = found.kind === 'absent' ? undefined : found.entry.buildId;
  const build = await installBuild({ builds: homePaths(home).builds, bundle: own, running });
  log(`starting the runtime ${build.manifest.buildId} on ${node.execPath} for ${home}`, 'info');
  const report = await launch({ home, node, bundle: build.bundle, clock });
  return 'ready' in report ? report.ready : winner(options, clock);
}

/** The entry of the runtime that holds the lock, as soon as it is written. */
async function winner({ home, log }: ReachOptions, clock: Clock): Promise<Discovery> {
  const file = homePaths(home).discovery;
  const end = clock.monotonic() + TAKEN_WAIT_MS;
  for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
    const found = discover(file, log);
    if (found.kind === 'live') return found.entry;
    if (clock.monotonic() > end) break;
    await new Promise<void>((resolve) => clock.after(wait, resolve));
  }
  throw new HoldfastError(
    'runtimeUnreachable',
    `another runtime holds ${home} and does not say where it listens; if it hangs, end it and try again`,
    { home },
  );
}

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new HoldfastError(
      'homeUnusable',
      `the data directory ${home} cannot be made: ${errorText(error)}`,
      { home },
      error,
    );
  }
}

/** The runtime's bundle next to the running program. */
export function besideThisProgram(): string {
  return fileURLToPath(new URL('./runtime.mjs', import.meta.url));
}
