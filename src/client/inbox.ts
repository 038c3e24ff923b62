import { applies, type Envelope } from '../protocol/events.ts';
import type { Charge } from './credit.ts';

/** What an inbox does with envelopes. All calls are synchronous and one at a time. */
export interface InboxHost {
  /** The next envelope of the session. */
  apply(envelope: Envelope, charge: Charge): void;
  /** An envelope is missing before this one, which is dropped. */
  gap(envelope: Envelope): void;
}

/**
 * The one pump of a session's events: takes them in strictly in order and each once (law 1). While its place is not
 * known, after a request whose answer tells it, it holds them; what is held is bounded by the credit window.
 */
export class Inbox {
  readonly #host: InboxHost;
  #queue: (
    | { readonly envelope: Envelope; readonly charge: Charge }
    | { readonly run: () => void; readonly drop: () => void }
  )[] = [];
  #cursor: number;
  #holding = false;
  #pumping = false;

  /** `cursor` is the last number known already. */
  constructor(host: InboxHost, cursor: number) {
    this.#host = host;
    this.#cursor = cursor;
  }

  /** The last number that was applied. */
  get cursor(): number {
    return this.#cursor;
  }

  take(envelope: Envelope, charge: Charge): void {
    charge.retain();
    this.#queue.push({ envelope, charge });
    this.#pump();
  }

  /** Does something that is no event after all that came before it; `drop` is called instead if that never comes. */
  after(run: () => void, drop: () => void): void {
    this.#queue.push({ run, drop });
    this.#pump();
  }

  /** Holds what comes from now on until `place`. */
  hold(): void {
    this.#holding = true;
  }

  /** Goes on, from the given number if there is one, else from where it stood. */
  place(cursor: number | undefined): void {
    if (cursor !== undefined) this.#cursor = cursor;
    this.#holding = false;
    this.#pump();
  }

  /** Drops what is left; nothing more is brought to it. */
  stop(): void {
    const dropped = this.#queue;
    this.#queue = [];
    for (const each of dropped) {
      if ('run' in each) each.drop();
      else each.charge.release();
    }
  }

  #pump(): void {
    // A handler may bring more events, hold, or stop: the loop that runs sees it.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#holding) {
        const next = this.#queue.shift();
        if (next === undefined) break;
        if ('run' in next) next.run();
        else {
          this.#handle(next.envelope, next.charge);
          next.charge.release();
        }
      }
    } finally {
      this.#pumping = false;
    }
  }

  #handle(envelope: Envelope, charge: Charge): void {
    if (applies(envelope, this.#cursor)) {
      this.#cursor = envelope.seq;
      this.#host.apply(envelope, charge);
    } else if (envelope.seq > this.#cursor) this.#host.gap(envelope);
  }
}
