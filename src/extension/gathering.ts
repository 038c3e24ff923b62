import type { Disposable } from '../base/disposable.ts';

/** Collects what comes within some time of the first, in milliseconds, and hands it over at once. */
export class Gathering<T> implements Disposable {
  readonly #forMs: number;
  readonly #take: (gathered: readonly T[]) => void;
  #gathered: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(forMs: number, take: (gathered: readonly T[]) => void) {
    this.#forMs = forMs;
    this.#take = take;
  }

  add(value: T): void {
    this.#gathered.push(value);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const gathered = this.#gathered;
      this.#gathered = [];
      this.#take(gathered);
    }, this.#forMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = [];
  }
}
