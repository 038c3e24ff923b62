import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import { summaryOf, type Summary } from '../protocol/summary.ts';
import type { Committed, Journal } from './journal/journal.ts';

/** Heads that change often within this time are told once, in milliseconds. */
const DEBOUNCE_MS = 50;

/**
 * Tells which sessions changed, debounced with a leading edge: the first change after quiet goes at once. Owned by the
 * runtime.
 */
export class Summaries implements Disposable {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #tell: (summaries: readonly Summary[]) => void;
  readonly #changed = new Set<SessionId>();
  #timer: Disposable | undefined;

  constructor(journal: Journal, clock: Clock, tell: (summaries: readonly Summary[]) => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#tell = tell;
  }

  committed(batch: Committed): void {
    for (const { sessionId } of batch) this.#changed.add(sessionId);
    if (this.#timer !== undefined || this.#changed.size === 0) return;
    this.#flush();
    this.#timer = this.#clock.after(DEBOUNCE_MS, () => this.#again());
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#changed.clear();
  }

  #again(): void {
    this.#timer = undefined;
    if (this.#changed.size === 0) return;
    this.#flush();
    this.#timer = this.#clock.after(DEBOUNCE_MS, () => this.#again());
  }

  #flush(): void {
    const summaries: Summary[] = [];
    // Gone from here first: one that cannot be read is not met again with every other.
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const sessionId of changed) {
      const stored = this.#journal.head(sessionId);
      if (stored !== undefined) summaries.push(summaryOf(stored.head, stored.journal));
    }
    if (summaries.length > 0) this.#tell(summaries);
  }
}
