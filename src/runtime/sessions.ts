import { statSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import { newSessionId, type SessionId } from '../protocol/ids.ts';
import type { Params } from '../protocol/methods.ts';
import type { ResolvedAgent } from './agent/agent.ts';
import { isUnreadable } from './journal/database.ts';
import type { CommandResult, Journal } from './journal/journal.ts';
import { Session } from './session.ts';
import type { SessionParts } from './sessionParts.ts';
import { stored } from './stored.ts';
import { checkArtifacts } from './work/artifacts.ts';

/** How a session is deleted, and for whom. */
export interface Deletion {
  /** Whether also while it works, which is cancelled then. */
  readonly force: boolean;
  readonly by: By;
  /** What is answered to the command that asked for this one alone: a resend finds either the session or the answer (law 4). */
  readonly asked?: CommandResult | undefined;
}

/**
 * All sessions of a runtime, made when they are first needed and kept while something about them is live. The journal
 * knows them all; this knows those in memory. Owned by the runtime.
 */
export class Sessions {
  readonly #journal: Journal;
  readonly #parts: SessionParts;
  readonly #live = new Map<SessionId, Session>();
  /** Being deleted: nobody gets hold of them any more. */
  readonly #deleting = new Set<SessionId>();

  constructor(journal: Journal, parts: SessionParts) {
    this.#journal = journal;
    this.#parts = parts;
  }

  get live(): Iterable<Session> {
    return this.#live.values();
  }

  /** A session by its id; throws `sessionNotFound`. */
  get(sessionId: SessionId): Session {
    if (this.#deleting.has(sessionId)) {
      throw new HoldfastError('sessionNotFound', `session ${sessionId} is being deleted`, { sessionId });
    }
    const live = this.#live.get(sessionId);
    if (live !== undefined) return live;
    const log = this.#journal.log(sessionId);
    if (log?.head === undefined) {
      throw new HoldfastError('sessionNotFound', `there is no session ${sessionId}`, { sessionId });
    }
    return this.#keep(new Session(this.#parts, log, {}));
  }

  /** Whether a session exists, in memory or in the journal. */
  has(sessionId: SessionId): boolean {
    return this.#live.has(sessionId) || this.#journal.head(sessionId) !== undefined;
  }

  /**
   * Creates a session and records its start. An id whose open was given up is opened again, with the journal it has (law 3).
   * Throws `sessionExists`, `cwdMissing` or `cwdUnusable` before anything is written.
   */
  create(params: Params<'session/create'>, agent: ResolvedAgent, by: By): Session {
    const sessionId = params.sessionId ?? newSessionId();
    if (this.#deleting.has(sessionId)) {
      throw new HoldfastError(
        'sessionExists',
        `session ${sessionId} is being deleted; try again in a moment`,
        { sessionId },
      );
    }
    if (this.has(sessionId)) {
      const existing = this.get(sessionId);
      if (wasGivenUp(existing, params, agent, by)) {
        existing.reopen({ by, env: params.env, reason: 'its first open was given up' });
        return existing;
      }
      throw new HoldfastError('sessionExists', `session ${sessionId} already exists; resume it instead`, {
        sessionId,
      });
    }
    checkCwd(params.cwd);
    checkArtifacts(params, [params.cwd, ...(params.additionalDirectories ?? [])]);
    const { env, mcpServers, secrets } = params;
    const values = { agent, env, mcpServers, secrets };
    const session = new Session(this.#parts, this.#journal.create(sessionId), values);
    this.#keep(session);
    session.start(params, agent.record, by);
    return session;
  }

  /**
   * Creates a session that goes on from another one (A2). Throws `sessionNotFound`, `sessionExists`, `cwdMissing`, or
   * `agentStartFailed` when values of the other's environment are lost.
   */
  fork(
    { sessionId: from, newSessionId: sessionId = newSessionId(), title, mcpServers }: Params<'session/fork'>,
    by: By,
  ): Session {
    const source = this.get(from);
    if (this.#deleting.has(sessionId) || this.has(sessionId))
      throw new HoldfastError('sessionExists', `session ${sessionId} already exists`, { sessionId });
    const { cwd, additionalDirectories, agentSessionId, title: name } = source.head;
    checkCwd(cwd);
    const inherited = source.forFork();
    const values = { ...inherited, mcpServers: { ...inherited.mcpServers, ...mcpServers } };
    const { record } = values.agent ?? { record: source.head.agent };
    const session = new Session(this.#parts, this.#journal.create(sessionId), values);
    this.#keep(session);
    const forkedFrom = { sessionId: from, ...(agentSessionId !== undefined && { agentSessionId }) };
    const { permissionMode, waitLimitMs } = source.head;
    const details = {
      cwd,
      additionalDirectories: [...additionalDirectories],
      title: title ?? `${name} (fork)`,
      forkedFrom,
      permissionMode,
      waitLimitMs: waitLimitMs || undefined,
    };
    session.start(details, record, by);
    return session;
  }

  /**
   * Ends a session and removes its journal; one whose journal is too damaged to be opened has nothing to end. Throws
   * `sessionNotFound`, `sessionBusy` unless forced, `storageFailed`.
   */
  async delete(sessionId: SessionId, { force, by, asked }: Deletion): Promise<void> {
    const session = this.#unlessDamaged(sessionId);
    if (session === undefined) return void this.#journal.delete(sessionId, asked);
    const isOpening = session.head.phase === 'opening';
    if (isOpening && !force) {
      throw new HoldfastError(
        'sessionBusy',
        `“${session.head.title}” is just being opened; delete it with force`,
        { sessionId },
      );
    }
    this.#deleting.add(sessionId);
    try {
      await session.end({ force, reason: 'deleted', by, forget: true });
      // Its end is told before it is gone; where it cannot be stored, the deletion fails below and says why.
      await this.#stored(session);
      this.#live.delete(sessionId);
      this.#journal.delete(sessionId, asked);
    } finally {
      this.#deleting.delete(sessionId);
    }
  }

  /** Lets go of sessions that nothing holds in memory any more. */
  releaseUnused(isWatched: (sessionId: SessionId) => boolean): void {
    for (const [sessionId, session] of this.#live) {
      if (!session.isForgettable || isWatched(sessionId)) continue;
      this.#live.delete(sessionId);
      this.#journal.release(sessionId);
    }
  }

  /** Whether anything runs, waits for a person or is queued: what keeps a runtime alive. */
  get isBusy(): boolean {
    for (const session of this.#live.values()) {
      const { phase } = session.head;
      if (phase === 'running' || phase === 'waiting') return true;
      if (session.head.queue.length > 0 && phase !== 'detached') return true;
    }
    return false;
  }

  /** Lets go of all agents, because the runtime stops. What cannot be stored now is settled by the next runtime's recovery. */
  async dispose(reason: string): Promise<void> {
    const leave = async (session: Session): Promise<void> => {
      await session.dispose(reason);
      await this.#stored(session);
    };
    await Promise.all([...this.#live.values()].map(leave));
  }

  /** As `get`, and `undefined` for one that is damaged. */
  #unlessDamaged(sessionId: SessionId): Session | undefined {
    try {
      return this.get(sessionId);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return undefined;
    }
  }

  #stored(session: Session): Promise<void> {
    return stored(this.#journal, () => session.committed());
  }

  #keep(session: Session): Session {
    this.#live.set(session.sessionId, session);
    return session;
  }
}

/**
 * Whether a create for an existing id goes on with an open that its client gave up: only that client asks for what it
 * asked for before, and nothing has been done with the session yet.
 */
function wasGivenUp(
  { head }: Session,
  { cwd }: Params<'session/create'>,
  { record }: ResolvedAgent,
  by: By,
): boolean {
  const untouched = head.turnCount === 0 && head.queue.length === 0;
  return untouched && head.createdBy === by.client && head.cwd === cwd && head.agent.id === record.id;
}

function checkCwd(cwd: string): void {
  if (!path.isAbsolute(cwd)) {
    throw new HoldfastError('cwdUnusable', `the working directory must be an absolute path, not ${cwd}`, {
      path: cwd,
    });
  }
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new HoldfastError('cwdMissing', `the working directory ${cwd} does not exist`, { path: cwd });
  }
  if (!stat.isDirectory()) {
    throw new HoldfastError('cwdUnusable', `the working directory ${cwd} is not a folder`, { path: cwd });
  }
}
