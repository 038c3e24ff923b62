import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { ToPage } from '../protocol/page.ts';

/** What can be delivered: it waits for a page, and means something once the session is shown. */
export type Delivery = Extract<ToPage, { type: 'insert' | 'reveal' }>;

/** Deliveries that wait at most; nobody takes those of a session that cannot be shown. */
const MOST = 20;

/**
 * What is meant for the page that shows a session, whether it does already or is being made: the page that the person
 * turned to takes it when it has the session. Owned by `activate`.
 */
export class Deliveries implements Disposable {
  readonly #put = new Emitter<SessionId>();
  #waiting: readonly Delivery[] = [];

  /** Tells that something waits for the page of a session. */
  readonly onPut: Listen<SessionId> = (listener) => this.#put.listen(listener);

  put(delivery: Delivery): void {
    this.#waiting = [...this.#waiting, delivery].slice(-MOST);
    this.#put.fire(delivery.sessionId);
  }

  /** Gives out what waits for a session, once. */
  take(sessionId: SessionId): readonly Delivery[] {
    const taken = this.#waiting.filter((delivery) => delivery.sessionId === sessionId);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((delivery) => !taken.includes(delivery));
    return taken;
  }

  dispose(): void {
    this.#put.dispose();
    this.#waiting = [];
  }
}
