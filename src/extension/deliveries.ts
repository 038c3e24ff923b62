import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { ToPage } from '../protocol/page.ts';

/** What can be delivered: it waits for a page, and means something once the session is shown. */
export type Delivery = Extract<ToPage, { type: 'insert' | 'reveal' }>;

/** The same before it has a number. */
export type Undelivered = Unnumbered<Delivery>;

type Unnumbered<D> = D extends Delivery ? Omit<D, 'deliveryId'> : never;

/** Deliveries that wait at most; nobody takes those of a session that cannot be shown. */
const MOST = 20;

/**
 * What is meant for the page that shows a session, whether it does already or is being made: the page that the person
 * turned to is given it when it has the session. It is kept until that page says that it took it: the editor drops what is posted
 * to a page that it has just hidden. Owned by `activate`.
 */
export class Deliveries implements Disposable {
  readonly #put = new Emitter<SessionId>();
  /** Oldest first; `to` is who was given it. */
  #waiting: readonly { readonly delivery: Delivery; readonly to?: object }[] = [];
  #lastId = 0;

  /** Tells that something waits for the page of a session. */
  readonly onPut: Listen<SessionId> = (listener) => this.#put.listen(listener);

  /** Gives the number under which a page says that it took it. */
  put(undelivered: Undelivered): number {
    const delivery = { ...undelivered, deliveryId: ++this.#lastId };
    this.#waiting = [...this.#waiting, { delivery }].slice(-MOST);
    this.#put.fire(delivery.sessionId);
    return delivery.deliveryId;
  }

  /** What waits for a session and was given to nobody: it is given to a page now. */
  give(sessionId: SessionId, to: object): readonly Delivery[] {
    const given = this.#waiting.filter(
      (each) => each.to === undefined && each.delivery.sessionId === sessionId,
    );
    this.#waiting = this.#waiting.map((each) => (given.includes(each) ? { ...each, to } : each));
    return given.map(({ delivery }) => delivery);
  }

  /** A page has it. */
  took(deliveryId: number): void {
    this.#waiting = this.#waiting.filter(({ delivery }) => delivery.deliveryId !== deliveryId);
  }

  /** A page is gone: what it was given and did not take waits again. */
  lost(page: object): void {
    this.#waiting = this.#waiting.map((each) => (each.to === page ? { delivery: each.delivery } : each));
  }

  dispose(): void {
    this.#put.dispose();
    this.#waiting = [];
  }
}
