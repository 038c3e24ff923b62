import type { openingMethods } from '../../protocol/methods/openingMethods.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { by } from './addressing.ts';
import { attachTo, type Start } from './attachTo.ts';
import type { Session } from '../session.ts';
import type { Attached } from '../../protocol/methods.ts';
import type { Caller, HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests that open, attach and leave sessions (law 3, law 6). */
export function openingHandlers(parts: HandlerParts): Handlers<keyof typeof openingMethods> {
  const { journal, sessions, idempotency } = parts;
  const attach = (session: Session, start: Start, caller: Caller): Attached => {
    caller.currentSession ??= session.sessionId;
    return attachTo(journal, session, start, caller.feed);
  };
  return {
    'session/create': async (params, caller) => {
      await parts.lookFor(params.agent, caller.agents);
      const { sessionId } = await idempotency.run(params.commandId, 'session/create', () => {
        parts.refuseNewWork();
        refuseGivenId(params.sessionId, caller);
        const agent = parts.resolveAgent(params.agent, caller.agents);
        if (params.agentSessionId !== undefined && agent.record.kind === 'shell')
          throw new HoldfastError('unsupported', `${agent.record.name} keeps no conversations of its own.`);
        const session = sessions.create(params, agent, by(caller, params));
        if (params.openId !== undefined) caller.announce(params.openId, session.sessionId);
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
        refuseGivenId(params.newSessionId, caller);
        const session = sessions.fork(params, by(caller, params));
        if (params.openId !== undefined) caller.announce(params.openId, session.sessionId);
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
          // Others are attached all the same: a client that reconnects asks for all that it has.
          if (error instanceof HoldfastError)
            return { sessionId, error: { kind: error.kind, message: error.message } };
          parts.log.error(`session ${sessionId} could not be attached`, error);
          const message = `session ${sessionId} cannot be read; the runtime’s log has the details`;
          return { sessionId, error: { kind: 'internalError', message } };
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
  };
}

/** Over a port ids are assigned here, so that two machines' ids never meet (O7). */
function refuseGivenId(sessionId: SessionId | undefined, { isRemote }: Caller): void {
  if (!isRemote || sessionId === undefined) return;
  throw new HoldfastError(
    'hostAssignsIds',
    'this host assigns the ids of its sessions: leave the id out, and read it from the answer',
    { sessionId },
  );
}
