import type { SessionId } from '../protocol/ids.ts';

/**
 * Has the tree select the row of the session that the person works in, so that a key in the tree means it: once for each
 * change of it, as soon as its row is there. A row that the person pressed is selected already. Owned by `SessionTree`.
 */
export class FollowedRow {
  readonly #select: (sessionId: SessionId) => PromiseLike<unknown> | undefined;
  #at: SessionId | undefined;
  /** Whether its row is still to be selected. */
  #isDue = false;
  /** Stands for what happened last: nothing that began before it counts any more. */
  #last = {};

  /** `select` selects a row, and rejects where it was drawn anew meanwhile; `undefined` for one that is not there, or not to be seen, now. */
  constructor(select: (sessionId: SessionId) => PromiseLike<unknown> | undefined) {
    this.#select = select;
  }

  /** The person pressed a row of the tree: their selection stays as it is. */
  pressed(sessionId: SessionId): void {
    this.#at = sessionId;
    this.#become(false);
  }

  /** Rows were selected, by whomever: no row that comes later takes their place. */
  selected(): void {
    this.#become(false);
  }

  /** The session that the person works in now, if any. */
  follow(sessionId: SessionId | undefined): void {
    if (sessionId === this.#at) return;
    this.#at = sessionId;
    this.#become(sessionId !== undefined);
    this.drawn();
  }

  /** Rows came, or came into sight. */
  drawn(): void {
    if (!this.#isDue || this.#at === undefined) return;
    const selecting = this.#select(this.#at);
    if (selecting === undefined) return;
    const begun = this.#become(false);
    // The rows that stand in its place are told of by the next drawing.
    selecting.then(undefined, () => (this.#isDue ||= begun === this.#last));
  }

  #become(isDue: boolean): object {
    this.#isDue = isDue;
    return (this.#last = {});
  }
}
