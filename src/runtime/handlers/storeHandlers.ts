import { summaryOf } from '../../protocol/summary.ts';
import type { storeMethods } from '../../protocol/methods/storeMethods.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { addressing, by } from './addressing.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests for what the journal holds, and for removing it. */
export function storeHandlers(parts: HandlerParts): Handlers<keyof typeof storeMethods> {
  const { journal, sessions, idempotency, retention } = parts;
  const addressed = addressing(sessions);
  return {
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

    'session/get': ({ sessionId }, caller) => {
      const id = sessionId ?? addressed(sessionId, caller).sessionId;
      const stored = journal.head(id);
      if (stored === undefined)
        throw new HoldfastError('sessionNotFound', `there is no session ${id}`, { sessionId: id });
      return { sessionId: id, cursor: { journal: stored.journal, seq: stored.head.seq }, head: stored.head };
    },

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

    'session/delete': (params, caller) =>
      idempotency.run(params.commandId, 'session/delete', async () => {
        const { sessionId, force, commandId } = params;
        const kept = { sessionId };
        const asked = { commandId, method: 'session/delete', result: kept };
        await retention.delete(sessionId, { force, by: by(caller, params), asked });
        return { kept, isStored: true };
      }),

    'session/prune': (params, caller) =>
      idempotency.run(params.commandId, 'session/prune', async () => ({
        kept: await retention.prune(params, by(caller, params)),
      })),
  };
}
