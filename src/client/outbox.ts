import type { Clock } from '../base/clock.ts';
import { Deferred } from '../base/deferred.ts';
import { isHoldfastError, type HoldfastError } from '../protocol/errors.ts';
import { newCommandId, type CommandId } from '../protocol/ids.ts';
import { requestSchemas, type Method, type ParamsIn, type Result } from '../protocol/methods.ts';
import { notConnected, requestError, type Channel, type RequestOptions } from './channel.ts';
import { abortError, limit } from './limit.ts';

/** Params of a request as callers give them: the `commandId` of a mutating one is made for them. */
export type CallParams<M extends Method> =
  ParamsIn<M> extends { commandId: CommandId }
    ? Omit<ParamsIn<M>, 'commandId'> & { commandId?: CommandId | undefined }
    : ParamsIn<M>;

/** Whatever sends requests: a connection of any kind. */
export interface Requester {
  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>>;
}

/** How a request is treated besides its limits. */
export interface SendOptions extends RequestOptions {
  /** Takes the request back as long as it was not sent; afterwards it has no effect. */
  readonly withdraw?: AbortSignal | undefined;
  /** Whether it is sent again after a lost connection; default: if it carries a `commandId`. */
  readonly resend?: boolean | undefined;
}

interface Entry {
  readonly method: Method;
  readonly params: unknown;
  readonly resend: boolean;
  readonly signal: AbortSignal;
  readonly answer: Deferred<unknown>;
  /** The connection it was last sent on; 0 before. */
  generation: number;
}

/** Whether a method changes something and therefore carries a `commandId` (law 4). */
export function isMutating(method: Method): boolean {
  return 'commandId' in requestSchemas[method].params.shape;
}

/**
 * The requests of one client, in order. They wait while there is no connection; those that change something are sent
 * again after a lost one, under the same `commandId`, before anything newer. A request that only reads is not: it fails
 * with `connectionLost`. Owned by the registry, which says when a connection is ready.
 */
export class Outbox {
  readonly #channel: Channel;
  readonly #clock: Clock;
  /** In the order in which they were made; gone when answered. */
  readonly #entries = new Set<Entry>();
  /** The connection on which requests may go out. */
  #ready = 0;

  constructor(channel: Channel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
  }

  /** Sends a request now or as soon as there is a connection. Rejects with a `HoldfastError`; every request settles. */
  async request<M extends Method>(
    method: M,
    params: CallParams<M>,
    options: SendOptions = {},
  ): Promise<Result<M>> {
    const { state } = this.#channel;
    if (state === 'closed' || state === 'incompatible') throw notConnected(this.#channel, method);
    const mutating = isMutating(method);
    const limited = limit(options, this.#clock, method);
    const entry: Entry = {
      method,
      params: mutating
        ? { ...params, commandId: (params as { commandId?: CommandId }).commandId ?? newCommandId() }
        : params,
      resend: options.resend ?? mutating,
      signal: limited.signal,
      answer: new Deferred(),
      generation: 0,
    };
    const giveUp = (): void => this.#fail(entry, limited.signal.reason as HoldfastError);
    const withdraw = (): void => {
      if (entry.generation === 0) this.#fail(entry, abortError(options.withdraw, method));
    };
    this.#entries.add(entry);
    if (limited.signal.aborted) giveUp();
    limited.signal.addEventListener('abort', giveUp, { once: true });
    if (options.withdraw?.aborted === true) withdraw();
    options.withdraw?.addEventListener('abort', withdraw, { once: true });
    if (this.#isReady()) this.#send(entry);
    try {
      return (await entry.answer.promise) as Result<M>;
    } finally {
      limited.dispose();
      options.withdraw?.removeEventListener('abort', withdraw);
    }
  }

  /** The connection is ready: sends what waits, and again what was not answered, in order. */
  flush(): void {
    this.#ready = this.#channel.generation;
    for (const entry of this.#entries) {
      // A read that was in flight fails by itself when its connection's end is told.
      if (entry.generation === 0 || entry.resend) this.#send(entry);
    }
  }

  /** Rejects all that is unanswered. */
  fail(error: HoldfastError): void {
    for (const entry of this.#entries) this.#fail(entry, error);
  }

  #isReady(): boolean {
    return this.#channel.state === 'connected' && this.#ready === this.#channel.generation;
  }

  #send(entry: Entry): void {
    if (!this.#entries.has(entry)) return;
    const generation = this.#channel.generation;
    entry.generation = generation;
    this.#channel.request(entry.method, entry.params as ParamsIn<Method>, { signal: entry.signal }).then(
      (result) => {
        this.#entries.delete(entry);
        entry.answer.resolve(result);
      },
      (error: unknown) => {
        // Nothing was done, and the runtime is on its way out: the next one is asked.
        const refused = isHoldfastError(error, 'retiring');
        if (refused) entry.generation = 0;
        if (refused) return this.#isReady() && this.#ready !== generation ? this.#send(entry) : undefined;
        const lost = isHoldfastError(error, 'connectionLost');
        if (!lost || !entry.resend) return this.#fail(entry, requestError(entry.method, error));
        // Sent again already, or with the next connection. A newer one that is ready by now will not flush again.
        if (entry.generation === generation && this.#isReady() && this.#ready !== generation)
          this.#send(entry);
      },
    );
  }

  #fail(entry: Entry, error: HoldfastError): void {
    this.#entries.delete(entry);
    entry.answer.reject(error);
  }
}
