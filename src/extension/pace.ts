import type { Disposable } from '../base/disposable.ts';

/** Does something at once when it is asked, and then no more often than every `everyMs`, the last time included. */
export class Pace implements Disposable {
  readonly #everyMs: number;
  readonly #act: () => void;
  #timer: NodeJS.Timeout | undefined;
  #again = false;

  constructor(everyMs: number, act: () => void) {
    this.#everyMs = everyMs;
    this.#act = act;
  }

  ask(): void {
    if (this.#timer !== undefined) {
      this.#again = true;
      return;
    }
    this.#act();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.ask();
    }, this.#everyMs).unref();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#again = false;
  }
}
