import { systemClock, type Clock } from '../../src/base/clock.ts';
import { toDisposable } from '../../src/base/disposable.ts';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/** Time that moves only when a test says so. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, action: () => void) {
    const timer = { due: this.#now + ms, action };
    this.#timers.add(timer);
    return toDisposable(() => this.#timers.delete(timer));
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves on, running what comes due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.action();
    }
    this.#now = end;
  }
}

/** Real time, apart from one kind of timer that the test runs out by hand. */
export function clockWithManual(ms: number): { readonly clock: Clock; readonly manual: ManualClock } {
  const manual = new ManualClock();
  const clock = {
    ...systemClock,
    after: (wait: number, action: () => void) => (wait === ms ? manual : systemClock).after(wait, action),
  };
  return { clock, manual };
}
