import type { AcpSession, SessionHome } from './acpSession.ts';
import type { OpenAgentSession } from './agent.ts';
import { agentFailure } from './agentFailures.ts';
import { mcpServersFor } from './mcpServers.ts';
import { signInNeeded } from './signIn.ts';

/** Where sessions are found by what comes from the wire. */
export interface SessionRegistry {
  /** From now on what the agent says of this id goes to the session, what was held first. */
  bind(session: AcpSession): void;
  /** Undoes `bind` for a session that was not opened after all. */
  unbind(session: AcpSession): void;
  /** Whether a session has this id of the agent's. */
  isBound(agentSessionId: string): boolean;
}

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
  { name }: SessionHome,
  doing = `${name} could not open a session`,
): unknown {
  return signInNeeded(error, name) ?? agentFailure(error, doing);
}
