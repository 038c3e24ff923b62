import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Listen } from '../base/emitter.ts';

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

/** Listens to what may be told in bursts, as sessions at work tell of themselves, and acts no more often than every `everyMs`. */
export function paced(listen: Listen<void>, everyMs: number, act: () => void): Disposable {
  const owned = new DisposableStore();
  const pace = owned.add(new Pace(everyMs, act));
  owned.add(listen(() => pace.ask()));
  return owned;
}
