import type { Clock } from '../../base/clock.ts';

/** So many things may be said in so many milliseconds. */
const [MOST, WHILE_MS] = [100, 60_000];

/**
 * What an agent's process causes to be logged, as far as it is worth it: one that says without end what is no message would
 * keep everybody waiting for the log's file, and push out of it what matters (law 7). Owned by the process.
 */
export class Chatter {
  readonly #say: (text: string) => void;
  readonly #clock: Clock;
  #count = 0;
  #since = -Infinity;

  constructor(say: (text: string) => void, clock: Clock) {
    this.#say = say;
    this.#clock = clock;
  }

  say(text: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#since >= WHILE_MS) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= MOST) this.#say(text);
    else if (this.#count === MOST + 1)
      this.#say('says too much beside its messages: what follows is left out for a while');
  }
}
