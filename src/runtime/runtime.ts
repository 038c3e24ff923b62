import { randomUUID } from 'node:crypto';
import { Deferred } from '../base/deferred.ts';
import type { Disposable } from '../base/disposable.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { FrameSocket } from '../protocol/frames.ts';
import { SHELL_AGENT_ID, type SessionId } from '../protocol/ids.ts';
import type { NotificationParams, Params, Result } from '../protocol/methods.ts';
import type { Summary } from '../protocol/summary.ts';
import { SignIns } from './agents/signIns.ts';
import { watchAgents } from './agents/watchAgents.ts';
import { Connection, type ConnectionParts, type Origin } from './connection.ts';
import { Documents } from './documents/documents.ts';
import { Feed } from './feed.ts';
import { createHandlers } from './handlers.ts';
import { Idempotency } from './idempotency.ts';
import { watchLinger } from './linger.ts';
import { Notifier } from './notifier.ts';
import { recover } from './recovery.ts';
import { RuleStore } from './ruleStore.ts';
import { Retention } from './retention.ts';
import type { RuntimeOptions } from './runtimeOptions.ts';
import { runtimeStatus } from './runtimeStatus.ts';
import { Sessions } from './sessions.ts';
import { stopProcess, stopUnused } from './stopProcesses.ts';
import { Summaries } from './summaries.ts';

type State = NotificationParams<'runtime/state'>;

/** How often sessions that nothing holds are let go of, in milliseconds. */
const RELEASE_MS = 30_000;

/** Bytes that may wait to be written while storage fails: what was read before, and how cancelled turns end. */
const MOST_UNSENT = 4 * 1024 * 1024;

/**
 * The process's heart: owns sessions, feeds and connections, and says when it is done. It knows nothing of sockets and
 * files; `main` gives it connections. Events flow one way: journal → feed → connection.
 */
export class Runtime {
  readonly runtimeId = randomUUID();
  readonly #options: RuntimeOptions;
  readonly #sessions: Sessions;
  readonly #documents: Documents;
  readonly #signIns: SignIns;
  readonly #feed = new Feed();
  readonly #summaries: Summaries;
  readonly #notifier = new Notifier<Connection>();
  readonly #connections = new Set<Connection>();
  readonly #recovered = new Deferred<void>();
  readonly #owned: Disposable[];
  #release: Disposable;
  readonly #rules: RuleStore;
  readonly #startedAt: number;
  readonly #connectionParts: ConnectionParts;
  #state: State['state'] = 'recovering';

  constructor(options: RuntimeOptions) {
    const { journal, pool, clock, log, definitions, cancelGraceMs, stalledMs, documentWriteMs } = options;
    const rules = options.rules ?? new RuleStore();
    this.#rules = rules;
    this.#options = options;
    this.#startedAt = clock.monotonic();
    this.#documents = new Documents(clock);
    const redact = (text: string): string => options.secrets?.redact(text) ?? text;
    this.#signIns = new SignIns(pool, options.catalogue.states, redact);
    this.#sessions = new Sessions(journal, {
      signIns: this.#signIns,
      pool,
      clock,
      log,
      cancelGraceMs,
      stalledMs,
      temporary: options.temporary,
      rules,
      isAttended: (sessionId, except) => this.#isAttended(sessionId, except),
      documents: { documents: this.#documents, clock, answerMs: documentWriteMs },
      restore: (record) => definitions.restore(record, this.#agentsOfClients()),
      storage: {
        get isFailed() {
          return journal.state.storage === 'failed';
        },
        get isFull() {
          return journal.state.storage === 'failed' && journal.unsentBytes > MOST_UNSENT;
        },
      },
      artifactsRecorded: (sessionId) => journal.ofType(sessionId, 'artifact.updated'),
      blobs: (sessionId) => ({
        put: (bytes) => journal.putBlob(sessionId, bytes),
        get: (sha256) => (journal.holdsBlob(sessionId, sha256) ? journal.readBlob(sha256)?.bytes : undefined),
      }),
    });
    options.secrets?.of(() => [...this.#sessions.live].map(({ secrets }) => secrets));
    this.#summaries = new Summaries(journal, clock, {
      tell: (summaries) => this.#tellSummaries(summaries),
      onUnreadable: (sessionId, error) => log.error(`the head of session ${sessionId} cannot be read`, error),
    });
    this.#connectionParts = this.#makeConnectionParts();
    this.#owned = [
      journal.onCommitted((batch) => this.#feed.publish(batch)),
      journal.onCommitted((batch) => this.#notifier.committed(batch)),
      journal.onCommitted((batch) => this.#summaries.committed(batch)),
      journal.onState(() => this.#storageChanged()),
      watchLinger({
        clock,
        lingerMs: options.lingerMs,
        isNeeded: () =>
          this.#state === 'retiring' ||
          this.#connections.size > 0 ||
          this.#sessions.isBusy ||
          options.catalogue.isBusy ||
          this.#state === 'recovering',
        leave: () => options.onRetired('nobody needs the runtime'),
      }),
    ];
    this.#release = this.#releaseRegularly();
    this.#owned.push(
      watchAgents(options.catalogue, (method, params) => {
        for (const connection of this.#connections) connection.notify(method, params);
      }),
    );
  }

  /** Settles what the runtime before this one left (P5), then lets opens and prompts through. Always ends. */
  async recover(): Promise<void> {
    const { journal, clock, log } = this.#options;
    try {
      const { recovered } = recover(journal, clock, log);
      if (recovered > 0) log.info(`recovered ${recovered} sessions`);
      await this.#options.sweep();
      this.#options.catalogue.sweep();
    } catch (error) {
      log.error('recovery', error);
    }
    if (this.#state === 'recovering') this.#state = 'ready';
    this.#recovered.resolve();
    this.#stateChanged();
  }

  /** Takes a new connection over. */
  accept(socket: FrameSocket, origin?: Origin): void {
    this.#connections.add(new Connection(socket, this.#connectionParts, origin));
  }

  /** Lets go of all agents and stores what they left. The journal stays open; its owner closes it. */
  async dispose(reason: string): Promise<void> {
    this.#state = 'retiring';
    this.#stateChanged();
    await this.#options.catalogue.dispose();
    await this.#sessions.dispose(reason);
    await this.#options.pool.dispose();
    for (const owned of [...this.#owned, this.#release, this.#summaries]) owned.dispose();
  }

  /** Also a client that asked for no summaries is told of the end of what it is attached to. */
  #deleted(sessionId: SessionId): void {
    for (const connection of this.#connections) {
      const isAttached = connection.feed?.isAttached(sessionId) === true;
      if (!connection.wantsSummaries && !isAttached) continue;
      connection.notify('session/summaries', { summaries: [], removed: [sessionId], notify: false });
    }
    this.#feed.forget(sessionId);
  }

  #makeConnectionParts(): ConnectionParts {
    const { journal, clock, log, definitions, catalogue, home, buildId, pool } = this.#options;
    const handlers = createHandlers({
      clock,
      journal,
      sessions: this.#sessions,
      rules: this.#rules,
      log,
      idempotency: new Idempotency(journal),
      retention: new Retention({
        journal,
        sessions: this.#sessions,
        clock,
        log,
        onDeleted: (sessionId) => this.#deleted(sessionId),
      }),
      refuseNewWork: () => this.#refuseNewWork(),
      resolveAgent: (id, clientAgents) => definitions.resolve(id, clientAgents),
      listAgents: (clientAgents) => definitions.list(clientAgents),
      catalogue,
      temporary: this.#options.temporary,
      agentLogs: this.#options.agentLogs,
      signIns: this.#signIns,
      stopUnused: (agent) => stopUnused(pool, agent),
      lookFor: (id, clientAgents) =>
        definitions.list(clientAgents).agents.some((agent) => agent.id === (id ?? SHELL_AGENT_ID))
          ? undefined
          : catalogue.look(),
      agentSessions: async (agent, page) => {
        const { record } = agent;
        const hosting = await pool.acquire(this.#signIns.withValues(agent));
        if (hosting.listSessions === undefined)
          throw new HoldfastError('unsupported', `${record.name} keeps no conversations of its own.`);
        return hosting.listSessions(page);
      },
      status: () =>
        runtimeStatus(this.#options, this.#sessions, {
          runtimeId: this.runtimeId,
          uptimeMs: Math.round(clock.monotonic() - this.#startedAt),
          clients: this.#connections.size,
        }),
      retire: async (force) => this.#retire(force),
      listen: (params) => this.#listen(params),
      stopProcess: (processId, options) => stopProcess(pool, this.#sessions, processId, options),
    });
    return {
      journal,
      handlers,
      documents: this.#documents,
      log,
      redactError: (error) => this.#options.secrets?.redactError(error) ?? error,
      recovered: this.#recovered.promise,
      hello: (agents) => ({
        buildId,
        pid: process.pid,
        runtimeId: this.runtimeId,
        home,
        agentProblems: definitions.list(agents).problems,
      }),
      onReady: (connection) => {
        if (connection.feed !== undefined) this.#feed.add(connection.feed);
        if (connection.windowFolders !== undefined && connection.wantsSummaries)
          this.#notifier.opened(connection, connection.windowFolders);
        setImmediate(() => connection.notify('runtime/state', this.#currentState()));
      },
      onFolders: (connection) => this.#notifier.moved(connection, connection.windowFolders ?? []),
      onFocus: (connection, focused) => this.#notifier.focused(connection, focused),
      onClosed: (connection) => {
        this.#connections.delete(connection);
        this.#notifier.closed(connection);
        if (connection.feed !== undefined) this.#feed.remove(connection.feed);
      },
    };
  }

  #isAttended(sessionId: SessionId, except: string | undefined): boolean {
    return [...this.#connections].some(
      ({ feed, client }) => feed?.isAttached(sessionId) === true && client !== except,
    );
  }

  /** What connected clients define: where values of a session's agent may be found again after a restart. */
  #agentsOfClients(): Readonly<Record<string, unknown>> {
    return Object.assign({}, ...[...this.#connections].map(({ agents }) => agents)) as Readonly<
      Record<string, unknown>
    >;
  }

  #refuseNewWork(): void {
    if (this.#state === 'retiring')
      throw new HoldfastError('retiring', 'the runtime is stopping; try again in a moment');
    const { state } = this.#options.journal;
    if (state.storage === 'failed') {
      throw new HoldfastError(
        'storageFailed',
        `the journal cannot be written: ${state.reason}; free space or fix it, and try again`,
      );
    }
  }

  #retire(force: boolean): Result<'runtime/retire'> {
    if (!force && this.#sessions.isBusy)
      return { retiring: false, reason: 'sessions are running or waiting' };
    if (!force && this.#options.catalogue.isBusy)
      return { retiring: false, reason: 'an agent is being installed' };
    // The answer goes out first.
    setImmediate(() => this.#options.onRetired(force ? 'it was told to stop' : 'it was asked to retire'));
    return { retiring: true };
  }

  async #listen(params: Params<'runtime/listen'>): Promise<Disposable & { readonly url: string }> {
    const { listen } = this.#options;
    if (listen === undefined) throw new HoldfastError('unsupported', 'this runtime cannot listen on a port');
    return listen(params, (socket) => this.accept(socket, { isRemote: true }));
  }

  /** Law 9: while storage fails, agents are not read. Who is cancelled in the meantime is heard all the same. */
  #storageChanged(): void {
    const isFailed = this.#options.journal.state.storage === 'failed';
    for (const process of this.#options.pool.processes) {
      if (isFailed) process.pause?.();
      else process.resume?.();
    }
    for (const session of this.#sessions.live) session.storageChanged();
    this.#stateChanged();
  }

  #currentState(): State {
    const { state } = this.#options.journal;
    return { state: this.#state, ...state };
  }

  #stateChanged(): void {
    for (const connection of this.#connections) connection.notify('runtime/state', this.#currentState());
  }

  /** Tells every client that asked for it; what is news to a person goes to one window as such (U4). */
  #tellSummaries(summaries: readonly Summary[]): void {
    const news = this.#notifier.share(summaries);
    for (const connection of this.#connections) {
      if (!connection.wantsSummaries) continue;
      const own = news.get(connection);
      const tell = (part: readonly Summary[], notify: boolean): void => {
        if (part.length > 0)
          connection.notify('session/summaries', { summaries: [...part], removed: [], notify });
      };
      tell(own === undefined ? summaries : summaries.filter(({ sessionId }) => !own.has(sessionId)), false);
      if (own !== undefined)
        tell(
          summaries.filter(({ sessionId }) => own.has(sessionId)),
          true,
        );
    }
  }

  #releaseRegularly(): Disposable {
    return this.#options.clock.after(RELEASE_MS, () => {
      this.#sessions.releaseUnused((sessionId) => this.#feed.isWatched(sessionId));
      this.#release = this.#releaseRegularly();
    });
  }
}
