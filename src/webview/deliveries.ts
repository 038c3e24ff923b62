import type { ToPage } from '../protocol/page.ts';
import type { PageContext } from './context.ts';
import { insertText } from './insert.ts';
import { reveal } from './reveal.ts';

/** Deliveries that are remembered: what is given twice is done once. */
const MOST = 20;

/** Does what the extension delivers, and says that it is kept or done; what it says nothing of, the next page is given. */
export class DeliveryTaker {
  readonly #page: PageContext;
  #begun: readonly number[] = [];

  constructor(page: PageContext) {
    this.#page = page;
  }

  /** Takes one message of the extension; those that are no deliveries are for others. */
  receive(message: ToPage): void {
    if (message.type !== 'insert' && message.type !== 'reveal') return;
    const { deliveryId } = message;
    if (this.#begun.includes(deliveryId)) return;
    this.#begun = [...this.#begun, deliveryId].slice(-MOST);
    const { store, host } = this.#page;
    const took = (): void => host.post({ type: 'took', deliveryId });
    if (message.type === 'reveal') return void reveal(store, message).finally(took);
    insertText(host, message.sessionId, message.text);
    took();
  }
}
