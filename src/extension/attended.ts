import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';

/** Something that shows a session, or none. */
interface Shows {
  readonly sessionId: SessionId | undefined;
}

/** The page that the person turned to last: what a command without a session means. Owned by `Places`. */
export class Attended implements Disposable {
  readonly #changed = new Emitter<void>();
  #page: Shows | undefined;

  get sessionId(): SessionId | undefined {
    return this.#page?.sessionId;
  }

  /** Tells that the person turned to another page, or that the page went. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  turnTo(page: Shows): void {
    if (this.#page === page) return;
    this.#page = page;
    this.#changed.fire();
  }

  /** Whether the person turned to this page last. */
  isTurnedTo(page: Shows): boolean {
    return this.#page === page;
  }

  /** The page is gone. */
  forget(page: Shows): void {
    if (this.#page !== page) return;
    this.#page = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
