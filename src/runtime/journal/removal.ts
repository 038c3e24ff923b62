import type { Tables } from './tables.ts';

/** Rows that are removed of one table at once. */
const STEP = 64;

/** About what a step writes to the log, in bytes. */
export const STEP_BYTES = STEP * 512;

/** Where rows are taken from: what is damaged is in the way from one end alone. */
export type End = 'first' | 'last';

/**
 * What is left to be removed of a session that nobody sees. Each table is emptied for itself, and from its other end too where one
 * cannot be gone on from: what is damaged keeps as little as may be of what is not. Owned by the remover.
 */
export class Removal {
  readonly key: number;
  readonly #tables: Tables;
  #ways: { readonly table: 'envelopes' | 'items' | 'blobs'; readonly from: End }[] = [
    { table: 'envelopes', from: 'first' },
    { table: 'items', from: 'first' },
    { table: 'blobs', from: 'first' },
  ];
  #tried = this.#ways[0];
  #isCareful = false;
  #isDamaged = false;

  constructor(tables: Tables, key: number) {
    this.#tables = tables;
    this.key = key;
  }

  /** Whether some of it cannot be removed. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Whether each step is to be a transaction of its own: one of those before could not read what it was to remove. */
  get isCareful(): boolean {
    return this.#isCareful;
  }

  /** Removes a little, inside a transaction; whether there is more that can be. */
  step(): boolean {
    for (const way of this.#ways) {
      this.#tried = way;
      if (this.#tables[way.table].removeSome(this.key, way.from, STEP)) return true;
    }
    if (!this.#isDamaged) this.#tables.unseen.end(this.key);
    return false;
  }

  /** The last step could not read something, and its transaction was rolled back: the next one goes another way. */
  stumbled(): void {
    const tried = this.#tried;
    this.#isCareful = !this.#isCareful;
    if (this.#isCareful || tried === undefined) return;
    this.#ways = this.#ways.flatMap((way) => {
      if (way !== tried) return [way];
      return way.from === 'first' ? [{ table: way.table, from: 'last' as const }] : [];
    });
    this.#isDamaged ||= tried.from === 'last';
  }
}
