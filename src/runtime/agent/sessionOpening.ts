import { RequestError } from '@agentclientprotocol/sdk';
import { HoldfastError } from '../../protocol/errors.ts';
import type { AcpSession, SessionHome } from './acpSession.ts';
import type { OpenAgentSession } from './agent.ts';
import { agentFailure } from './agentFailures.ts';
import { mcpServersFor } from './mcpServers.ts';

/** Where sessions are found by what comes from the wire. */
export interface SessionRegistry {
  /** From now on what the agent says of this id goes to the session, what was held first. */
  bind(session: AcpSession): void;
  /** Undoes `bind` for a session that was not opened after all. */
  unbind(session: AcpSession): void;
  /** Whether a session has this id of the agent's. */
  isBound(agentSessionId: string): boolean;
}

/** An agent that wants a person to sign in first. */
export const ERROR_SIGN_IN_NEEDED = -32000;

/** Where a session is opened, and with which MCP servers. */
export function placeOf(
  { cwd, additionalDirectories, mcpServers = {} }: OpenAgentSession,
  { capabilities, env }: SessionHome,
) {
  const place = { cwd, mcpServers: [...mcpServersFor(mcpServers, { ...capabilities, env }).sent] };
  return capabilities.additionalDirectories && additionalDirectories.length > 0
    ? { ...place, additionalDirectories: [...additionalDirectories] }
    : place;
}

/** Why a session could not be opened, in words; `doing` begins those for an error of the agent's. */
export function openFailure(
  error: unknown,
  { name, capabilities }: SessionHome,
  doing = `${name} could not open a session`,
): unknown {
  if (error instanceof RequestError && error.code === ERROR_SIGN_IN_NEEDED) {
    const ways = capabilities.signIns.length === 0 ? '' : ` It offers: ${capabilities.signIns.join(', ')}.`;
    const text = `${name} needs you to sign in first: run it once in a terminal and sign in there.${ways}`;
    return new HoldfastError('agentFailed', text, { code: error.code, signIns: capabilities.signIns }, error);
  }
  return agentFailure(error, doing);
}
