import type { Summary } from '../protocol/summary.ts';
import { compareSessions, countSession, type Counts } from './sessionOrder.ts';

/**
 * Sessions in the order of lists, and what is counted of them, kept while they change one by one: a change costs as much as
 * finding two places, however many sessions there are. Owned by `RuntimeSessions`.
 */
export class SortedSessions {
  readonly #rows: Summary[];
  readonly #counts = { working: 0, needsYou: 0, failed: 0 };
  /** What was handed out last; nobody sees it change. */
  #shown: readonly Summary[] | undefined;

  constructor(sessions: Iterable<Summary>) {
    this.#rows = [...sessions].sort(compareSessions);
    for (const summary of this.#rows) countSession(this.#counts, summary, 1);
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  get rows(): readonly Summary[] {
    this.#shown ??= this.#rows.slice();
    return this.#shown;
  }

  /** Puts a session where it belongs now. `before` is what it was here, absent for a new one; without `after` it goes. */
  change(before: Summary | undefined, after: Summary | undefined): void {
    this.#shown = undefined;
    if (before !== undefined) {
      const at = this.#placeOf(before);
      if (this.#rows[at]?.sessionId === before.sessionId) {
        this.#rows.splice(at, 1);
        countSession(this.#counts, before, -1);
      }
    }
    if (after === undefined) return;
    this.#rows.splice(this.#placeOf(after), 0, after);
    countSession(this.#counts, after, 1);
  }

  /** The first place whose session does not come before this one. */
  #placeOf(summary: Summary): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[middle];
      if (row !== undefined && compareSessions(row, summary) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
