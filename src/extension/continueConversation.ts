import path from 'node:path';
import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { AgentEntry } from '../protocol/methods/agentMethods.ts';
import { agentIcon, agentState } from './agentLook.ts';
import { conversationTexts, sessionOf, sortConversations, type Conversation } from './conversations.ts';
import type { LiveSessions } from './liveSessions.ts';
import { Picker } from './picker.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Pages that are asked for at most: an agent whose list never ends is not waited for. */
const MOST_PAGES = 20;

/** What going on with a conversation works with. */
export interface ContinueParts {
  readonly connection: WindowConnection;
  readonly list: SessionList;
  readonly live: LiveSessions;
}

/**
 * Makes a session of a conversation that an agent has from before Holdfast, in a folder (A2): the person picks the agent, then
 * one of its conversations. One that is a session already is that session. `undefined` when they changed their mind. Rejects with a `HoldfastError`.
 */
export async function continueConversation(
  parts: ContinueParts,
  cwd: string,
): Promise<SessionId | undefined> {
  const { t } = vscode.l10n;
  const { agents } = await parts.connection.request('agent/list', {});
  const able = agents.filter(({ usable, source }) => usable && source !== 'builtin');
  if (able.length === 0) {
    const choose = t('Choose an Agent…');
    const words = t('No agent is on this machine yet, so there are no conversations to continue.');
    if ((await vscode.window.showInformationMessage(words, choose)) === choose)
      await vscode.commands.executeCommand('holdfast.newSessionWithAgent');
    return undefined;
  }
  for (;;) {
    const agent = able.length === 1 ? able[0] : await pickAble(able);
    if (agent === undefined) return undefined;
    const picked = await pickConversation(parts, { agent, cwd, withOther: able.length > 1 });
    if (picked === undefined) return undefined;
    if (picked === 'other') continue;
    const known = sessionOf(picked, agent.id, parts.list.sorted());
    if (known !== undefined) return known.sessionId;
    const { agentSessionId } = picked;
    const session = await parts.live.create({ cwd: picked.cwd ?? cwd, agent: agent.id, agentSessionId });
    return session.id;
  }
}

async function pickAble(agents: readonly AgentEntry[]): Promise<AgentEntry | undefined> {
  const items = agents.map((agent) => ({
    agent,
    label: `$(${agentIcon(agent)}) ${plainText(agent.name)}`,
    description: plainText(agentState(agent, vscode.l10n.t)),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Continue a Conversation'),
    placeHolder: vscode.l10n.t('The agent that has it'),
    matchOnDescription: true,
  });
  return picked?.agent;
}

interface Item extends vscode.QuickPickItem {
  readonly chosen?: Conversation | 'other';
}

/** Lists what the agent has, page by page, while the person looks already; what goes wrong stands there in words. */
function pickConversation(
  { connection, list }: ContinueParts,
  {
    agent,
    cwd,
    withOther,
  }: { readonly agent: AgentEntry; readonly cwd: string; readonly withOther: boolean },
): Promise<Conversation | 'other' | undefined> {
  const { t } = vscode.l10n;
  const closed = new AbortController();
  const folder = path.basename(cwd) || cwd;
  const picker = new Picker<Item, Conversation | 'other'>({
    title: t('{0}: Conversations in {1}', plainText(agent.name), folder),
    placeholder: t('The conversation to continue'),
  });
  const { pick } = picker;
  picker.owned.add({ dispose: () => closed.abort() });
  pick.busy = true;
  const others: Item[] = withOther
    ? [{ label: t('$(arrow-left) Another agent…'), alwaysShow: true, chosen: 'other' }]
    : [];
  const show = (found: readonly Conversation[], state?: string): void => {
    const rows = sortConversations(found).map((conversation): Item => {
      const { label, description } = conversationTexts(conversation, Date.now(), t);
      const known = sessionOf(conversation, agent.id, list.sorted());
      const already = known === undefined ? '' : t('a session already');
      return {
        label: plainText(label),
        description: plainText([description, already].filter((part) => part !== '').join(' · ')),
        chosen: conversation,
      };
    });
    pick.items = [...(state === undefined ? [] : [{ label: state, alwaysShow: true }]), ...rows, ...others];
  };
  const fill = async (): Promise<void> => {
    const found: Conversation[] = [];
    let cursor: string | undefined;
    try {
      for (let page = 0; page < MOST_PAGES; page++) {
        const next = cursor === undefined ? {} : { cursor };
        const params = { agent: agent.id, cwd, ...next };
        const answer = await connection.request('agent/sessions', params, { signal: closed.signal });
        found.push(...answer.sessions);
        cursor = answer.cursor;
        show(found);
        if (cursor === undefined) break;
      }
      if (found.length === 0) show([], t('{0} has no conversations in this folder.', plainText(agent.name)));
    } catch (error) {
      if (!closed.signal.aborted) show(found, `$(error) ${plainText(saidError(error, vscode.l10n.t))}`);
    }
    if (!closed.signal.aborted) pick.busy = false;
  };
  const chosen = picker.shown((item) => item.chosen);
  void fill();
  return chosen;
}
