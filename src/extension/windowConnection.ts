import * as vscode from 'vscode';
import { systemClock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import {
  createDialer,
  createRegistry,
  listenTo,
  watchForUpgrade,
  type CallParams,
  type Dialer,
  HoldfastError,
  type Log,
  type OpenConfig,
  type RequestOptions,
  type Session,
  type SessionRegistry,
} from '../client/index.ts';
import type { ClientHello, RuntimeHello } from '../protocol/handshake.ts';
import type { Method, NotificationParams, Result } from '../protocol/methods.ts';
import type { ConnectionView } from '../protocol/page.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { READ_ONLY_METHODS, READ_ONLY_WORDS } from '../protocol/readOnly.ts';
import { reach } from '../client/reach.ts';
import { connectionView } from './connectionView.ts';
import { createLanguageClientChannel, type LanguageClientChannel } from './languageClientChannel.ts';
import { readSettings } from './settings.ts';

/** What a window's connection is made of. */
export interface WindowConnectionOptions {
  /** The runtime's bundle that came with this extension. */
  readonly bundle: string;
  readonly output: vscode.LogOutputChannel;
  readonly log: Log;
}

/**
 * The window's one connection to its runtime (ARCHITECTURE.md), with all its sessions. Nothing happens before `start`. In
 * Restricted Mode it starts no runtime, and from one that runs already it reads and does nothing else (law 10). Owned by
 * `activate`.
 */
export class WindowConnection implements Disposable {
  readonly #options: WindowConnectionOptions;
  readonly #dialer: Dialer;
  readonly #channel: LanguageClientChannel;
  readonly #registry: SessionRegistry;
  readonly #owned = new DisposableStore();
  readonly #viewChanged = new Emitter<ConnectionView>();
  readonly #id = `editor-${crypto.randomUUID()}`;
  readonly onSummaries: Listen<NotificationParams<'session/summaries'>>;
  readonly onAgentProgress: Listen<NotificationParams<'agent/progress'>>;
  readonly onAgentsChange: Listen<NotificationParams<'agent/changed'>>;
  #started = false;
  #runtimeState: NotificationParams<'runtime/state'> | undefined;

  constructor(options: WindowConnectionOptions) {
    this.#options = options;
    const { bundle, output, log } = options;
    this.#dialer = createDialer({
      ...{ home: readSettings().home, bundle, log },
      reach: (how, signal) => reach({ ...how, mayLaunch: vscode.workspace.isTrusted }, signal),
    });
    this.#channel = createLanguageClientChannel({
      dialer: this.#dialer,
      hello: () => this.#sayHello(),
      refuse: refusal,
      output,
      log,
    });
    this.#registry = createRegistry(this.#channel, { log });
    this.onSummaries = this.#owned.add(listenTo(this.#channel, 'session/summaries', log));
    this.onAgentProgress = this.#owned.add(listenTo(this.#channel, 'agent/progress', log));
    this.onAgentsChange = this.#owned.add(listenTo(this.#channel, 'agent/changed', log));
    const onRuntimeState = this.#owned.add(listenTo(this.#channel, 'runtime/state', log));
    this.#owned.add(onRuntimeState((state) => this.#takeRuntimeState(state)));
    this.#owned.add(this.#channel.onState(() => this.#tell()));
    this.#owned.add(this.#dialer.onState(() => this.#tell()));
  }

  /** The data directory of the runtime. */
  get home(): string {
    return this.#dialer.home;
  }

  /** The runtime's bundle that came with this extension. */
  get bundle(): string {
    return this.#options.bundle;
  }

  /** What the runtime last said of its own state. */
  get runtimeState(): NotificationParams<'runtime/state'> | undefined {
    return this.#runtimeState;
  }

  /** What the runtime said of itself, at the last connection. */
  get hello(): RuntimeHello | undefined {
    return this.#channel.hello;
  }

  get problem(): HoldfastError | undefined {
    return this.#channel.problem;
  }

  get view(): ConnectionView {
    return connectionView({
      trusted: vscode.workspace.isTrusted,
      channel: this.#started ? this.#channel.state : undefined,
      dial: this.#dialer.state,
      problem: this.#channel.problem,
      storageProblem:
        this.#runtimeState?.storage === 'failed' ? (this.#runtimeState.reason ?? '?') : undefined,
    });
  }

  /** Tells every change of `view`. */
  readonly onView: Listen<ConnectionView> = (listener) => this.#viewChanged.listen(listener);

  /** Begins to connect, once. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#channel.start();
    if (vscode.workspace.isTrusted) this.#watchForUpgrade();
    this.#tell();
  }

  /** The window's folders were trusted: it connects anew as one that may do everything. */
  becomeTrusted(): void {
    if (!this.#started) return this.start();
    if (this.#channel.state === 'connected') this.reconnect();
    else this.retryNow();
    this.#watchForUpgrade();
    this.#tell();
  }

  #watchForUpgrade(): void {
    const { bundle, log } = this.#options;
    this.#owned.add(
      watchForUpgrade({ channel: this.#channel, home: this.home, bundle, clock: systemClock, log }),
    );
  }

  /** Tries to connect at once. */
  retryNow(): void {
    if (this.#started) this.#channel.retryNow();
    else this.start();
  }

  /** Makes the connection anew, after settings changed that the runtime is told on connecting. */
  reconnect(): void {
    this.#channel.reconnect();
  }

  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>> {
    return this.#registry.request(method, params, options);
  }

  /** Tells the runtime whether this window has the focus, and which session is before the person's eyes. */
  focus(params: NotificationParams<'window/focus'>): void {
    this.#channel.notify('window/focus', params);
  }

  openSession(config: OpenConfig): Promise<Session> {
    return this.#registry.open(config);
  }

  /** A session that is open on this connection. */
  session(sessionId: string): Session | undefined {
    return this.#registry.session(sessionId);
  }

  dispose(): void {
    void this.stop();
  }

  /** Leaves the runtime, which goes on with its sessions. */
  async stop(): Promise<void> {
    this.#owned.dispose();
    this.#viewChanged.dispose();
    this.#registry.dispose();
    await this.#channel.stop();
  }

  #sayHello(): ClientHello {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const readOnly = !vscode.workspace.isTrusted;
    return {
      readOnly,
      protocol: PROTOCOL,
      client: { id: this.#id, kind: 'editor', name: vscode.env.appName },
      summaries: true,
      folders: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
      agents: readOnly ? {} : { ...readSettings().agents },
    };
  }

  #takeRuntimeState(state: NotificationParams<'runtime/state'>): void {
    this.#options.log(
      `the runtime is ${state.state}, its storage ${state.storage}${state.reason ? `: ${state.reason}` : ''}`,
      'info',
    );
    this.#runtimeState = state;
    this.#tell();
  }

  #tell(): void {
    this.#viewChanged.fire(this.view);
  }
}

/** Law 10: what a window in Restricted Mode does not ask for, whoever in it wants to. */
function refusal(method: Method): HoldfastError | undefined {
  if (vscode.workspace.isTrusted || READ_ONLY_METHODS.has(method)) return undefined;
  return new HoldfastError('permissionDenied', READ_ONLY_WORDS, { method });
}
