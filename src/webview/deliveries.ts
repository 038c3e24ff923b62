import type { ToPage } from '../protocol/page.ts';
import type { PageContext } from './context.ts';
import { RequestFailed } from './host.ts';
import { insertText } from './insert.ts';
import { reveal } from './reveal.ts';

/** Deliveries that are remembered: what is given twice is done once. */
const MOST = 20;
/** Connections that may be lost one after the other before any row came on the way to a place. */
const MOST_IN_VAIN = 20;

/** Does what the extension delivers, and says that it is kept or done; what it says nothing of, the next page is given. */
export class DeliveryTaker {
  readonly #page: PageContext;
  #begun: readonly number[] = [];
  /** The last place that was to be led to. */
  #leadsTo: object | undefined;

  constructor(page: PageContext) {
    this.#page = page;
  }

  /** Takes one message of the extension; those that are no deliveries are for others. */
  receive(message: ToPage): void {
    if (message.type !== 'insert' && message.type !== 'reveal') return;
    const { deliveryId } = message;
    if (this.#begun.includes(deliveryId)) return;
    this.#begun = [...this.#begun, deliveryId].slice(-MOST);
    const { host } = this.#page;
    const took = (): void => host.post({ type: 'took', deliveryId });
    if (message.type === 'reveal') return void this.#lead(message).finally(took);
    insertText(host, message.sessionId, message.text);
    took();
  }

  /**
   * Leads to a place, again where the connection was lost on the way: the next request waits for it. Another place, or another
   * session that is shown, ends that. Never rejects: what else fails, fails again.
   */
  async #lead(place: Extract<ToPage, { type: 'reveal' }>): Promise<void> {
    const { store } = this.#page;
    this.#leadsTo = place;
    for (let left = MOST_IN_VAIN; left > 0;) {
      if (this.#leadsTo !== place || store.sessionId.peek() !== place.sessionId) return;
      const before = store.firstPosition;
      const problem = await reveal(store, place).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!(problem instanceof RequestFailed) || problem.kind !== 'connectionLost') return;
      // On a long way each connection may bring it nearer.
      left = store.firstPosition === before ? left - 1 : MOST_IN_VAIN;
    }
  }
}
