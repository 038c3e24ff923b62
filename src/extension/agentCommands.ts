import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import { signInToAgent } from './agentSignIn.ts';
import type { Begins, CommandParts, CommandTable } from './commands.ts';
import { chooseFolder } from './chooseFolder.ts';
import { continueConversation } from './continueConversation.ts';
import { manageAgents } from './manageAgents.ts';
import { plainText } from './plainText.ts';
import { stopProcess } from './stopProcess.ts';

/** Commands about getting, keeping and signing in to agents (A7, A8). */
export function agentCommands(parts: CommandParts & Begins): CommandTable {
  return {
    'holdfast.newSessionWithAgent': () => parts.begin({ choose: true }),
    'holdfast.continueConversation': () => continueOne(parts),
    'holdfast.manageAgents': () => manageAgents(parts),
    'holdfast.signIn': (sessionId?: SessionId, methodId?: string) =>
      signInForSession(parts, sessionId, methodId),
    'holdfast.restartAgent': (sessionId?: SessionId) => restartForSession(parts, sessionId),
  };
}

async function continueOne(parts: CommandParts): Promise<void> {
  const cwd = await chooseFolder();
  const sessionId = cwd === undefined ? undefined : await continueConversation(parts, cwd);
  if (sessionId !== undefined) await parts.places.open(sessionId);
}

/** The way out of a session's sign-in card, or of a turn that failed for want of one: only the session's own agent is meant. */
async function signInForSession(
  parts: CommandParts,
  sessionId: SessionId | undefined,
  methodId: string | undefined,
): Promise<void> {
  if (sessionId === undefined) return;
  if (isElsewhere(parts, sessionId)) return;
  const { head } = await parts.connection.request('session/get', { sessionId });
  const asked = head.interactions
    .map(({ interaction }) => interaction)
    .find((interaction) => interaction.kind === 'question' && interaction.signIn !== undefined);
  const agent = asked?.kind === 'question' ? asked.signIn?.agent : undefined;
  // A way that a card named is that card's alone.
  if (agent === undefined && methodId !== undefined) return;
  await signInToAgent(parts, { id: agent ?? head.agent.id, name: head.agent.name }, methodId);
}

/** Stops the process that hosts a session, if there is one: the next prompt starts it anew. */
async function restartForSession(parts: CommandParts, sessionId: SessionId | undefined): Promise<void> {
  if (sessionId === undefined || isElsewhere(parts, sessionId)) return;
  const { connection } = parts;
  const { head } = await connection.request('session/get', { sessionId });
  const { process } = head;
  if (process !== undefined && !(await stopProcess(connection, process.processId))) return;
  const words = vscode.l10n.t('{0} starts anew with the next prompt', plainText(head.agent.name));
  void vscode.window.setStatusBarMessage(words, 5_000);
}

/** Whether the agent of a session runs on another machine, where a person has to look after it; they are told. */
function isElsewhere({ connection }: CommandParts, sessionId: SessionId): boolean {
  const host = connection.hostOf(sessionId)?.name;
  if (host === undefined) return false;
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'This agent runs on {0}. Sign in to it or restart it over there, and try again.',
      plainText(host),
    ),
  );
  return true;
}
