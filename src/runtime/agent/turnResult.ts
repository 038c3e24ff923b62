import { HoldfastError } from '../../protocol/errors.ts';
import type { TurnResult } from './agent.ts';
import { loose, textOf, type Loose } from './loose.ts';

/**
 * How an agent's answer to a prompt ends the turn. Throws `badAnswer` when it does not say how. `name` is the agent's.
 */
export function turnResultOf(answer: Loose, name: string): TurnResult {
  const stopReason = textOf(answer['stopReason']);
  switch (stopReason) {
    case undefined:
      throw new HoldfastError('badAnswer', `${name} ended the turn without saying how.`, { answer });
    case 'cancelled':
      return { outcome: 'cancelled', stopReason };
    case 'refusal':
      return {
        outcome: 'refused',
        stopReason,
        failure: { kind: 'refused', message: `${name} refused to go on.` },
      };
    case 'error': {
      const { error } = answer;
      const words = textOf(answer['message']) ?? textOf(error) ?? textOf(loose(error)['message']);
      const message =
        words === undefined ? `${name} ended the turn with an error.` : `${name} failed: ${words}`;
      return { outcome: 'failed', stopReason, failure: { kind: 'agentFailed', message } };
    }
    default:
      // `max_tokens`, `max_turn_requests` and what future agents say: the turn is over, and says why.
      return { outcome: 'completed', stopReason };
  }
}
