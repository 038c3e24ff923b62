import type { HoldfastError } from '../../protocol/errors.ts';
import { installFailed } from './installing.ts';
import type { ToolEnd } from './runTool.ts';

/** Why a tool failed, by what it said, and what helps. */
export function toolFailure(agent: string, run: string, { exitCode, tail }: ToolEnd): HoldfastError {
  const said = tail.trim().split('\n').slice(-6).join('\n');
  return installFailed(`${agent} was not installed: ${reason(tail, run, exitCode)}\n${said}`, {
    run,
    exitCode,
    tail: tail.slice(-2000),
  });
}

function reason(tail: string, run: string, exitCode: number | null): string {
  if (/\bENOSPC\b|no space left/iu.test(tail)) return NO_SPACE;
  if (/\bE404\b|\bETARGET\b|No matching version/iu.test(tail))
    return `\`${run}\` found no such version. See what there is, or refresh the list of agents.`;
  if (/\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN)\b/u.test(tail))
    return `\`${run}\` could not reach its registry. Check the network and the proxy, and try again.`;
  return `\`${run}\` ended with ${exitCode === null ? 'a signal' : `code ${exitCode}`}.`;
}

/** The end of a sentence that begins with what was not installed. */
export const NO_SPACE = 'no space is left on the disk. Free some, and install it again.';
