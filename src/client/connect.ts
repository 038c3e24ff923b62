import { randomUUID } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Listen } from '../base/emitter.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { RuntimeHello } from '../protocol/handshake.ts';
import type { Method, NotificationParams, Result } from '../protocol/methods.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { listenTo, notConnected, type ChannelState, type RequestOptions } from './channel.ts';
import { createDialer, type DialOptions, type DialState } from './dial.ts';
import { createJsonRpcChannel, type JsonRpcChannel } from './jsonRpcChannel.ts';
import type { HoldCounters } from './hold.ts';
import { resolveHome } from './home.ts';
import { abortError } from './limit.ts';
import { consoleLog } from './log.ts';
import { oneShots, type OneShots } from './oneShot.ts';
import type { OpenConfig } from './opening.ts';
import type { CallParams } from './outbox.ts';
import { createRegistry } from './registry.ts';
import { besideThisProgram } from './reach.ts';
import { reachRemote } from './reachRemote.ts';
import { resolveRemote, type Remote } from './remote.ts';
import type { Session } from './session.ts';
import { watchForUpgrade } from './upgrade.ts';

/** Attempts of `connect` before it rejects. Once connected, a lost connection is made again for as long as it takes. */
const FIRST_ATTEMPTS = 5;

/** Attempts of `connect` with a remote: nothing is started there, so there is little to wait for. */
const REMOTE_ATTEMPTS = 2;

/** What `connect` takes; everything has a default. */
export interface ConnectOptions extends Pick<
  DialOptions,
  'home' | 'mayLaunch' | 'attempts' | 'bundle' | 'log' | 'clock'
> {
  /**
   * A runtime on another machine: its name in the data directory's `remotes.json`, its address (`wss://host:port`, or the
   * path of a forwarded socket), or all of it with its token. Default: the one of this machine.
   */
  readonly remote?: string | Remote | undefined;
  /** How this program is called, for people who see what it did. Default `library`. */
  readonly clientName?: string | undefined;
  readonly kind?: 'editor' | 'cli' | 'library' | undefined;
  /** Gives up connecting. Once connected it has no effect; `dispose` closes. */
  readonly signal?: AbortSignal | undefined;
  /** Whether `onSummaries` is wanted. Default false. */
  readonly summaries?: boolean | undefined;
  /** Agent definitions for sessions that this connection creates, by id. */
  readonly agents?: Readonly<Record<string, unknown>> | undefined;
  /** Folders this program works in, absolute. */
  readonly folders?: readonly string[] | undefined;
}

/** A connection to a runtime with its sessions. Disposing it leaves the sessions; they go on in the runtime. */
export interface Connection extends AsyncDisposable, Disposable, OneShots {
  /** What the runtime said of itself. */
  readonly hello: RuntimeHello;
  readonly state: ChannelState;
  readonly onState: Listen<ChannelState>;
  /** How the next connection is coming along, while there is none. */
  readonly dialState: DialState;
  readonly onDialState: Listen<DialState>;
  /** Where the runtime is, when it is not on this machine: the remote's name, or its address. */
  readonly remote: string | undefined;
  /** What came before the answer that named its session, with a host that assigns ids. */
  readonly diagnostics: HoldCounters;
  /**
   * Makes a session, or opens one that exists: its handlers get every event from the first on, whatever the timing (law 3).
   * Rejects with `invalidParams` naming the field, `cwdMissing`, `agentUnknown`, `sessionNotFound`, `sessionExists` for an id that is
   * taken or open on this connection already, `aborted`, `connectionClosed`; the id is free again then.
   */
  openSession(config: OpenConfig): Promise<Session>;
  /** A session that is open on this connection; otherwise `undefined`. */
  session(sessionId: string): Session | undefined;
  /** A page of sessions by last change, newest first. */
  list(filter?: CallParams<'session/list'>, options?: RequestOptions): Promise<Result<'session/list'>>;
  /** The head of a session, open or not. Rejects with `sessionNotFound`. */
  get(sessionId: string, options?: RequestOptions): Promise<Result<'session/get'>>;
  /** Any request of the protocol (protocol.md). */
  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>>;
  /** Sessions whose head changed, for connections that asked for `summaries`. */
  readonly onSummaries: Listen<NotificationParams<'session/summaries'>>;
  /** What the runtime last said of its own state. */
  readonly runtimeState: NotificationParams<'runtime/state'> | undefined;
  readonly onRuntimeState: Listen<NotificationParams<'runtime/state'>>;
  /** How installs of agents go on. */
  readonly onAgentProgress: Listen<NotificationParams<'agent/progress'>>;
  /** What `agent/list` gives is another now, for one agent or for all. */
  readonly onAgentsChange: Listen<NotificationParams<'agent/changed'>>;
  /** Tries at once to connect, while there is no connection. */
  retryNow(): void;
}

/**
 * Finds the runtime of a data directory, or starts it, and connects; or connects to a remote one. Rejects with `noUsableNode`, `homeUnusable`,
 * `runtimeUnreachable` (after five attempts, or one without `mayLaunch`, unless told otherwise), `accessRefused`, `incompatible`,
 * `aborted`.
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const { log = consoleLog, clock = systemClock } = options;
  const remote =
    options.remote === undefined
      ? undefined
      : resolveRemote(options.remote, { home: resolveHome({ home: options.home }) });
  const mayLaunch = remote === undefined && options.mayLaunch !== false;
  const { clientName = 'library', kind = 'library', summaries = false, agents = {}, folders = [] } = options;
  const dialer = createDialer({
    ...{ home: options.home, mayLaunch, bundle: options.bundle, log, clock },
    ...(remote !== undefined && { reach: (_, signal) => reachRemote(remote, log, signal) }),
  });
  const channel = createJsonRpcChannel({
    dialer,
    hello: {
      protocol: PROTOCOL,
      client: { id: `${kind}-${randomUUID()}`, kind, name: clientName },
      summaries,
      folders: [...folders],
      agents,
    },
    firstAttempts: options.attempts ?? (remote ? REMOTE_ATTEMPTS : mayLaunch ? FIRST_ATTEMPTS : 1),
    log,
    clock,
  });
  const registry = createRegistry(channel, { log, clock });
  const onSummaries = listenTo(channel, 'session/summaries', log);
  const onRuntimeState = listenTo(channel, 'runtime/state', log);
  const onAgentProgress = listenTo(channel, 'agent/progress', log);
  const onAgentsChange = listenTo(channel, 'agent/changed', log);
  let runtimeState: NotificationParams<'runtime/state'> | undefined;
  onRuntimeState((state) => (runtimeState = state));
  let hello = await connected(channel, options.signal);
  const bundle = options.bundle ?? besideThisProgram();
  const upgrade = mayLaunch ? watchForUpgrade({ channel, home: dialer.home, bundle, clock, log }) : undefined;
  // What is asked for now is asked of the runtime that stays.
  await upgrade?.looked;
  hello = await connected(channel, options.signal);
  const dispose = (): void => {
    upgrade?.dispose();
    registry.dispose();
    channel.dispose();
  };
  return {
    get hello() {
      return channel.hello ?? hello;
    },
    get state() {
      return channel.state;
    },
    onState: channel.onState,
    get dialState() {
      return dialer.state;
    },
    onDialState: dialer.onState,
    remote: remote?.name,
    get diagnostics() {
      return registry.diagnostics;
    },
    openSession: (config) => registry.open(config),
    ...oneShots((config) => registry.open(config)),
    session: (sessionId) => registry.session(sessionId),
    list: (filter = {}, limits) => registry.request('session/list', filter, limits),
    get: (sessionId, limits) =>
      registry.request('session/get', { sessionId: sessionId as Session['id'] }, limits),
    request: (method, params, limits) => registry.request(method, params, limits),
    onSummaries,
    get runtimeState() {
      return runtimeState;
    },
    onRuntimeState,
    onAgentProgress,
    onAgentsChange,
    retryNow: () => channel.retryNow(),
    dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** Resolves when the channel is connected; otherwise closes it and rejects. */
async function connected(channel: JsonRpcChannel, signal: AbortSignal | undefined): Promise<RuntimeHello> {
  // Between attempts nothing else may keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  try {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        if (signal?.aborted === true) reject(abortError(signal, 'connecting to the runtime'));
        else if (channel.state === 'connected' && channel.hello !== undefined) resolve(channel.hello);
        else if (channel.state === 'closed' || channel.state === 'incompatible')
          reject(notConnected(channel, 'initialize'));
      };
      channel.onState(look);
      signal?.addEventListener('abort', look, { once: true });
      look();
    });
  } catch (error) {
    channel.dispose();
    throw error instanceof Error ? error : new HoldfastError('internalError', String(error));
  } finally {
    clearInterval(alive);
  }
}
