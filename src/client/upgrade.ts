import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import { installBuild } from './builds.ts';
import type { Channel } from './channel.ts';
import { homePaths } from './home.ts';
import type { Log } from './log.ts';

/** How long a runtime that is busy is left in peace before it is asked again. */
const AGAIN_MS = 60_000;

/** What an upgrade needs. */
export interface UpgradeOptions {
  readonly channel: Channel;
  readonly home: string;
  /** The bundle that came with this program. */
  readonly bundle: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Finds the newest copy of a runtime that this program can talk to; handed in by tests. */
  readonly install?: typeof installBuild | undefined;
}

/** Watches over the age of the runtime. */
export interface Upgrade extends Disposable {
  /** Resolves when the first look is over: the runtime stays, or is gone. Never rejects. */
  readonly looked: Promise<void>;
}

/**
 * Replaces a runtime of an older build by the newest copy (ARCHITECTURE.md): asks it to retire, which it does only when
 * nothing runs, waits or is queued; the connection that is lost with it is made again by whoever owns the channel, and
 * that starts the newest. The time of the copy decides what is newest, for every build alike, so two builds never
 * retire each other in turn; besides, each running runtime is let go after it agreed once. Dispose it to stop.
 */
export function watchForUpgrade(options: UpgradeOptions): Upgrade {
  const { channel, home, bundle, clock, log, install = installBuild } = options;
  const { builds } = homePaths(home);
  let again: Disposable | undefined;
  let disposed = false;
  /** The runtime that agreed to go. */
  let retired: string | undefined;

  const look = async (): Promise<void> => {
    const running = channel.hello;
    if (running === undefined || running.runtimeId === retired || running.buildId === 'unbuilt') return;
    const { manifest } = await install({ builds, bundle, running: running.buildId });
    if (manifest.buildId === running.buildId || disposed) return;
    const { retiring } = await channel.request('runtime/retire', {});
    if (retiring) {
      retired = running.runtimeId;
      log(`the runtime ${running.buildId} makes room for ${manifest.buildId}`, 'info');
      return lost(channel);
    }
    again = clock.after(AGAIN_MS, () => void lookAgain());
  };
  const lookAgain = async (): Promise<void> => {
    again?.dispose();
    again = undefined;
    if (disposed || channel.state !== 'connected') return;
    await look().catch((error: unknown) => log(`the runtime was not upgraded: ${errorText(error)}`, 'info'));
  };
  const following = channel.onState(() => void lookAgain());
  const looked = lookAgain();
  return {
    looked,
    dispose() {
      disposed = true;
      following.dispose();
      again?.dispose();
    },
  };
}

/** Resolves when the connection of now is gone. */
function lost(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    const following = channel.onState((state) => {
      if (state === 'connected') return;
      following.dispose();
      resolve();
    });
  });
}
