import { HoldfastError } from '../../protocol/errors.ts';
import type { ruleMethods } from '../../protocol/methods/ruleMethods.ts';
import type { Rule } from '../../protocol/permission.ts';
import { ruleText } from '../../protocol/ruleText.ts';
import { by } from './addressing.ts';
import { audited } from './audited.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests about permission rules (W5). */
export function ruleHandlers(parts: HandlerParts): Handlers<keyof typeof ruleMethods> {
  const { sessions, rules, idempotency, log } = parts;
  const shown = (rule: Rule) => ({ ...rule, text: ruleText(rule) });
  return {
    'rule/list': ({ sessionId }) => {
      const own = sessionId === undefined ? [] : (sessions.get(sessionId).head.rules ?? []);
      const stored = rules.read();
      return {
        rules: [...own, ...stored.rules].map(shown),
        ...(stored.problem !== undefined && { problem: stored.problem }),
      };
    },

    'rule/revoke': (params, caller) =>
      idempotency.run(params.commandId, 'rule/revoke', () => {
        const { ruleId, sessionId } = params;
        const origin = by(caller, params);
        if (sessionId !== undefined) {
          const session = sessions.get(sessionId);
          audited(session, 'rule/revoke', origin, () => session.revokeRule(ruleId, origin));
          return { kept: { ruleId } };
        }
        const removed = rules.remove(ruleId);
        if (removed === undefined)
          throw new HoldfastError('ruleNotFound', `there is no stored permission rule ${ruleId}`, { ruleId });
        // It belongs to no session, so no journal has it.
        log.info(`${origin.name} revoked the permission rule ${ruleId}: ${ruleText(removed)}`);
        return { kept: { ruleId } };
      }),
  };
}
