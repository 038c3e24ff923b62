import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { JournalId, ProcessId, SessionId } from '../protocol/ids.ts';
import type { Attached, Cursor, Method, Params, Result } from '../protocol/methods.ts';
import { summaryOf } from '../protocol/summary.ts';
import type { ResolvedAgent } from './agent/agent.ts';
import type { ClientFeed } from './feed.ts';
import type { Idempotency } from './idempotency.ts';
import type { Journal } from './journal/journal.ts';
import type { Retention } from './retention.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** The connection that a request came on, as far as a handler needs it. */
export interface Caller {
  readonly by: By;
  readonly feed: ClientFeed;
  /** P3: what an absent `sessionId` means on this connection. */
  currentSession: SessionId | undefined;
  /** Agent definitions from the client's settings. */
  readonly agents: Readonly<Record<string, unknown>>;
}

/** What handlers work with. */
export interface HandlerParts {
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
  readonly retention: Retention;
  /** Throws when nothing new may begin: while storage fails, recovery runs or the runtime retires. */
  refuseNewWork(): void;
  resolveAgent(id: string | undefined, clientAgents: Readonly<Record<string, unknown>>): ResolvedAgent;
  listAgents(clientAgents: Readonly<Record<string, unknown>>): Result<'agent/list'>;
  status(): Promise<Result<'runtime/status'>>;
  retire(force: boolean): Promise<Result<'runtime/retire'>>;
  /** Throws `processNotFound`, or `sessionBusy` unless forced. Gives the sessions that were on it. */
  stopProcess(
    processId: ProcessId,
    options: { readonly force: boolean; readonly by: By },
  ): Promise<SessionId[]>;
}

/** One function a request; a missing one does not compile. */
export type Handlers = {
  readonly [M in Method]: (params: Params<M>, caller: Caller) => Result<M> | Promise<Result<M>>;
};

/** Rows given with a snapshot when a client's cursor cannot be served. */
const SNAPSHOT_ROWS = 200;

export function createHandlers(parts: HandlerParts): Handlers {
  const { journal, sessions, idempotency, retention } = parts;

  const addressed = (sessionId: SessionId | undefined, caller: Caller): Session => {
    const id = sessionId ?? caller.currentSession;
    if (id === undefined) {
      throw new HoldfastError(
        'noCurrentSession',
        'no sessionId was given and this connection has no current session; open one or switch to one',
      );
    }
    return sessions.get(id);
  };

  const attach = (session: Session, start: Start, caller: Caller): Attached => {
    caller.currentSession ??= session.sessionId;
    return attachTo(journal, session, start, caller.feed);
  };

  return {
    'runtime/status': () => parts.status(),
    'runtime/retire': ({ force }) => parts.retire(force),
    'runtime/stopProcess': (params, caller) =>
      idempotency.run(params.commandId, 'runtime/stopProcess', async () => {
        const { processId, force } = params;
        const stopped = await parts.stopProcess(processId, { force, by: by(caller, params) });
        return { kept: { processId, sessions: stopped } };
      }),
    'agent/list': (_, caller) => parts.listAgents(caller.agents),

    'session/create': async (params, caller) => {
      const { sessionId } = await idempotency.run(params.commandId, 'session/create', () => {
        parts.refuseNewWork();
        const agent = parts.resolveAgent(params.agent, caller.agents);
        const session = sessions.create(params, agent, by(caller, params));
        caller.currentSession ??= session.sessionId;
        caller.feed.attach(session.sessionId, 0);
        return { kept: { sessionId: session.sessionId } };
      });
      const session = sessions.get(sessionId);
      if (!caller.feed.isAttached(sessionId)) caller.feed.attach(sessionId, 0);
      return { sessionId, cursor: { journal: session.journal, seq: 0 }, head: session.head };
    },

    'session/resume': async (params, caller) => {
      await idempotency.run(params.commandId, 'session/resume', () => {
        const session = sessions.get(params.sessionId);
        if (session.head.ended) parts.refuseNewWork();
        session.resume(by(caller, params), params);
        return { kept: { sessionId: session.sessionId } };
      });
      return attach(sessions.get(params.sessionId), params, caller);
    },

    'session/fork': async (params, caller) => {
      const { sessionId } = await idempotency.run(params.commandId, 'session/fork', () => {
        parts.refuseNewWork();
        const session = sessions.fork(params, by(caller, params));
        caller.feed.attach(session.sessionId, 0);
        return { kept: { sessionId: session.sessionId } };
      });
      const session = sessions.get(sessionId);
      if (!caller.feed.isAttached(sessionId)) caller.feed.attach(sessionId, 0);
      return { sessionId, cursor: { journal: session.journal, seq: 0 }, head: session.head };
    },

    'session/attach': ({ sessions: wanted }, caller) => ({
      sessions: wanted.map(({ sessionId, ...start }) => {
        try {
          return attach(sessions.get(sessionId), start, caller);
        } catch (error) {
          if (!(error instanceof HoldfastError)) throw error;
          return { sessionId, error: { kind: error.kind, message: error.message } };
        }
      }),
    }),

    'session/leave': ({ sessionId }, caller) => {
      caller.feed.leave(sessionId);
      return {};
    },

    'session/switch': ({ sessionId }, caller) => {
      caller.currentSession = sessions.get(sessionId).sessionId;
      return { sessionId };
    },

    'session/history': ({ sessionId, before, limit }, caller) => {
      const session = addressed(sessionId, caller);
      const { items, more, seq } = journal.items(session.sessionId, { before, limit });
      return {
        sessionId: session.sessionId,
        items: [...items],
        more,
        cursor: { journal: session.journal, seq },
      };
    },

    'session/list': ({ after, limit, ...filter }) => {
      const { heads, next } = journal.heads(filter, { limit, after });
      return { sessions: heads.map(({ head, journal: lineage }) => summaryOf(head, lineage)), next };
    },

    'session/get': ({ sessionId }, caller) => {
      const id = sessionId ?? addressed(sessionId, caller).sessionId;
      const stored = journal.head(id);
      if (stored === undefined)
        throw new HoldfastError('sessionNotFound', `there is no session ${id}`, { sessionId: id });
      return { sessionId: id, cursor: { journal: stored.journal, seq: stored.head.seq }, head: stored.head };
    },

    'session/prompt': (params, caller) =>
      idempotency.run(params.commandId, 'session/prompt', () => {
        parts.refuseNewWork();
        const session = addressed(params.sessionId, caller);
        const { content, mode, origin } = params;
        const accepted = session.accept(
          { kind: 'prompt', content },
          { by: by(caller, params), mode, origin },
        );
        return { kept: { sessionId: session.sessionId, ...accepted } };
      }),

    'session/command': (params, caller) =>
      idempotency.run(params.commandId, 'session/command', () => {
        parts.refuseNewWork();
        const session = addressed(params.sessionId, caller);
        const { command, cwd, env, timeoutMs } = params;
        const work = { kind: 'command' as const, spec: { command, cwd, env, timeoutMs } };
        const accepted = session.accept(work, { by: by(caller, params), mode: 'queue', origin: 'person' });
        return { kept: { sessionId: session.sessionId, ...accepted } };
      }),

    'session/cancel': (params, caller) =>
      idempotency.run(params.commandId, 'session/cancel', () => {
        const session = addressed(params.sessionId, caller);
        const turnId = session.cancel(params.turnId, by(caller, params));
        return { kept: { sessionId: session.sessionId, turnId, cancelled: turnId !== undefined } };
      }),

    'session/answer': async (params, caller) => {
      const { sessionId, interactionId } = params;
      const origin = by(caller, params);
      const settlement = await idempotency.run(params.commandId, 'session/answer', () => {
        const session = sessions.get(sessionId);
        return { kept: session.answer(interactionId, params.answer, origin) };
      });
      return { sessionId, interactionId, settlement, by: origin };
    },

    'session/configure': async (params, caller) => {
      const { sessionId } = await idempotency.run(params.commandId, 'session/configure', async () => {
        const session = addressed(params.sessionId, caller);
        await session.configure(params, by(caller, params));
        return { kept: { sessionId: session.sessionId } };
      });
      return { sessionId, head: sessions.get(sessionId).head };
    },

    'session/end': (params, caller) =>
      idempotency.run(params.commandId, 'session/end', async () => {
        const session = sessions.get(params.sessionId);
        await session.end({ force: params.force, reason: 'ended by request', by: by(caller, params) });
        return { kept: { sessionId: session.sessionId } };
      }),

    'blob/read': ({ sessionId, sha256, offset, length }, caller) => {
      const id = sessionId ?? addressed(sessionId, caller).sessionId;
      const part = journal.holdsBlob(id, sha256) ? journal.readBlob(sha256, { offset, length }) : undefined;
      if (part === undefined) {
        throw new HoldfastError('blobNotFound', `session ${id} refers to no blob ${sha256}`, {
          sessionId: id,
          sha256,
        });
      }
      return {
        sessionId: id,
        sha256,
        offset,
        size: part.size,
        data: Buffer.from(part.bytes).toString('base64'),
      };
    },

    'session/search': async ({ query, limit, after, sessionId }) => {
      if (sessionId !== undefined) sessions.get(sessionId);
      const { hits, next, indexing } = await journal.search({
        query,
        limit,
        after: Number(after ?? 0),
        sessionId,
      });
      const shown = hits.flatMap(({ matches, ...hit }) => {
        const title = journal.head(hit.sessionId)?.head.title;
        return title === undefined
          ? []
          : [
              {
                ...hit,
                title,
                matches: matches.map(([start, length]) => [start, length] as [number, number]),
              },
            ];
      });
      return { hits: shown, indexing, ...(next !== undefined && { next: String(next) }) };
    },

    'session/delete': (params, caller) =>
      idempotency.run(params.commandId, 'session/delete', async () => {
        const { sessionId, force } = params;
        await retention.delete(sessionId, { force, by: by(caller, params) });
        return { kept: { sessionId } };
      }),

    'session/prune': (params, caller) =>
      idempotency.run(params.commandId, 'session/prune', async () => ({
        kept: await retention.prune(params, by(caller, params)),
      })),
  };
}

interface Start {
  readonly cursor?: Cursor | undefined;
  readonly tail?: number | undefined;
}

/**
 * Attaches a client's feed in one synchronous step (law 6). A cursor of another lineage, or one beyond the end, cannot be
 * served: the answer is `reset` with a snapshot.
 */
function attachTo(journal: Journal, session: Session, start: Start, feed: ClientFeed): Attached {
  const { sessionId, journal: lineage } = session;
  const { cursor, tail } = start;
  const stored = journal.head(sessionId);
  const head = stored?.head ?? session.head;
  const lost = cursor !== undefined && (cursor.journal !== lineage || cursor.seq > head.seq);
  if (!lost && tail === undefined) {
    const seq = cursor?.seq ?? 0;
    feed.attach(sessionId, seq);
    return { sessionId, cursor: at(lineage, seq), head, reset: false };
  }
  const { items, more, seq } = journal.items(sessionId, {
    limit: tail === undefined || tail === 0 ? SNAPSHOT_ROWS : tail,
  });
  feed.attach(sessionId, seq);
  const rows = tail === 0 && !lost ? [] : [...items];
  return {
    sessionId,
    cursor: at(lineage, seq),
    head,
    reset: lost,
    items: rows,
    more: more || rows.length < items.length,
  };
}

const at = (journal: JournalId, seq: number): Cursor => ({ journal, seq });

const by = (caller: Caller, { commandId }: { readonly commandId: By['commandId'] }): By => ({
  ...caller.by,
  commandId,
});
