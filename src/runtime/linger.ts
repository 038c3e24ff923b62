import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** How long an unneeded runtime stays, in milliseconds. */
export const LINGER_MS = 5 * 60_000;

/** How often it is looked whether the runtime is needed, at the most, in milliseconds. */
const LOOK_MS = 1000;

/** When a runtime may go: nobody connected and nothing running, waiting or queued, for the whole linger time. */
export interface LingerOptions {
  readonly clock: Clock;
  readonly lingerMs: number;
  isNeeded(): boolean;
  leave(): void;
}

/** Watches for the end of a runtime's usefulness (ARCHITECTURE.md). Disposing stops watching. */
export function watchLinger({ clock, lingerMs, isNeeded, leave }: LingerOptions): Disposable {
  let unneededSince: number | undefined;
  let timer: Disposable;
  const look = (): void => {
    const now = clock.monotonic();
    unneededSince = isNeeded() ? undefined : (unneededSince ?? now);
    if (unneededSince !== undefined && now - unneededSince >= lingerMs) return leave();
    timer = clock.after(Math.min(LOOK_MS, Math.max(lingerMs, 10)), look);
  };
  look();
  return { dispose: () => timer?.dispose() };
}
