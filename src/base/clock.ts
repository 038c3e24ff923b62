import { toDisposable, type Disposable } from './disposable.ts';

/** Time as something that is handed in, so that tests own it. Milliseconds throughout. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. May jump. */
  now(): number;
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number;
  /** Runs `action` once after `ms`; disposing the result before that prevents it. Never keeps the process alive. */
  after(ms: number, action: () => void): Disposable;
}

/** The real clock. Its timers are unreferenced: waiting for one never keeps a process from exiting. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, action) {
    const timer: unknown = setTimeout(action, ms);
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
    return toDisposable(() => clearTimeout(timer as Parameters<typeof clearTimeout>[0]));
  },
};
