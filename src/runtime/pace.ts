import type { Clock } from '../base/clock.ts';
import { turn } from '../base/turn.ts';

/** Milliseconds of work at once: nothing else happens meanwhile. */
const SLICE_MS = 4;
/** Steps at once, and bytes, whatever the clock says. */
const MOST_STEPS = 256;
const MOST_BYTES = 256 * 1024;

/** Cuts long work into slices, with turns of the event loop between them. Owned by whoever works. */
export class Pace {
  readonly #clock: Clock;
  #began: number;
  #steps = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.monotonic();
  }

  /** A step was made, of so many bytes. When it is time, `atPause` runs, and the others have their turn. */
  async step(bytes = 0, atPause?: () => void): Promise<void> {
    this.#bytes += bytes;
    const isTime = ++this.#steps >= MOST_STEPS || this.#bytes >= MOST_BYTES;
    if (!isTime && this.#clock.monotonic() - this.#began < SLICE_MS) return;
    atPause?.();
    await turn();
    this.#steps = 0;
    this.#bytes = 0;
    this.#began = this.#clock.monotonic();
  }
}
