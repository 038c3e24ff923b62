import { Deferred } from '../base/deferred.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { applies, type Envelope } from '../protocol/events.ts';

/** What a stream keeps for its reader; what goes beyond it is read from the journal again when its time comes. */
const MOST_EVENTS = 1000;
const MOST_BYTES = 256 * 1024;

/** What a stream needs of its session. */
export interface StreamHost {
  /** The last number that was delivered to the session's handlers. */
  readonly seq: number;
  /** Whether nothing more will come: the session is over, and everything of it was taken in. */
  isOver(cursor: number): boolean;
  /** A page of the envelopes after a number, from the journal. */
  read(after: number): Promise<readonly Envelope[]>;
  /** The stream is no longer read. */
  detach(stream: EventStream): void;
}

/**
 * The events of a session for `for await`, each once and in order. Leaving the loop, or disposing it, stops them for this
 * reader alone.
 */
export interface SessionEvents extends AsyncDisposable {
  /** The next event, as soon as there is one; `done` when the session is left or over. Rejects when the session is lost. */
  next(): Promise<IteratorResult<Envelope, undefined>>;
  /** Stops reading. */
  return(): Promise<IteratorResult<Envelope, undefined>>;
  [Symbol.asyncIterator](): this;
}

/**
 * Envelopes after a number, each once and in order, as an async iterator with a cursor of its own. Its reader sets the
 * pace and delays nobody (law 7): what does not fit into its small buffer is let go, and read from the journal page by page
 * when the reader has come so far. It ends when the session is left or over, and throws when the session is lost.
 */
export class EventStream implements SessionEvents {
  readonly #host: StreamHost;
  #queue: { readonly envelope: Envelope; readonly bytes: number }[] = [];
  #bytes = 0;
  #cursor: number;
  #end: { readonly error?: Error | undefined } | undefined;
  #waiting: Deferred<void> | undefined;
  #reading: Promise<void> | undefined;

  constructor(host: StreamHost, since: number) {
    this.#host = host;
    this.#cursor = since;
  }

  /** Offers an envelope of about so many bytes; it is kept if it is the next one for this stream and there is room. */
  offer(envelope: Envelope, bytes: number): void {
    if (this.#end !== undefined || !applies(envelope, this.#cursor)) return;
    if (this.#queue.length > 0 && (this.#queue.length >= MOST_EVENTS || this.#bytes + bytes > MOST_BYTES))
      return;
    this.#push(envelope, bytes);
    this.wake();
  }

  /** No more will be offered. What is queued is still read. */
  end(error?: Error): void {
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
        this.#bytes -= next.bytes;
        return { done: false, value: next.envelope };
      }
      if (this.#end?.error !== undefined) {
        const { error } = this.#end;
        this.#end = {};
        throw error;
      }
      if (this.#end !== undefined || this.#host.isOver(this.#cursor)) return this.return();
      if (this.#cursor < this.#host.seq) await (this.#reading ??= this.#read());
      else await (this.#waiting ??= new Deferred<void>()).promise;
    }
  }

  /** Stops reading; what was queued is let go. */
  async return(): Promise<IteratorResult<Envelope, undefined>> {
    this.#host.detach(this);
    this.end();
    this.#queue = [];
    this.#bytes = 0;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The same as `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Goes on in the journal. Never rejects: a failure is the stream's end. */
  async #read(): Promise<void> {
    try {
      const before = this.#cursor;
      const page = await this.#host.read(before);
      if (this.#end !== undefined) return;
      for (const envelope of page) if (applies(envelope, this.#cursor)) this.#push(envelope, 0);
      if (this.#cursor === before) {
        throw new HoldfastError('badAnswer', `the events after ${before} do not come, though there are some`);
      }
    } catch (error) {
      this.end(error as Error);
    } finally {
      this.#reading = undefined;
    }
  }

  #push(envelope: Envelope, bytes: number): void {
    this.#cursor = envelope.seq;
    this.#bytes += bytes;
    this.#queue.push({ envelope, bytes });
  }
}
