import type { ToPage } from '../protocol/page.ts';
import type { PageContext } from './context.ts';
import { RequestFailed } from './host.ts';
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
    const { host } = this.#page;
    const took = (): void => host.post({ type: 'took', deliveryId });
    if (message.type === 'reveal') return void this.#lead(message).finally(took);
    insertText(host, message.sessionId, message.text);
    took();
  }

  /** Leads to a place, once more where the connection was lost on the way. Never rejects: what else fails, fails again. */
  async #lead(place: Extract<ToPage, { type: 'reveal' }>): Promise<void> {
    const { store } = this.#page;
    const failed = (error: unknown): boolean =>
      error instanceof RequestFailed && error.kind === 'connectionLost';
    // The next request waits for the connection.
    const again = await reveal(store, place).then(() => false, failed);
    if (again) await reveal(store, place).catch(() => {});
  }
}
