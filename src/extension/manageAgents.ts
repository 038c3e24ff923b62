import * as vscode from 'vscode';
import { actOnAgent, agentActionLook } from './agentActions.ts';
import { agentActions, agentDetail, agentState, type AgentAction } from './agentLook.ts';
import { pickAgent, type AgentPickerParts, type PickedAgent } from './agentPicker.ts';
import { plainText } from './plainText.ts';
import { readSettings } from './settings.ts';

/** Actions after which the person is somewhere else. */
const leaving: ReadonlySet<AgentAction> = new Set(['settings', 'log']);

/** The list of agents with their processes, memory and versions, and what can be done about each (P7, A8), until it is dismissed. */
export async function manageAgents(parts: AgentPickerParts): Promise<void> {
  const { t } = vscode.l10n;
  const options = {
    title: t('Manage Agents'),
    placeholder: t('An agent, to see what can be done'),
    manage: true,
  };
  for (;;) {
    const picked = await pickAgent(parts, options);
    if (picked === undefined || picked === 'continue') return;
    const action = await pickAction(parts, picked);
    if (action === undefined) continue;
    await actOnAgent(parts, action, picked.agent);
    if (leaving.has(action)) return;
  }
}

async function pickAction(
  { connection }: AgentPickerParts,
  { agent }: PickedAgent,
): Promise<AgentAction | undefined> {
  const { processes } = await connection.request('runtime/status', {});
  const running = processes.some((each) => each.agent === agent.id);
  const items = agentActions(agent, { running, isDefault: readSettings().defaultAgent === agent.id }).map(
    (action) => {
      const { label, icon } = agentActionLook(action);
      return { action, label: `$(${icon}) ${label}` };
    },
  );
  const { t } = vscode.l10n;
  const picked = await vscode.window.showQuickPick(items, {
    title: [plainText(agent.name), agentState(agent, t)].filter((part) => part !== '').join(' · '),
    placeHolder:
      items.length === 0
        ? t('There is nothing to do about it.')
        : plainText(agentDetail(agent, t)).slice(0, 150),
  });
  return picked?.action;
}
