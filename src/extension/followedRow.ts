import type { SessionId } from '../protocol/ids.ts';

/**
 * Has the tree select the row of the session that the person works in, so that a key in the tree means it: once for each
 * change of it, as soon as its row is there. A row that the person pressed is selected already. Owned by `SessionTree`.
 */
export class FollowedRow {
  readonly #select: (sessionId: SessionId) => boolean;
  #at: SessionId | undefined;
  #isDue = false;

  /** `select` selects a row, or gives `false` for one that is not there, or not to be seen, now. */
  constructor(select: (sessionId: SessionId) => boolean) {
    this.#select = select;
  }

  /** The person pressed a row of the tree: their selection stays as it is. */
  pressed(sessionId: SessionId): void {
    this.#at = sessionId;
    this.#isDue = false;
  }

  /** Rows were selected, by whomever: no row that comes later takes their place. */
  selected(): void {
    this.#isDue = false;
  }

  /** The session that the person works in now, if any. */
  follow(sessionId: SessionId | undefined): void {
    if (sessionId === this.#at) return;
    this.#at = sessionId;
    this.#isDue = sessionId !== undefined;
    this.drawn();
  }

  /** Rows came, or came into sight. */
  drawn(): void {
    if (this.#isDue && this.#at !== undefined) this.#isDue = !this.#select(this.#at);
  }
}
