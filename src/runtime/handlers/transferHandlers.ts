import type { transferMethods } from '../../protocol/methods/transferMethods.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Envelope } from '../../protocol/events.ts';
import type { CommandId } from '../../protocol/ids.ts';
import { Imports } from '../imports.ts';
import { addressing } from './addressing.ts';
import type { Cancellation, HandlerParts, Handlers } from './handlerParts.ts';

/** What a page of envelopes weighs at most, in bytes of JSON; one envelope alone may weigh more. */
const PAGE_BYTES = 256 * 1024;

/** Answers requests that read whole sessions and take them in. */
export function transferHandlers(parts: HandlerParts): Handlers<keyof typeof transferMethods> {
  const { journal, sessions, idempotency, clock, temporary } = parts;
  const addressed = addressing(sessions);
  /** All who ask for a page that is being taken: one that was sent again after a lost connection is taken back by who did. */
  const asking = new Map<CommandId, Cancellation[]>();
  const imports = new Imports({ journal, clock, temporary, resolveAgent: parts.resolveAgent });
  return {
    'session/export': ({ sessionId, cursor, limit }, caller) => {
      const session = addressed(sessionId, caller);
      if (cursor !== undefined && cursor.journal !== session.journal) {
        const words = `the events of session ${session.sessionId} were numbered anew; read them from the first one`;
        throw new HoldfastError('interrupted', words, { sessionId: session.sessionId });
      }
      const after = cursor?.seq ?? 0;
      const rows = journal.read(session.sessionId, after, { maxEvents: limit, maxBytes: PAGE_BYTES });
      const seq = rows.at(-1)?.seq ?? after;
      return {
        sessionId: session.sessionId,
        cursor: { journal: session.journal, seq },
        // Written by this runtime: read again only by whoever asked.
        envelopes: rows.map(({ json }) => JSON.parse(json) as Envelope),
        more:
          rows.length > 0 && journal.read(session.sessionId, seq, { maxEvents: 1, maxBytes: 1 }).length > 0,
      };
    },

    'session/import': async (params, { agents }, cancellation) => {
      const { commandId } = params;
      const asked = asking.get(commandId) ?? [];
      asked.push(cancellation);
      asking.set(commandId, asked);
      const isCancelled = (): boolean => asked.some((each) => each.isCancellationRequested);
      try {
        return await idempotency.run(commandId, 'session/import', async () => {
          parts.refuseNewWork();
          return { kept: await imports.take(params, { agents, isCancelled }) };
        });
      } finally {
        asking.delete(commandId);
      }
    },
  };
}
