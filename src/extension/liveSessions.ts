import { Deferred } from '../base/deferred.ts';
import { toDisposable, type Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { newSessionId, type SessionId } from '../protocol/ids.ts';
import type { CreateConfig, Envelope, OpenConfig, Session } from '../client/index.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { WindowConnection } from './windowConnection.ts';

/** What whoever looks at a session is told, in order. */
export interface SessionViewer {
  onEvents(envelopes: readonly Envelope[]): void;
  /** The numbers known so far do not count any more: everything must be read anew. */
  onReset(): void;
  /** The session is gone for this window. */
  onLost(error: HoldfastError): void;
}

interface Live {
  /** Absent until the host that makes the session says what it is called. */
  sessionId: SessionId | undefined;
  readonly opened: Deferred<Session>;
  /** Each joining by itself: a viewer that joins anew before it has left is still there when it has. */
  readonly joined: Set<{ readonly viewer: SessionViewer }>;
  /** Envelopes of one frame, told together at its end. */
  pending: Envelope[];
}

/**
 * The sessions that are open in this window: each attached once, however many pages show it, and left when the last page
 * goes. Owned by `activate`.
 */
export class LiveSessions implements Disposable {
  readonly #connection: WindowConnection;
  readonly #live = new Map<SessionId, Live>();
  readonly #headMoved = new Emitter<SessionId>();

  constructor(connection: WindowConnection) {
    this.#connection = connection;
  }

  /** Tells that the head of an open session may have changed. */
  readonly onHead = (listener: (sessionId: SessionId) => void): Disposable =>
    this.#headMoved.listen(listener);

  /** The session, if it is open in this window. */
  get(sessionId: SessionId): Session | undefined {
    return this.#connection.session(sessionId);
  }

  /** Makes a session and keeps it attached for `viewer`; without one, until the first page that shows it goes. */
  async create(
    config: Pick<CreateConfig, 'agent' | 'cwd' | 'agentSessionId'>,
    host?: RemoteHost,
  ): Promise<Session> {
    if (host !== undefined) return this.#open(newLive(undefined), config, host);
    const sessionId = newSessionId();
    return this.#open(this.#register(sessionId), { ...config, sessionId });
  }

  /** Makes a session that goes on from where another one stands, and keeps it attached as `create` does. */
  async fork(from: SessionId): Promise<Session> {
    const host = this.#connection.hostOf(from);
    if (host !== undefined) return this.#open(newLive(undefined), { fork: from }, host);
    const sessionId = newSessionId();
    return this.#open(this.#register(sessionId), { fork: from, sessionId });
  }

  /** Attaches to a session, or joins who is attached already. Disposing the result leaves it again. */
  async join(
    sessionId: SessionId,
    viewer: SessionViewer,
  ): Promise<{ readonly session: Session; readonly leave: Disposable }> {
    let live = this.#live.get(sessionId);
    if (live === undefined) {
      live = this.#register(sessionId);
      const opening = live;
      this.#open(live, { sessionId, attach: { tail: 0 } }).then(
        () => this.#drop(sessionId, opening),
        () => {},
      );
    }
    const opened = live;
    const joining = { viewer };
    opened.joined.add(joining);
    const leave = toDisposable(() => this.#leave(sessionId, opened, joining));
    try {
      return { session: await opened.opened.promise, leave };
    } catch (error) {
      leave.dispose();
      throw error;
    }
  }

  dispose(): void {
    this.#live.clear();
    this.#headMoved.dispose();
  }

  #register(sessionId: SessionId): Live {
    const live = newLive(sessionId);
    this.#live.set(sessionId, live);
    return live;
  }

  async #open(live: Live, config: OpenConfig, host?: RemoteHost): Promise<Session> {
    try {
      const session = await this.#connection.openSession(
        {
          ...config,
          onEvent: (envelope) => this.#collect(live, envelope),
          onReset: () => this.#reset(live),
          onLost: (error) => this.#lost(live, error),
        },
        host,
      );
      if (live.sessionId === undefined) this.#live.set((live.sessionId = session.id), live);
      live.opened.resolve(session);
      return session;
    } catch (error) {
      this.#forget(live);
      live.opened.reject(error);
      throw error;
    }
  }

  /** A frame's envelopes come one after another in one go: they are told together when it ends (law 8). */
  #collect(live: Live, envelope: Envelope): void {
    live.pending.push(envelope);
    if (live.pending.length > 1) return;
    queueMicrotask(() => {
      const envelopes = live.pending;
      live.pending = [];
      if (envelopes.length === 0) return;
      for (const viewer of viewersOf(live)) viewer.onEvents(envelopes);
      this.#headMoved.fire(envelope.sessionId);
    });
  }

  #reset(live: Live): void {
    live.pending = [];
    for (const viewer of viewersOf(live)) viewer.onReset();
    if (live.sessionId !== undefined) this.#headMoved.fire(live.sessionId);
  }

  #lost(live: Live, error: HoldfastError): void {
    this.#forget(live);
    for (const viewer of viewersOf(live)) viewer.onLost(error);
  }

  /** Compares what is open, not its id. */
  #forget(live: Live): void {
    const { sessionId } = live;
    if (sessionId !== undefined && this.#live.get(sessionId) === live) this.#live.delete(sessionId);
  }

  #leave(sessionId: SessionId, live: Live, joining: { readonly viewer: SessionViewer }): void {
    live.joined.delete(joining);
    // While it is being opened it is left when that is done: the next page may come before.
    if (live.opened.settled) this.#drop(sessionId, live);
  }

  /** Leaves a session that nobody looks at. */
  #drop(sessionId: SessionId, live: Live): void {
    if (live.joined.size > 0 || this.#live.get(sessionId) !== live) return;
    this.#live.delete(sessionId);
    this.get(sessionId)?.leave();
  }
}

function newLive(sessionId: SessionId | undefined): Live {
  const live: Live = { sessionId, opened: new Deferred(), joined: new Set(), pending: [] };
  // Who waits is told; when nobody does, the failure is the opener's alone.
  live.opened.promise.catch(() => {});
  return live;
}

/** Who looks, each once. */
function viewersOf({ joined }: Live): ReadonlySet<SessionViewer> {
  return new Set([...joined].map(({ viewer }) => viewer));
}
