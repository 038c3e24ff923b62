import * as vscode from 'vscode';
import type { AgentEntry } from '../protocol/methods/agentMethods.ts';
import { actOnAgent, agentActionLook, type AgentParts } from './agentActions.ts';
import {
  agentActions,
  agentDetail,
  agentIcon,
  agentProcessText,
  agentState,
  groupAgents,
  lastUsed,
  type AgentAction,
  type AgentGroup,
} from './agentLook.ts';
import { Picker } from './picker.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import { readSettings } from './settings.ts';
import { tellError } from './tellError.ts';
import type { SessionList } from './sessionList.ts';
import type { RuntimeStatus } from './statusFacts.ts';

/** What picking an agent works with. */
export interface AgentPickerParts extends AgentParts {
  readonly list: SessionList;
}

/** What a person chose: an agent, and what to do about it, unless it is to be used. */
export interface PickedAgent {
  readonly agent: AgentEntry;
  readonly action?: AgentAction | undefined;
}

/** What the picker is for. */
export interface AgentPickerOptions {
  readonly title: string;
  readonly placeholder: string;
  /** Shows processes besides, and leaves actions to whoever asked. */
  readonly manage?: boolean;
}

interface Item extends vscode.QuickPickItem {
  readonly agent?: AgentEntry;
  /** Whether it leads to the conversations that agents have from elsewhere. */
  readonly goesOn?: boolean;
}

interface Button extends vscode.QuickInputButton {
  readonly action: AgentAction;
}

/** Actions that need no other window and leave the picker open. */
const inPlace: ReadonlySet<AgentAction> = new Set(['install', 'update', 'cancel']);
/** Actions that have a button of their own; the others are in `Manage Agents`. */
const withButton: ReadonlySet<AgentAction> = new Set([
  ...inPlace,
  ...(['signIn', 'always', 'ask', 'remove', 'log'] as const),
]);

/**
 * Lets a person pick an agent: those used last, those on this machine, those that can be installed, each with its state
 * (U5, A8). It stays current while it is open; buttons install, update and more without closing it. `'continue'` when they
 * want a conversation that an agent has already (A2); `undefined` when it was dismissed.
 */
export function pickAgent(
  parts: AgentPickerParts,
  options: AgentPickerOptions,
): Promise<PickedAgent | 'continue' | undefined> {
  const picker = new Picker<Item, PickedAgent | 'continue'>(options);
  const { pick, owned } = picker;
  let problem: string | undefined;
  let read = { agents: [] as readonly AgentEntry[], processes: [] as RuntimeStatus['processes'] };
  const paint = (): void => {
    const items = itemsOf(read, parts.list, options);
    const notes = problem === undefined ? [] : [{ label: `$(error) ${problem}`, alwaysShow: true }];
    picker.paint([...notes, ...items], ({ agent }) => agent?.id);
  };
  const refresh = async (ask = false): Promise<void> => {
    try {
      const { agents } = await parts.connection.request('agent/list', { available: true, refresh: ask });
      const processes =
        options.manage === true ? (await parts.connection.request('runtime/status', {})).processes : [];
      read = { agents, processes };
      problem = undefined;
    } catch (error) {
      problem = plainText(saidError(error, vscode.l10n.t));
    }
    pick.busy = false;
    paint();
  };
  pick.busy = true;
  pick.buttons = [
    {
      iconPath: new vscode.ThemeIcon('refresh'),
      tooltip: vscode.l10n.t('Ask the registry for newer versions'),
    },
  ];
  void refresh();
  owned.add(
    pick.onDidTriggerButton(() => {
      pick.busy = true;
      void refresh(true);
    }),
  );
  owned.add(parts.connection.onAgentsChange(() => void refresh()));
  owned.add(
    parts.connection.onAgentProgress(({ agent, job }) => {
      read = { ...read, agents: read.agents.map((each) => (each.id === agent ? { ...each, job } : each)) };
      paint();
    }),
  );
  owned.add(
    pick.onDidTriggerItemButton(({ button, item: { agent } }) => {
      const { action } = button as Button;
      if (agent === undefined) return;
      if (inPlace.has(action)) void act(parts, action, agent);
      else picker.finish({ agent, action });
    }),
  );
  return picker.shown(({ agent, goesOn = false }) =>
    agent === undefined ? (goesOn ? 'continue' : undefined) : { agent },
  );
}

/** Beside the picker, which stays: a failure is told of in a message. */
async function act(parts: AgentParts, action: AgentAction, agent: AgentEntry): Promise<void> {
  try {
    await actOnAgent(parts, action, agent);
  } catch (error) {
    tellError(error);
  }
}

function itemsOf(
  {
    agents,
    processes,
  }: { readonly agents: readonly AgentEntry[]; readonly processes: RuntimeStatus['processes'] },
  list: SessionList,
  { manage = false }: AgentPickerOptions,
): Item[] {
  const groups = groupAgents(agents, lastUsed(list.sorted())).flatMap(
    ({ group, agents: members }): Item[] => [
      { label: groupName(group), kind: vscode.QuickPickItemKind.Separator },
      ...members.map((agent): Item => {
        const own = processes.filter((each) => each.agent === agent.id);
        const state = [agentState(agent, vscode.l10n.t), agentProcessText(own, vscode.l10n.t)];
        return {
          agent,
          label: `$(${agentIcon(agent)}) ${plainText(agent.name)}`,
          description: plainText(state.filter((part) => part !== '').join(' · ')),
          detail: plainText(agentDetail(agent, vscode.l10n.t)),
          buttons: manage ? [] : actionsOf(agent).filter(isShown(agent)).map(buttonOf),
        };
      }),
    ],
  );
  const hasOthers = agents.some(({ usable, source }) => usable && source !== 'builtin');
  if (manage || !hasOthers) return groups;
  const label = vscode.l10n.t('$(history) Continue a conversation of an agent…');
  return [...groups, { label: '', kind: vscode.QuickPickItemKind.Separator }, { label, goesOn: true }];
}

const actionsOf = (agent: AgentEntry): AgentAction[] =>
  agentActions(agent, { running: false, isDefault: readSettings().defaultAgent === agent.id });

/** A sign-in has its button where it is asked for: most agents can tell of their own when it is needed. */
const isShown =
  ({ signIn }: AgentEntry) =>
  (action: AgentAction): boolean =>
    withButton.has(action) && (action !== 'signIn' || signIn === 'required');

function buttonOf(action: AgentAction): Button {
  const { label, icon } = agentActionLook(action);
  return { action, iconPath: new vscode.ThemeIcon(icon), tooltip: label };
}

function groupName(group: AgentGroup): string {
  const { t } = vscode.l10n;
  switch (group) {
    case 'recent':
      return t('Recently used');
    case 'here':
      return t('On this machine');
    case 'installable':
      return t('Can be installed');
    case 'elsewhere':
      return t('Not for this platform');
  }
}
