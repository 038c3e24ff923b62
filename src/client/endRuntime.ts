import { systemClock, type Clock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { discover } from './discover.ts';
import { homePaths } from './home.ts';
import type { Log } from './log.ts';

/** How long a runtime may take to go. */
const END_MS = 15_000;

/**
 * Ends the runtime of a data directory by signal: for one that takes no requests because it speaks another version. Its
 * turns end `interrupted`, its sessions stay and go on under the next runtime. Resolves with whether there was one, when it
 * is gone. Throws `runtimeUnreachable` when it does not go. On Windows there is no asking: the process is ended at once.
 */
export async function endRuntime(home: string, log: Log, clock: Clock = systemClock): Promise<boolean> {
  const found = discover(homePaths(home).discovery, log);
  if (found.kind !== 'live') return false;
  const { pid } = found.entry;
  process.kill(pid, 'SIGTERM');
  const end = clock.monotonic() + END_MS;
  while (discover(homePaths(home).discovery, log).kind === 'live') {
    if (clock.monotonic() > end) {
      throw new HoldfastError(
        'runtimeUnreachable',
        `the runtime (process ${pid}) does not end; end it by hand`,
        { pid },
      );
    }
    await new Promise<void>((resolve) => clock.after(25, resolve));
  }
  return true;
}
