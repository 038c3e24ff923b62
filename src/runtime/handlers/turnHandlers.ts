import type { turnMethods } from '../../protocol/methods/turnMethods.ts';
import { addressing, by } from './addressing.ts';
import { audited } from './audited.ts';
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
        const {
          content,
          mode,
          origin,
          deadlineMs,
          waitLimitMs,
          unattended,
          downloads,
          before,
          after,
          until,
        } = params;
        const plan = { deadlineMs, waitLimitMs, unattended, downloads, before, after, until };
        const { steered, ...accepted } = session.accept(
          { kind: 'prompt', content, plan },
          { by: by(caller, params), mode, origin, artifacts: params },
        );
        const told = mode === 'steer' ? { steered } : {};
        return { kept: { sessionId: session.sessionId, ...accepted, ...told } };
      }),

    'session/command': (params, caller) =>
      idempotency.run(params.commandId, 'session/command', () => {
        parts.refuseNewWork();
        const session = addressed(params.sessionId, caller);
        const { command, cwd, env, timeoutMs, deadlineMs, waitLimitMs } = params;
        const work = {
          kind: 'command' as const,
          spec: { command, cwd, env, timeoutMs },
          plan: { deadlineMs, waitLimitMs },
        };
        const { turnId, queued } = session.accept(work, {
          by: by(caller, params),
          mode: 'queue',
          origin: 'person',
        });
        return { kept: { sessionId: session.sessionId, turnId, queued } };
      }),

    'session/cancel': (params, caller) =>
      idempotency.run(params.commandId, 'session/cancel', () => {
        const session = addressed(params.sessionId, caller);
        const origin = by(caller, params);
        const turnId = session.cancel(params.turnId, origin);
        if (turnId === undefined) session.audit.taken('session/cancel', origin, 'nothing');
        return { kept: { sessionId: session.sessionId, turnId, cancelled: turnId !== undefined } };
      }),

    'session/queue': (params, caller) =>
      idempotency.run(params.commandId, 'session/queue', () => {
        const session = addressed(params.sessionId, caller);
        const { action } = params;
        const origin = by(caller, params);
        const queue = audited(session, 'session/queue', origin, () => {
          // To change what will be done is new work; to take it away always works (law 9).
          if (action.kind === 'edit' || action.kind === 'move') parts.refuseNewWork();
          return session.queue(action, origin);
        });
        return { kept: { sessionId: session.sessionId, queue: [...queue] } };
      }),

    'session/answer': async (params, caller) => {
      const { sessionId, interactionId, answer, saveRule } = params;
      const origin = by(caller, params);
      const answered = await idempotency.run(params.commandId, 'session/answer', () => {
        const session = sessions.get(sessionId);
        return {
          kept: audited(session, 'session/answer', origin, () =>
            session.answer(interactionId, answer, { by: origin, saveRule }),
          ),
        };
      });
      return { sessionId, interactionId, ...answered, by: origin };
    },

    'session/configure': async (params, caller) => {
      const { sessionId } = await idempotency.run(params.commandId, 'session/configure', async () => {
        const session = addressed(params.sessionId, caller);
        const origin = by(caller, params);
        await audited(session, 'session/configure', origin, () => session.configure(params, origin));
        return { kept: { sessionId: session.sessionId } };
      });
      return { sessionId, head: sessions.get(sessionId).head };
    },

    'session/end': (params, caller) =>
      idempotency.run(params.commandId, 'session/end', async () => {
        const session = sessions.get(params.sessionId);
        const origin = by(caller, params);
        await audited(session, 'session/end', origin, () =>
          session.end({ force: params.force, reason: 'ended by request', by: origin }),
        );
        return { kept: { sessionId: session.sessionId } };
      }),
  };
}
