import type { Disposable } from '../base/disposable.ts';

/** How often words that count down are said anew, in milliseconds. */
const COUNT_MS = 1_000;

/** Says again what tells of the next attempt, every second until it begins (U8). */
export class Countdown implements Disposable {
  readonly #say: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(say: () => void) {
    this.#say = say;
  }

  /** It was said until when, in milliseconds since the epoch; `undefined` where it names no time. */
  said(until: number | undefined): void {
    clearTimeout(this.#timer);
    if (until !== undefined && until > Date.now()) this.#timer = setTimeout(this.#say, COUNT_MS).unref();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
