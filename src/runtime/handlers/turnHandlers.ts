import type { turnMethods } from '../../protocol/methods/turnMethods.ts';
import { addressing, by } from './addressing.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests that act in a session: turns, answers, settings, its end. */
export function turnHandlers(parts: HandlerParts): Handlers<keyof typeof turnMethods> {
  const { sessions, idempotency } = parts;
  const addressed = addressing(sessions);
  return {
    'session/prompt': (params, caller) =>
      idempotency.run(params.commandId, 'session/prompt', () => {
        parts.refuseNewWork();
        const session = addressed(params.sessionId, caller);
        const { content, mode, origin } = params;
        session.declareArtifacts(params, by(caller, params));
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
  };
}
