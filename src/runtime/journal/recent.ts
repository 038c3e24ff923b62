import type { Envelope } from '../../protocol/events.ts';
import type { StoredEnvelope } from './journal.ts';

/** Characters of text that are kept, across all sessions. */
const MOST_KEPT = 1024 * 1024;

/** How much a reader takes at most. */
export interface Bounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * The text of what was committed last, so that clients who are up to date get it without a way through the database. A
 * shortcut alone: whoever is further behind reads the rows, and what is kept is let go of whole when it has grown too
 * large. Owned by the journal.
 */
export class Recent {
  readonly #sessions = new Map<number, StoredEnvelope[]>();
  readonly #most: number;
  #kept = 0;

  constructor(most = MOST_KEPT) {
    this.#most = most;
  }

  /** An envelope is committed, with its JSON text. To be called in the order of the numbers. */
  keep(session: number, { seq, from = seq }: Envelope, json: string): void {
    if (this.#kept + json.length > this.#most) this.clear();
    if (json.length > this.#most) return;
    const rows = this.#sessions.get(session) ?? [];
    if (rows.length === 0) this.#sessions.set(session, rows);
    rows.push({ from, seq, json, bytes: Buffer.byteLength(json) });
    this.#kept += json.length;
  }

  /** What comes after a number, within the bounds but at least one; `undefined` when only the database knows. */
  read(session: number, after: number, { maxEvents, maxBytes }: Bounds): StoredEnvelope[] | undefined {
    const rows = this.#sessions.get(session);
    const first = rows?.[0];
    if (rows === undefined || first === undefined || first.from > after + 1) return undefined;
    const begin = firstAfter(rows, after);
    let bytes = 0;
    let end = begin;
    for (; end < rows.length && end - begin < maxEvents; end++) {
      bytes += rows[end]?.bytes ?? 0;
      if (end > begin && bytes > maxBytes) break;
    }
    return rows.slice(begin, end);
  }

  /** The session is gone: its number may be another's. */
  forget(session: number): void {
    for (const { json } of this.#sessions.get(session) ?? []) this.#kept -= json.length;
    this.#sessions.delete(session);
  }

  clear(): void {
    this.#sessions.clear();
    this.#kept = 0;
  }
}

/** Where the rows after a number begin. */
function firstAfter(rows: readonly StoredEnvelope[], after: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
