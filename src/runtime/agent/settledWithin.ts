import type { Clock } from '../../base/clock.ts';

/** Resolves with `true` when the promise settles, either way, and with `false` when `ms` pass first. Never rejects. */
export function settledWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false));
    const settled = (): void => {
      timer.dispose();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
