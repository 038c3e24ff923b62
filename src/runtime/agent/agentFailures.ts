import { RequestError } from '@agentclientprotocol/sdk';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { AgentExit, ResolvedAgent } from './agent.ts';
import { loose, textOf } from './loose.ts';
import { missingProgram } from './quirks/missingPrograms.ts';

/** A program that the system would not run at all, with what helps. */
export function notStarted({ record }: ResolvedAgent, error: unknown): HoldfastError {
  const { name, command = '' } = record;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const place = 'in agents.json or in the setting holdfast.agents';
  const text =
    code === 'ENOENT'
      ? `${name} could not be started: the command \`${command}\` was not found. Install it, or give its full path ${place}.`
      : code === 'EACCES'
        ? `${name} could not be started: \`${command}\` is not a program that may be run. Check its permissions, or the command ${place}.`
        : `${name} could not be started: \`${command}\`: ${errorText(error)}`;
  return new HoldfastError('agentStartFailed', text, { command, args: record.args, code }, error);
}

/** A process that ended: what everything still waiting for it is told. */
export function goneFailure(name: string, exit: AgentExit): HoldfastError {
  const { exitCode, signal, stderrTail } = exit;
  return new HoldfastError('agentFailed', `${name} ${endOf(exit)}.${withLastLines(stderrTail)}`, {
    exitCode,
    signal,
    stderrTail,
  });
}

/** How a process ended, as the end of a sentence. */
export function endOf({ exitCode, signal, expected, reason }: AgentExit): string {
  // What made it useless says more than how it was ended for that.
  if (!expected && reason !== undefined) return `cannot be talked to any more: ${reason}`;
  return signal === null ? `exited with code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
}

/** What helps, where a program wrote what it misses, and the end of what it wrote, on lines of its own; nothing for nothing. */
export function withLastLines(text: string): string {
  const help = missingProgram(text);
  const said = text.trim() === '' ? '' : `\n${text.trim().split('\n').slice(-5).join('\n')}`;
  return help === undefined ? said : ` ${help}${said}`;
}

/** An agent's error as ours, with what was tried before its words. Errors of our own stay as they are. */
export function agentFailure(error: unknown, doing: string): unknown {
  if (!(error instanceof RequestError)) return error;
  const words = agentsWords(error);
  const help = missingProgram(words);
  return new HoldfastError(
    'agentFailed',
    help === undefined ? `${doing}: ${words}` : `${doing}. ${help} It said: ${words}`,
    { code: error.code, data: error.data },
    error,
  );
}

/** An agent's own words for what went wrong; the useful ones often stand in the data. */
export function agentsWords(error: RequestError): string {
  const details =
    textOf(error.data) ?? textOf(loose(error.data)['details']) ?? textOf(loose(error.data)['message']);
  return details === undefined || error.message.includes(details)
    ? error.message
    : `${error.message}: ${details}`;
}
