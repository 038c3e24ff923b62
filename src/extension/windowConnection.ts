import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import { turn } from '../base/turn.ts';
import { resolveHome } from '../client/home.ts';
import type { CallParams, Log, OpenConfig, RequestOptions, Session } from '../client/index.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { ClientHello, RuntimeHello } from '../protocol/handshake.ts';
import type { Method, NotificationParams, Result, RuntimeNotification } from '../protocol/methods.ts';
import type { ConnectionView } from '../protocol/page.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { READ_ONLY_METHODS, READ_ONLY_WORDS } from '../protocol/readOnly.ts';
import { connectionView } from './connectionView.ts';
import { loadWire } from './loadWire.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import { readSettings } from './settings.ts';
import type { Wire } from './wire.ts';

/** What a window's connection is made of. */
export interface WindowConnectionOptions {
  /** The runtime's bundle that came with this extension. */
  readonly bundle: string;
  readonly output: vscode.LogOutputChannel;
  readonly log: Log;
  /** Sessions that are there are asked for there. */
  readonly hosts: RemoteHosts;
}

/**
 * The window's one connection to its runtime (ARCHITECTURE.md), with all its sessions; what concerns a session of a remote
 * host is passed on to that host's own connection. Nothing happens before `start`. In Restricted Mode it starts no runtime,
 * and from one that runs already it reads and does nothing else (law 10). What talks to the runtime is loaded after
 * activation. Owned by `activate`.
 */
export class WindowConnection implements Disposable {
  readonly #options: WindowConnectionOptions;
  readonly #viewChanged = new Emitter<ConnectionView>();
  readonly #summaries = this.#emitter('session/summaries');
  readonly #agentProgress = this.#emitter('agent/progress');
  readonly #agentsChange = this.#emitter('agent/changed');
  readonly #anyViewChanged = new Emitter<void>();
  readonly #id = `editor-${crypto.randomUUID()}`;
  /** The data directory of the runtime. */
  readonly home = resolveHome({ home: readSettings().home });
  readonly onSummaries: Listen<NotificationParams<'session/summaries'>> = this.#summaries.listen;
  readonly onAgentProgress: Listen<NotificationParams<'agent/progress'>> = this.#agentProgress.listen;
  readonly onAgentsChange: Listen<NotificationParams<'agent/changed'>> = this.#agentsChange.listen;
  #loading: Promise<Wire> | undefined;
  #wire: Wire | undefined;
  #started = false;
  #stopped = false;
  #runtimeState: NotificationParams<'runtime/state'> | undefined;

  constructor(options: WindowConnectionOptions) {
    this.#options = options;
    options.hosts.onChange(() => this.#anyViewChanged.fire());
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
    return this.#wire?.channel.hello;
  }

  get problem(): HoldfastError | undefined {
    return this.#wire?.channel.problem;
  }

  get view(): ConnectionView {
    return connectionView(
      {
        trusted: vscode.workspace.isTrusted,
        channel: this.#started ? (this.#wire?.channel.state ?? 'starting') : undefined,
        dial: this.#wire?.dialer.state,
        problem: this.problem,
        storageProblem:
          this.#runtimeState?.storage === 'failed' ? (this.#runtimeState.reason ?? '?') : undefined,
      },
      vscode.l10n.t,
    );
  }

  /** Tells every change of `view`. */
  readonly onView: Listen<ConnectionView> = (listener) => this.#viewChanged.listen(listener);

  /** Where the connection stands that has a session, which is this one unless the session is on a remote host. */
  viewOf(sessionId: string | undefined): ConnectionView {
    return this.hostOf(sessionId)?.connectionView ?? this.view;
  }

  /** Tells that this connection, or that of a remote host, may stand otherwise. */
  readonly onAnyView: Listen<void> = (listener) => this.#anyViewChanged.listen(listener);

  /** The remote host that a session is on; `undefined` for this machine. */
  hostOf(sessionId: string | undefined): RemoteHost | undefined {
    if (sessionId === undefined || this.#wire?.registry.session(sessionId) !== undefined) return undefined;
    return this.#options.hosts.hostOf(sessionId);
  }

  /** Begins to connect, once. Resolves when what talks to the runtime is loaded; says so when it cannot be. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#tell();
    const wire = await this.#load();
    await turn();
    if (this.#stopped) return;
    wire.channel.start();
    if (vscode.workspace.isTrusted) wire.watchForUpgrade();
    this.#tell();
  }

  /** The window's folders were trusted: it connects anew as one that may do everything. */
  becomeTrusted(): void {
    this.#tell();
    if (this.#wire === undefined) return;
    if (this.#wire.channel.state === 'connected') this.reconnect();
    else this.retryNow();
    this.#wire.watchForUpgrade();
  }

  /** Tries to connect at once. */
  retryNow(): void {
    this.#wire?.channel.retryNow();
  }

  /** Makes the connection anew, after settings changed that the runtime is told on connecting. */
  reconnect(): void {
    this.#wire?.channel.reconnect();
  }

  async request<M extends Method>(
    method: M,
    params: CallParams<M>,
    options?: RequestOptions,
  ): Promise<Result<M>> {
    const { registry } = await this.#load();
    const host = 'sessionId' in params ? await this.#routed(String(params.sessionId)) : undefined;
    return (host ?? registry).request(method, params, options);
  }

  /** Tells the runtime whether this window has the focus, and which session is before the person's eyes. */
  focus(params: NotificationParams<'window/focus'>): void {
    const { focused, sessionId } = params;
    const isThere = this.hostOf(sessionId) !== undefined;
    this.#wire?.channel.notify('window/focus', isThere ? { focused } : params);
    this.#options.hosts.focus(params);
  }

  /** Makes or opens a session here, or on the host that has it, or on the one that is told. */
  async openSession(config: OpenConfig, host?: RemoteHost): Promise<Session> {
    const there = host ?? (await this.#routed(config.fork ?? config.sessionId));
    return there === undefined ? (await this.#load()).registry.open(config) : there.openSession(config);
  }

  /** A session that is open on this connection. */
  session(sessionId: string): Session | undefined {
    return (
      this.#wire?.registry.session(sessionId) ?? this.#options.hosts.hostOf(sessionId)?.session(sessionId)
    );
  }

  dispose(): void {
    void this.stop();
  }

  /** Leaves the runtime, which goes on with its sessions. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const emitter of [this.#summaries, this.#agentProgress, this.#agentsChange, this.#viewChanged])
      emitter.dispose();
    this.#anyViewChanged.dispose();
    this.#wire?.dispose();
    await this.#wire?.channel.stop();
  }

  /** The host of a session, once it is known which hosts there are. */
  async #routed(sessionId: string | undefined): Promise<RemoteHost | undefined> {
    await this.#options.hosts.followed;
    return this.hostOf(sessionId);
  }

  /** Once, however often it is asked for. A failure is a broken installation: nothing mends it but installing anew. */
  #load(): Promise<Wire> {
    return (this.#loading ??= this.#make());
  }

  async #make(): Promise<Wire> {
    const { createWire } = await loadWire();
    const { bundle, output, log } = this.#options;
    const wire = createWire({
      ...{ home: this.home, bundle, output, log },
      mayLaunch: () => vscode.workspace.isTrusted,
      hello: () => this.#sayHello(),
      refuse: refusal,
    });
    wire.listen('session/summaries', (told) => this.#summaries.fire(told));
    wire.listen('agent/progress', (told) => this.#agentProgress.fire(told));
    wire.listen('agent/changed', (told) => this.#agentsChange.fire(told));
    wire.listen('runtime/state', (state) => this.#takeRuntimeState(state));
    wire.channel.onState(() => this.#tell());
    wire.dialer.onState(() => this.#tell());
    if (this.#stopped) wire.dispose();
    this.#wire = wire;
    return wire;
  }

  #emitter<N extends RuntimeNotification>(notification: N): Emitter<NotificationParams<N>> {
    return new Emitter((error) =>
      this.#options.log(`a listener of ${notification} failed: ${errorText(error)}`),
    );
  }

  #sayHello(): ClientHello {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return {
      readOnly: !vscode.workspace.isTrusted,
      protocol: PROTOCOL,
      client: { id: this.#id, kind: 'editor', name: vscode.env.appName },
      summaries: true,
      folders: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
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
    this.#anyViewChanged.fire();
  }
}

/** Law 10: what a window in Restricted Mode does not ask for, whoever in it wants to. */
function refusal(method: Method): HoldfastError | undefined {
  if (vscode.workspace.isTrusted || READ_ONLY_METHODS.has(method)) return undefined;
  return new HoldfastError('permissionDenied', READ_ONLY_WORDS, { method });
}
