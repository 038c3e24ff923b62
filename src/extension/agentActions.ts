import * as vscode from 'vscode';
import type { AgentEntry } from '../protocol/methods/agentMethods.ts';
import { installAgent } from './agentInstall.ts';
import type { AgentAction } from './agentLook.ts';
import { signInToAgent, signOutOfAgent, type SignInParts } from './agentSignIn.ts';
import { openSettings } from './openSettings.ts';
import { plainText } from './plainText.ts';
import { stopProcess } from './stopProcess.ts';

/** What acting on agents works with. */
export interface AgentParts extends SignInParts {
  readonly output: vscode.LogOutputChannel;
}

/** How an action is called, and its codicon. */
export function agentActionLook(action: AgentAction): { readonly label: string; readonly icon: string } {
  const { t } = vscode.l10n;
  switch (action) {
    case 'install':
      return { label: t('Install'), icon: 'cloud-download' };
    case 'cancel':
      return { label: t('Cancel Install'), icon: 'debug-stop' };
    case 'update':
      return { label: t('Update'), icon: 'arrow-circle-up' };
    case 'signIn':
      return { label: t('Sign In…'), icon: 'key' };
    case 'signOut':
      return { label: t('Sign Out'), icon: 'sign-out' };
    case 'restart':
      return { label: t('Restart'), icon: 'debug-restart' };
    case 'remove':
      return { label: t('Remove'), icon: 'trash' };
    case 'settings':
      return { label: t('Settings'), icon: 'settings-gear' };
    case 'always':
      return { label: t('Always Use for New Sessions'), icon: 'pin' };
    case 'ask':
      return { label: t('Ask for the Agent of Each Session'), icon: 'pinned' };
    case 'log':
      return { label: t('Show Log'), icon: 'output' };
  }
}

/** Does something about an agent; `false` when the person changed their mind. Rejects with a `HoldfastError`. */
export async function actOnAgent(
  parts: AgentParts,
  action: AgentAction,
  agent: AgentEntry,
): Promise<boolean> {
  const { connection } = parts;
  switch (action) {
    case 'install':
    case 'update':
      return (await installAgent(connection, agent, action)) !== undefined;
    case 'cancel':
      return (await connection.request('agent/cancelInstall', { agent: agent.id })).cancelled;
    case 'signIn':
      return signInToAgent(parts, agent);
    case 'signOut':
      await signOutOfAgent(parts, agent);
      return true;
    case 'restart':
      return restart(parts, agent);
    case 'remove':
      return remove(parts, agent);
    case 'settings':
      await openSettings('holdfast.agents');
      return true;
    case 'always':
    case 'ask':
      await keepDefaultAgent(action === 'always' ? agent.id : undefined);
      return true;
    case 'log':
      return showLog(parts, agent);
  }
}

/** Of which agent new sessions are without a question; of none they ask. */
async function keepDefaultAgent(agent: string | undefined): Promise<void> {
  const values = vscode.workspace.getConfiguration('holdfast');
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await values.update('defaultAgent', agent, Global);
  // The workspace has the last word, when it says something else.
  if ((values.inspect('defaultAgent')?.workspaceValue ?? agent) !== agent)
    await values.update('defaultAgent', agent, Workspace);
}

/** Stops what runs of an agent: its sessions begin a new process with their next prompt. */
async function restart({ connection }: AgentParts, { id, name }: AgentEntry): Promise<boolean> {
  const { processes } = await connection.request('runtime/status', {});
  for (const { agent, processId } of processes)
    if (agent === id && !(await stopProcess(connection, processId))) return false;
  void vscode.window.setStatusBarMessage(
    vscode.l10n.t('{0} starts anew with the next prompt', plainText(name)),
    5_000,
  );
  return true;
}

/** Opens what the agent wrote to stderr; where it wrote nothing, our own log is offered. */
async function showLog({ connection, output }: AgentParts, { id, name }: AgentEntry): Promise<boolean> {
  const { t } = vscode.l10n;
  const { path, text } = await connection.request('agent/log', { agent: id });
  if (path !== '' && text !== '') {
    await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
    return true;
  }
  const words = t('{0} has written nothing to its log.', plainText(name));
  const own = t('Show Holdfast’s Log');
  if ((await vscode.window.showInformationMessage(words, own)) === own) output.show();
  return true;
}

async function remove(parts: AgentParts, { id, name }: AgentEntry): Promise<boolean> {
  const { t } = vscode.l10n;
  const go = t('Remove');
  const detail = t('Its sessions stay. What you signed in with is forgotten.');
  const words = t('Remove {0} from this machine?', plainText(name));
  if ((await vscode.window.showWarningMessage(words, { modal: true, detail }, go)) !== go) return false;
  await parts.connection.request('agent/remove', { agent: id });
  await parts.values.forget(id);
  return true;
}
