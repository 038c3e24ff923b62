import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Failure } from '../protocol/sessionState.ts';
import type { AgentExit } from './agent/agent.ts';
import { endOf } from './agent/agentFailures.ts';

/** What was thrown, as the failure that an event carries. An unknown throw keeps its words only. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof HoldfastError)) return { kind: 'internalError', message: errorText(error) };
  const { exitCode, signal, stderrTail } = error.details;
  return {
    kind: error.kind,
    message: error.message,
    ...(typeof exitCode === 'number' || exitCode === null ? { exitCode } : {}),
    ...(typeof signal === 'string' ? { signal } : {}),
    ...(typeof stderrTail === 'string' && stderrTail !== '' ? { stderrTail } : {}),
  };
}

/** An agent process that ended unasked, in words for a person. */
export function exitFailure(agent: string, exit: AgentExit): Failure {
  const last = exit.stderrTail.trim().split('\n').slice(-3).join('\n');
  return {
    kind: 'agentFailed',
    message: `${agent} ${endOf(exit)}${last === '' ? '' : `: ${last}`}. The next prompt starts it again.`,
    exitCode: exit.exitCode,
    signal: exit.signal,
    stderrTail: exit.stderrTail,
  };
}
