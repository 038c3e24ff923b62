import { HoldfastError } from '../../protocol/errors.ts';
import type { By } from '../../protocol/events.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import type { Caller } from './handlerParts.ts';

/** Finds the session that a request means: the one place where an absent `sessionId` is resolved (P3). */
export const addressing =
  (sessions: Sessions) =>
  (sessionId: SessionId | undefined, caller: Caller): Session => {
    const id = sessionId ?? caller.currentSession;
    if (id === undefined) {
      throw new HoldfastError(
        'noCurrentSession',
        'no sessionId was given and this connection has no current session; open one or switch to one',
      );
    }
    return sessions.get(id);
  };

/** Who caused what a request does, and with which command. */
export const by = (caller: Caller, { commandId }: { readonly commandId: By['commandId'] }): By => ({
  ...caller.by,
  commandId,
});
