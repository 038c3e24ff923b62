import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import { summaryOf, type Summary } from '../protocol/summary.ts';
import type { Committed, Journal } from './journal/journal.ts';

/** Heads that change often within this time are told once, in milliseconds. */
const DEBOUNCE_MS = 50;

/** Where summaries and troubles go. */
export interface SummariesOutlet {
  tell(summaries: readonly Summary[]): void;
  /** The head of a session that changed cannot be read: told once, until it can be again. It is tried with each change. */
  onUnreadable(sessionId: SessionId, error: unknown): void;
}

/**
 * Tells which sessions changed, debounced with a leading edge: the first change after quiet goes at once. Owned by the
 * runtime.
 */
export class Summaries implements Disposable {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #outlet: SummariesOutlet;
  readonly #changed = new Set<SessionId>();
  readonly #unreadable = new Set<SessionId>();
  #timer: Disposable | undefined;

  constructor(journal: Journal, clock: Clock, outlet: SummariesOutlet) {
    this.#journal = journal;
    this.#clock = clock;
    this.#outlet = outlet;
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
    const troubles = new Map<SessionId, unknown>();
    for (const sessionId of this.#changed) {
      try {
        const stored = this.#journal.head(sessionId);
        if (stored !== undefined) summaries.push(summaryOf(stored.head, stored.journal));
        this.#unreadable.delete(sessionId);
      } catch (error) {
        if (!this.#unreadable.has(sessionId)) troubles.set(sessionId, error);
        this.#unreadable.add(sessionId);
      }
    }
    this.#changed.clear();
    if (summaries.length > 0) this.#outlet.tell(summaries);
    for (const [sessionId, error] of troubles) this.#outlet.onUnreadable(sessionId, error);
  }
}
