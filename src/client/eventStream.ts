import { Deferred } from '../base/deferred.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import { applies, type Envelope } from '../protocol/events.ts';
import type { Charge } from './credit.ts';

/** What a stream needs of its session. */
export interface StreamHost {
  /** Whether nothing more will come: the session is over, and everything of it was taken in. */
  isOver(cursor: number): boolean;
  /** The stream is no longer read. */
  detach(stream: EventStream): void;
}

/**
 * Envelopes after a number, each once and in order, as an async iterator with a cursor of its own. What its reader has
 * not taken yet keeps the credit of its frames, so a slow reader stops the flow instead of filling memory. It ends when
 * the session is left or over, and throws when the session is lost.
 */
export class EventStream implements AsyncIterableIterator<Envelope> {
  readonly #host: StreamHost;
  #queue: { readonly envelope: Envelope; readonly charge: Charge }[] = [];
  #cursor: number;
  #end: { readonly error?: HoldfastError | undefined } | undefined;
  #waiting: Deferred<void> | undefined;

  constructor(host: StreamHost, since: number) {
    this.#host = host;
    this.#cursor = since;
  }

  /** The last number that was queued. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Offers an envelope; it is queued if it is the next one for this stream. */
  offer(envelope: Envelope, charge: Charge): void {
    if (this.#end !== undefined || !applies(envelope, this.#cursor)) return;
    this.#cursor = envelope.seq;
    charge.retain();
    this.#queue.push({ envelope, charge });
    this.wake();
  }

  /** No more will be offered. What is queued is still read. */
  end(error?: HoldfastError): void {
    this.#end ??= { error };
    this.wake();
  }

  /** Lets the reader look again whether there is something, or nothing more to come. */
  wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  async next(): Promise<IteratorResult<Envelope, undefined>> {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        next.charge.release();
        return { done: false, value: next.envelope };
      }
      if (this.#end?.error !== undefined) {
        const { error } = this.#end;
        this.#end = {};
        throw error;
      }
      if (this.#end !== undefined || this.#host.isOver(this.#cursor)) return this.return();
      this.#waiting ??= new Deferred<void>();
      await this.#waiting.promise;
    }
  }

  /** Stops reading; what was queued is let go. */
  async return(): Promise<IteratorResult<Envelope, undefined>> {
    this.#host.detach(this);
    this.end();
    const dropped = this.#queue;
    this.#queue = [];
    for (const { charge } of dropped) charge.release();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
