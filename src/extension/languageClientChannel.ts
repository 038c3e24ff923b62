import { CancellationTokenSource, type LogOutputChannel } from 'vscode';
import { State } from 'vscode-languageclient';
import { systemClock } from '../base/clock.ts';
import { toDisposable, type Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import { turn } from '../base/turn.ts';
import {
  notConnected,
  readResult,
  requestError,
  type Channel,
  type ChannelState,
  type Dialer,
  type Log,
  type Reached,
  type RequestOptions,
} from '../client/index.ts';
import { abortError, limit } from '../client/limit.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { runtimeHelloSchema, type ClientHello, type RuntimeHello } from '../protocol/handshake.ts';
import {
  runtimeNotificationSchemas,
  type ClientNotification,
  type Method,
  type NotificationParams,
  type ParamsIn,
  type Result,
  type RuntimeNotification,
} from '../protocol/methods.ts';
import { DocumentSync } from './documentSync.ts';
import { QuietClient } from './quietClient.ts';

/** How long a failed start waits before its connection is given up and another one made. */
const RETRY_MS = 1_000;

/** What the channel is made of. */
export interface LanguageClientChannelOptions {
  readonly dialer: Dialer;
  /** What `initialize` says of this window, read anew for each connection. */
  readonly hello: () => ClientHello;
  /** Why a request may not be made now; `undefined` when it may. */
  readonly refuse: (method: Method) => HoldfastError | undefined;
  readonly output: LogOutputChannel;
  readonly log: Log;
}

/** The window's one channel, and how it is steered. Owned by `WindowConnection`. */
export interface LanguageClientChannel extends Channel {
  /** Begins to connect; goes on for ever, until `stop`. */
  start(): void;
  /** Tries again at once, while it is `incompatible` or waits for the next attempt. */
  retryNow(): void;
  /** Makes the connection anew, so that the runtime hears what the window says of itself now. */
  reconnect(): void;
  /** Closes for good: the runtime is told that this window left. */
  stop(): Promise<void>;
}

/** Makes a channel of vscode-languageclient over a dialer; documents travel on the same connection (ARCHITECTURE.md). */
export function createLanguageClientChannel(options: LanguageClientChannelOptions): LanguageClientChannel {
  return new ClientChannel(options);
}

class ClientChannel implements LanguageClientChannel {
  readonly #options: LanguageClientChannelOptions;
  readonly #changed: Emitter<ChannelState>;
  readonly #handlers = new Map<RuntimeNotification, Set<(params: unknown) => void>>();
  readonly #stopping = new AbortController();
  readonly #documents = new DocumentSync();
  readonly #client: QuietClient;
  #reached: Reached | undefined;
  #state: ChannelState = 'starting';
  #generation = 0;
  #hello: RuntimeHello | undefined;
  #problem: HoldfastError | undefined;

  constructor(options: LanguageClientChannelOptions) {
    this.#options = options;
    this.#changed = new Emitter((error) =>
      options.log(`a listener of the connection failed: ${errorText(error)}`),
    );
    this.#client = this.#makeClient();
  }

  get state(): ChannelState {
    return this.#state;
  }

  readonly onState = (listener: (state: ChannelState) => void): Disposable => this.#changed.listen(listener);

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
    if (this.#state !== 'connected') throw notConnected(this, method);
    const refused = this.#options.refuse(method);
    if (refused !== undefined) throw refused;
    const source = new CancellationTokenSource();
    const limited = limit(options, systemClock, method);
    try {
      const answer = await new Promise((resolve, reject) => {
        const giveUp = (): void => {
          reject(abortError(limited.signal, method));
          source.cancel();
        };
        if (limited.signal.aborted) return giveUp();
        limited.signal.addEventListener('abort', giveUp, { once: true });
        this.#client.sendRequest(method, params, source.token).then(resolve, reject);
      });
      return readResult(method, answer);
    } catch (error) {
      throw requestError(method, error);
    } finally {
      limited.dispose();
      source.dispose();
    }
  }

  notify<N extends ClientNotification>(notification: N, params: NotificationParams<N>): void {
    if (this.#state === 'connected') this.#client.sendNotification(notification, params).catch(() => {});
  }

  on(notification: RuntimeNotification, handler: (params: unknown) => void): Disposable {
    const handlers = this.#handlers.get(notification) ?? new Set();
    this.#handlers.set(notification, handlers);
    const own = (params: unknown): void => handler(params);
    handlers.add(own);
    return toDisposable(() => handlers.delete(own));
  }

  start(): void {
    this.#client
      .start()
      .catch((error: unknown) => this.#options.log(`starting: ${errorText(error)}`, 'info'));
  }

  retryNow(): void {
    if (this.#state === 'incompatible') {
      this.#problem = undefined;
      this.#become(this.#generation === 0 ? 'starting' : 'reconnecting');
      this.start();
    } else this.#options.dialer.retryNow();
  }

  reconnect(): void {
    this.#reached?.transport.writer.end();
  }

  async stop(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#become('closed');
    this.#documents.dispose();
    this.#stopping.abort();
    try {
      await this.#client.stop();
    } catch {
      // It was not running: then nobody need be told that it left.
      this.#reached?.transport.writer.end();
    }
  }

  #makeClient(): QuietClient {
    const { dialer, hello, output, log } = this.#options;
    const client = new QuietClient({
      connect: async () => {
        const reached = (this.#reached = await dialer.dial({ signal: this.#stopping.signal }));
        // Connecting took as long as what is said first: others have their turn in between (law 8).
        await turn();
        return reached.transport;
      },
      hello,
      middleware: this.#documents.middleware,
      goOn: () => this.#state !== 'closed' && this.#state !== 'incompatible',
      output,
      log,
    });
    this.#documents.attach(client);
    client.onDidChangeState(({ newState }) => this.#follow(newState));
    for (const name of Object.keys(runtimeNotificationSchemas) as RuntimeNotification[]) {
      client.onNotification(name, (params: unknown) => this.#deliver(name, params));
    }
    return client;
  }

  #follow(state: State): void {
    if (state === State.Running) void this.#greeted();
    else if (this.#state === 'connected') this.#become('reconnecting');
    if (state === State.StartFailed) this.#startAgain(this.#reached);
  }

  /** `initialize` was answered; what it says decides. */
  async #greeted(): Promise<void> {
    const reached = this.#reached;
    try {
      // Resolves when `initialized` is out: nothing may overtake it.
      await this.#client.start();
    } catch {
      return;
    }
    if (reached !== this.#reached || this.#state === 'closed') return;
    const parsed = runtimeHelloSchema.safeParse(
      (this.#client.initializeResult as { holdfast?: unknown } | undefined)?.holdfast,
    );
    if (!parsed.success)
      return this.#refuse(
        'the answer to initialize cannot be understood: what listens there is no Holdfast runtime',
      );
    this.#hello = parsed.data;
    if (parsed.data.protocol === null) {
      return this.#refuse(
        parsed.data.incompatible ??
          `the running runtime (process ${parsed.data.pid}) speaks another protocol version`,
      );
    }
    // What a connection brings about takes as long again.
    await turn();
    if (reached !== this.#reached || this.#client.state !== State.Running) return;
    this.#problem = undefined;
    this.#generation++;
    this.#become('connected');
  }

  /** Stays so until a person asks for another try; a connection that can say nothing is not kept. */
  #refuse(words: string): void {
    this.#problem = new HoldfastError('incompatible', words);
    this.#become('incompatible');
    this.#reached?.transport.writer.end();
  }

  /** The runtime did not answer `initialize`, or went meanwhile: its connection ends, and the client makes another one. */
  #startAgain(failed: Reached | undefined): void {
    setTimeout(() => {
      if (this.#reached === failed && this.#state !== 'closed') failed?.transport.writer.end();
    }, RETRY_MS).unref();
  }

  #deliver(notification: RuntimeNotification, params: unknown): void {
    for (const handler of [...(this.#handlers.get(notification) ?? [])]) {
      try {
        handler(params);
      } catch (error) {
        this.#options.log(`a handler of ${notification} failed: ${errorText(error)}`);
      }
    }
  }

  #become(state: ChannelState): void {
    if (this.#state === 'closed' || this.#state === state) return;
    this.#state = state;
    this.#changed.fire(state);
  }
}
