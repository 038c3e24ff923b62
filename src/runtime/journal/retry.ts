import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Tries something again after a while, and a longer while each time, until it is told that all is well. */
export class Retry implements Disposable {
  readonly #clock: Clock;
  readonly #action: () => void;
  #delay = FIRST_MS;
  #timer: Disposable | undefined;

  constructor(clock: Clock, action: () => void) {
    this.#clock = clock;
    this.#action = action;
  }

  /** Another failure: the next try follows, unless one is already on its way. */
  failed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#clock.after(this.#delay, () => {
      this.#timer = undefined;
      this.#action();
    });
    this.#delay = Math.min(this.#delay * 2, LONGEST_MS);
  }

  succeeded(): void {
    this.dispose();
    this.#delay = FIRST_MS;
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
