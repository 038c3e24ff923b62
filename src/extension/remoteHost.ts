import type { Memento } from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import type { CallParams, Log, OpenConfig, RequestOptions, Session } from '../client/index.ts';
import { abortError } from '../client/limit.ts';
import type { ResolvedRemote } from '../client/remote.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { Method, NotificationParams, Result } from '../protocol/methods.ts';
import type { ConnectionView } from '../protocol/page.ts';
import { hostConnectionView, hostView, type HostView } from './hostView.ts';
import type { TerminalRemote } from './openTerminal.ts';
import type { RemoteLine } from './remoteLine.ts';
import { lastKnownIn } from './lastKnown.ts';
import { RuntimeSessions } from './sessionList.ts';
import type { Translate } from './words.ts';

/** What a remote host is made of. */
export interface RemoteHostOptions {
  readonly name: string;
  /** Where it is, and its token, read anew for each attempt. Rejects with `accessRefused` without a token, or `invalidParams`. */
  readonly resolve: () => Promise<ResolvedRemote>;
  /** How this program is called, for people over there. */
  readonly clientName: string;
  /** The data directory of this machine, which the dialer's paths start at. */
  readonly home: string;
  /** Where its sessions are remembered. */
  readonly memory: Memento;
  readonly log: Log;
  /** Says what is wrong in the person’s language; default: English. */
  readonly t?: Translate | undefined;
}

/** Sessions kept that were opened here, so that a window that is loaded again knows where they are. */
const OPENED = 50;

/** Where a host's sessions, and those that were opened here, are remembered for the next start of the window. */
export const memoryKeys = (host: string) => ({
  known: `holdfast.lastKnownSessions.${host}`,
  opened: `holdfast.openedSessions.${host}`,
});

/**
 * A runtime on another machine, with its sessions. Nothing is dialled before somebody wants something of it; from then on
 * it is tried for ever, but for a token that is refused. Has its own connection, so whatever becomes of it touches no other
 * session. Owned by `RemoteHosts`.
 */
export class RemoteHost implements Disposable {
  readonly name: string;
  /** Its sessions; those known last, until it answers. */
  readonly sessions: RuntimeSessions;
  readonly #options: RemoteHostOptions;
  readonly #changed = new Emitter<void>();
  readonly #views = new Emitter<ConnectionView>();
  readonly #summaries = new Emitter<NotificationParams<'session/summaries'>>();
  readonly #found = new Set<string>();
  #opened: readonly string[];
  #line: RemoteLine | undefined;
  #problem: HoldfastError | undefined;
  #storageProblem: string | undefined;
  #focus: NotificationParams<'window/focus'> | undefined;
  /** Counts attempts to make a line: only the last one counts. */
  #attempt = 0;
  #preparing = false;
  #disposed = false;

  constructor(options: RemoteHostOptions) {
    this.#options = options;
    this.name = options.name;
    this.sessions = new RuntimeSessions({
      connection: {
        request: (method, params) => this.request(method, params),
        onSummaries: this.#summaries.listen,
        onView: this.#views.listen,
      },
      lastKnown: lastKnownIn(options.memory, memoryKeys(options.name).known),
      host: options.name,
      log: options.log,
    });
    this.#opened = options.memory.get<readonly string[]>(memoryKeys(options.name).opened, []);
  }

  get view(): HostView {
    const { channel, dialer } = this.#line ?? {};
    return hostView(
      {
        channel: channel?.state,
        dial: dialer?.state,
        problem: channel?.problem ?? this.#problem,
        preparing: this.#preparing,
        storageProblem: this.#storageProblem,
      },
      this.#options.t,
    );
  }

  get connectionView(): ConnectionView {
    return hostConnectionView(this.name, this.view);
  }

  /** Whether a connection is there, is being made, or was given up for a reason. */
  get isWanted(): boolean {
    return this.#line !== undefined || this.#preparing || this.#problem !== undefined;
  }

  /** Tells every change of `view`. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** Somebody wants to see its sessions: it is connected, unless that is under way or was refused. */
  want(): void {
    if (!this.isWanted && !this.#disposed) void this.#connect();
  }

  /** Nobody looks any more: an attempt that has not come to anything ends. A connection stays. */
  rest(): void {
    const { channel, registry } = this.#line ?? {};
    if (channel?.state === 'connected' || (registry?.sessions.length ?? 0) > 0) return;
    this.#hangUp();
    this.#problem = undefined;
    this.#tell();
  }

  /** Tries at once, also with what refused it before: address and token may be others now. */
  retry(): void {
    if (this.#disposed) return;
    const { state } = this.#line?.channel ?? {};
    if (state === 'connected') return;
    if (state === 'incompatible' || state === 'reconnecting') return this.#line?.channel.retryNow();
    this.#hangUp();
    void this.#connect();
  }

  /** Resolves once it is connected. Rejects with what keeps it from it, or `aborted`. */
  connected(signal?: AbortSignal): Promise<void> {
    this.want();
    return new Promise((resolve, reject) => {
      const owned = new DisposableStore();
      const settle = (action: () => void): void => {
        owned.dispose();
        action();
      };
      const look = (): void => {
        const { state } = this.view;
        if (signal?.aborted === true) settle(() => reject(abortError(signal, `connecting to ${this.name}`)));
        else if (state === 'connected') settle(resolve);
        else if (state !== 'connecting' && state !== 'reconnecting') settle(() => reject(this.#missing()));
      };
      owned.add(this.onChange(look));
      signal?.addEventListener('abort', look, { once: true });
      owned.add({ dispose: () => signal?.removeEventListener('abort', look) });
      look();
    });
  }

  /** Sends a request. Without a connection it rejects and says why; while a lost one is made again, it waits. */
  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>> {
    const line = this.#lineUp();
    return line === undefined
      ? Promise.reject(this.#missing())
      : line.registry.request(method, params, options);
  }

  async openSession(config: OpenConfig): Promise<Session> {
    const line = this.#lineUp();
    if (line === undefined) throw this.#missing();
    const session = await line.registry.open(config);
    this.#opened = [session.id, ...this.#opened.filter((id) => id !== session.id)].slice(0, OPENED);
    void this.#options.memory.update(memoryKeys(this.name).opened, this.#opened);
    return session;
  }

  /** Whether a session is here, as far as is known: it is open, was opened, was found, or is in the list. */
  has(sessionId: string): boolean {
    return (
      this.session(sessionId) !== undefined ||
      this.sessions.get(sessionId) !== undefined ||
      this.#found.has(sessionId) ||
      this.#opened.includes(sessionId)
    );
  }

  /** A search found a session that may be in no list. */
  found(sessionId: string): void {
    this.#found.add(sessionId);
    for (const oldest of this.#found) if (this.#found.size > OPENED) this.#found.delete(oldest);
  }

  /** What the terminal's program needs to reach it. Rejects as `resolve` does. */
  async forTerminal(): Promise<TerminalRemote> {
    const { url, socket, token, caFile } = await this.#options.resolve();
    return { url: socket ?? String(url), token, ca: caFile };
  }

  /** A session that is open on this connection. */
  session(sessionId: string): Session | undefined {
    return this.#line?.registry.session(sessionId);
  }

  /** Tells it whether this window has the focus, now and on every new connection. */
  focus(params: NotificationParams<'window/focus'>): void {
    this.#focus = params;
    this.#line?.channel.notify('window/focus', params);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#hangUp();
    // Who waits for a connection is told that none will come.
    this.#changed.fire();
    this.sessions.dispose();
    this.#changed.dispose();
    this.#views.dispose();
    this.#summaries.dispose();
  }

  #lineUp(): RemoteLine | undefined {
    const { state } = this.#line?.channel ?? {};
    return state === 'connected' || state === 'reconnecting' ? this.#line : undefined;
  }

  #missing(): HoldfastError {
    const { detail, state } = this.view;
    const words = detail ?? `the remote ${this.name} is not connected`;
    return new HoldfastError(state === 'refused' ? 'accessRefused' : 'runtimeUnreachable', words, {
      remote: this.name,
    });
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    this.#problem = undefined;
    this.#preparing = true;
    this.#tell();
    try {
      const [{ createRemoteLine }] = await Promise.all([
        // Not before it is needed: activation loads nothing that talks to a runtime.
        import('./remoteLine.ts'),
        // What is wrong here is told before anything is dialled.
        this.#options.resolve(),
      ]);
      if (attempt !== this.#attempt || this.#disposed) return;
      this.#line = createRemoteLine({
        ...this.#options,
        onSummaries: (told) => this.#summaries.fire(told),
        onStorage: (problem) => {
          this.#storageProblem = problem;
          this.#tell();
        },
        onState: (state) => {
          if (state === 'connected' && this.#focus !== undefined) this.focus(this.#focus);
          if (state !== 'connected') this.#storageProblem = undefined;
          this.#tell();
        },
      });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#problem = isHoldfastError(error)
        ? error
        : new HoldfastError('internalError', errorText(error), { remote: this.name });
    }
    if (attempt !== this.#attempt) return;
    this.#preparing = false;
    this.#tell();
  }

  /** Leaves the host, which goes on with its sessions. */
  #hangUp(): void {
    this.#attempt++;
    this.#preparing = false;
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined) return;
    line.dispose();
  }

  #tell(): void {
    if (this.#disposed) return;
    this.#views.fire(this.connectionView);
    this.#changed.fire();
  }
}
