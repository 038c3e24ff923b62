import type { SessionId } from '../protocol/ids.ts';
import { signInToAgent } from './agentSignIn.ts';
import type { Begins, CommandParts, CommandTable } from './commands.ts';
import { manageAgents } from './manageAgents.ts';

/** Commands about getting, keeping and signing in to agents (A7, A8). */
export function agentCommands(parts: CommandParts & Begins): CommandTable {
  return {
    'holdfast.newSessionWithAgent': () => parts.begin({ choose: true }),
    'holdfast.manageAgents': () => manageAgents(parts),
    'holdfast.signIn': (sessionId?: SessionId, methodId?: string) =>
      signInForSession(parts, sessionId, methodId),
  };
}

/** The way out of a session's sign-in card: only what its runtime asked for is done, whatever a page says. */
async function signInForSession(
  parts: CommandParts,
  sessionId: SessionId | undefined,
  methodId: string | undefined,
): Promise<void> {
  if (sessionId === undefined) return;
  const { head } = await parts.connection.request('session/get', { sessionId });
  const asked = head.interactions
    .map(({ interaction }) => interaction)
    .find((interaction) => interaction.kind === 'question' && interaction.signIn !== undefined);
  if (asked?.kind !== 'question' || asked.signIn === undefined) return;
  await signInToAgent(parts, { id: asked.signIn.agent, name: head.agent.name }, methodId);
}
