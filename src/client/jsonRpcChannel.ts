import {
  createMessageConnection,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { systemClock, type Clock } from '../base/clock.ts';
import { toDisposable, type Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import { errorCodes, HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { FrameTransport } from '../protocol/frames.ts';
import type { ClientHello, RuntimeHello } from '../protocol/handshake.ts';
import {
  hostRequestSchemas,
  runtimeNotificationSchemas,
  type ClientNotification,
  type HostRequest,
  type Method,
  type NotificationParams,
  type ParamsIn,
  type Result,
  type RuntimeNotification,
} from '../protocol/methods.ts';
import {
  notConnected,
  readResult,
  requestError,
  type Channel,
  type ChannelState,
  type RequestOptions,
} from './channel.ts';
import { backOff, type Dialer } from './dial.ts';
import { initialize } from './initialize.ts';
import { consoleLog, type Log } from './log.ts';
import { sendRequest } from './sendRequest.ts';

/** What a channel is made of. */
export interface JsonRpcChannelOptions {
  readonly dialer: Dialer;
  /** What `initialize` says of this client. */
  readonly hello: ClientHello;
  /** Attempts for the first connection; later ones go on for ever. Default: as the dialer. */
  readonly firstAttempts?: number | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
}

/** A channel that dials by itself, and again after every loss. Owned by who made it; `dispose` closes it for good. */
export interface JsonRpcChannel extends Channel, Disposable {
  /** Tries again at once, while it is `incompatible` or waits for the next attempt. */
  retryNow(): void;
}

/** Makes a channel of vscode-jsonrpc over a dialer, and begins to connect. */
export function createJsonRpcChannel(options: JsonRpcChannelOptions): JsonRpcChannel {
  const channel = new DialedChannel(options);
  void channel.run();
  return channel;
}

class DialedChannel implements JsonRpcChannel {
  readonly #options: JsonRpcChannelOptions;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #changed: Emitter<ChannelState>;
  readonly #handlers = new Map<RuntimeNotification, Set<(params: unknown) => void>>();
  readonly #answerers = new Map<HostRequest, (params: unknown, signal: AbortSignal) => Promise<unknown>>();
  readonly #disposing = new AbortController();
  #connection: MessageConnection | undefined;
  #state: ChannelState = 'starting';
  #generation = 0;
  #hello: RuntimeHello | undefined;
  #problem: HoldfastError | undefined;
  #retry: (() => void) | undefined;
  /** Connections in a row that ended before `initialize` was answered. */
  #failed = 0;

  constructor(options: JsonRpcChannelOptions) {
    this.#options = options;
    this.#log = options.log ?? consoleLog;
    this.#clock = options.clock ?? systemClock;
    this.#changed = new Emitter((error) =>
      this.#log(`a listener of the connection failed: ${errorText(error)}`),
    );
  }

  get state(): ChannelState {
    return this.#state;
  }

  get onState(): Channel['onState'] {
    return this.#changed.listen;
  }

  get generation(): number {
    return this.#generation;
  }

  get hello(): RuntimeHello | undefined {
    return this.#hello;
  }

  get problem(): HoldfastError | undefined {
    return this.#problem;
  }

  async request<M extends Method>(
    method: M,
    params: ParamsIn<M>,
    options: RequestOptions = {},
  ): Promise<Result<M>> {
    if (this.#state !== 'connected' || this.#connection === undefined) throw notConnected(this, method);
    return readResult(
      method,
      await sendRequest(this.#connection, method, params, { ...options, clock: this.#clock }),
    );
  }

  notify<N extends ClientNotification>(notification: N, params: NotificationParams<N>): void {
    if (this.#state !== 'connected') return;
    this.#connection?.sendNotification(notification, params).catch(() => {});
  }

  on(notification: RuntimeNotification, handler: (params: unknown) => void): Disposable {
    const handlers = this.#handlers.get(notification) ?? new Set();
    this.#handlers.set(notification, handlers);
    const own = (params: unknown): void => handler(params);
    handlers.add(own);
    return toDisposable(() => handlers.delete(own));
  }

  answer(
    request: HostRequest,
    handler: (params: unknown, signal: AbortSignal) => Promise<unknown>,
  ): Disposable {
    this.#answerers.set(request, handler);
    return toDisposable(() => this.#answerers.delete(request));
  }

  retryNow(): void {
    this.#retry?.();
    this.#options.dialer.retryNow();
  }

  dispose(): void {
    if (this.#state === 'closed') return;
    this.#close(new HoldfastError('connectionClosed', 'the connection was closed by this program'));
  }

  /** Connects again and again until it is disposed, or the dialer gives up. */
  async run(): Promise<void> {
    const { dialer, firstAttempts } = this.#options;
    const { signal } = this.#disposing;
    // Listeners that are added right after the making see every state.
    await Promise.resolve();
    while (!signal.aborted) {
      try {
        const attempts =
          this.#generation === 0 && firstAttempts !== undefined ? { attempts: firstAttempts } : {};
        const { transport } = await dialer.dial({ signal, ...attempts });
        await this.#converse(transport);
      } catch (error) {
        if (signal.aborted) return;
        return this.#close(requestError('initialize', error));
      }
    }
  }

  /** One connection, from `initialize` to its end. */
  async #converse(transport: FrameTransport): Promise<void> {
    const { signal } = this.#disposing;
    const connection = createMessageConnection(transport.reader, transport.writer, this.#quietLogger());
    const gone = new Promise<void>((resolve) => connection.onClose(resolve));
    connection.onError(([error]) => this.#log(`the connection: ${error.message}`));
    for (const notification of Object.keys(runtimeNotificationSchemas) as RuntimeNotification[]) {
      connection.onNotification(notification, (params: unknown) => this.#deliver(notification, params));
    }
    for (const request of Object.keys(hostRequestSchemas) as HostRequest[]) {
      connection.onRequest(request, (params: unknown, token: CancellationToken) =>
        this.#answer(request, params, token),
      );
    }
    const end = (): void => connection.end();
    signal.addEventListener('abort', end, { once: true });
    connection.listen();
    try {
      const hello = await initialize(connection, this.#options.hello, { gone, signal, clock: this.#clock });
      if (signal.aborted) return;
      this.#hello = hello;
      if (hello.protocol === null) {
        // A connection that can say nothing would only keep the runtime from going.
        connection.end();
        return await this.#refused(hello);
      }
      this.#problem = undefined;
      this.#connection = connection;
      this.#generation++;
      this.#failed = 0;
      this.#become('connected');
      await gone;
    } catch (error) {
      // The runtime went while it was asked, or is none: dialling goes on.
      if (signal.aborted) return;
      this.#log(errorText(error));
      await this.#pause();
    } finally {
      signal.removeEventListener('abort', end);
      this.#connection = undefined;
      if (this.#state === 'connected') this.#become('reconnecting');
      connection.end();
      connection.dispose();
    }
  }

  /** Stays incompatible until somebody asks for another try: only another runtime, or another version of this program, helps. */
  async #refused(hello: RuntimeHello): Promise<void> {
    const words =
      hello.incompatible ??
      `the running runtime (process ${hello.pid}) speaks another protocol version than this program`;
    this.#problem = new HoldfastError('incompatible', words, {
      range: hello.range,
      pid: hello.pid,
      buildId: hello.buildId,
    });
    this.#become('incompatible');
    await new Promise<void>((resolve) => {
      this.#retry = resolve;
      this.#disposing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#retry = undefined;
    if (this.#state !== 'incompatible') return;
    this.#problem = undefined;
    this.#become(this.#generation === 0 ? 'starting' : 'reconnecting');
  }

  /** A runtime that takes connections but does not answer `initialize` is not asked in a tight loop. */
  async #pause(): Promise<void> {
    const { signal } = this.#disposing;
    await new Promise<void>((resolve) => {
      this.#retry = resolve;
      this.#clock.after(backOff(++this.#failed, Math.random), resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#retry = undefined;
  }

  async #answer(request: HostRequest, params: unknown, token: CancellationToken): Promise<unknown> {
    const handler = this.#answerers.get(request);
    const refuse = (code: number, words: string) => new ResponseError(code, words);
    if (handler === undefined) return refuse(errorCodes.methodNotFound, `nobody here answers ${request}`);
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    try {
      return await handler(params, controller.signal);
    } catch (error) {
      const code = isHoldfastError(error) ? error.code : errorCodes.internalError;
      return refuse(code, errorText(error));
    } finally {
      cancelling.dispose();
    }
  }

  #deliver(notification: RuntimeNotification, params: unknown): void {
    for (const handler of [...(this.#handlers.get(notification) ?? [])]) {
      try {
        handler(params);
      } catch (error) {
        this.#log(
          `a handler of ${notification} failed: ${isHoldfastError(error) ? error.message : errorText(error)}`,
        );
      }
    }
  }

  #close(problem: HoldfastError): void {
    if (this.#state === 'closed') return;
    this.#problem = problem;
    this.#disposing.abort(problem);
    this.#become('closed');
  }

  #become(state: ChannelState): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#changed.fire(state);
  }

  #quietLogger(): { error(text: string): void; warn(text: string): void; info(): void; log(): void } {
    return { error: (text) => this.#log(text), warn: (text) => this.#log(text), info() {}, log() {} };
  }
}
