import * as vscode from 'vscode';
import type { CommandParts, CommandTable } from './commands.ts';
import { plainText } from './plainText.ts';
import { pickNumber } from './pickSession.ts';
import { agentIn, FILTERS, filterName, type SessionFilter } from './sessionFilter.ts';
import type { SessionList } from './sessionList.ts';

/** Commands about what the sessions tree shows, and about getting to what needs a person (U1, U2). */
export function treeCommands({ list, hosts, places, tree }: CommandParts): CommandTable {
  const { t } = vscode.l10n;
  return {
    'holdfast.filterSessions': async () => {
      const picked = await vscode.window.showQuickPick(filterItems(list, tree.filter), {
        placeHolder: t('The sessions that the list shows'),
      });
      if (picked?.filter !== undefined) tree.filter = picked.filter;
    },

    'holdfast.clearFilter': () => {
      tree.filter = 'all';
    },

    'holdfast.loadMoreSessions': async (node?: { readonly part?: unknown; readonly host?: unknown }) => {
      const there = typeof node?.host === 'string' ? hosts.get(node.host)?.sessions : list;
      await there?.loadMore(node?.part === 'archived' ? 'archived' : 'current');
    },

    'holdfast.pickNumber': pickNumber,

    'holdfast.openWalkthrough': () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'holdfast.holdfast#start', false),

    'holdfast.nextNeedsYou': async () => {
      const waiting = list.sorted().filter(({ needs, archived }) => needs.length > 0 && !archived);
      const at = waiting.findIndex(({ sessionId }) => sessionId === places.current);
      const next = waiting[(at + 1) % Math.max(1, waiting.length)];
      if (next === undefined) void vscode.window.setStatusBarMessage(t('No session needs you.'), 3_000);
      else await places.open(next.sessionId);
    },
  };
}

interface FilterItem extends vscode.QuickPickItem {
  readonly filter?: SessionFilter;
}

/** What the list can be filtered by: the fixed filters, then each agent that has a session in it. */
function filterItems(list: SessionList, current: SessionFilter): FilterItem[] {
  const { t } = vscode.l10n;
  const agents = new Map(list.sorted().map(({ agent }) => [agent.id, agent.name]));
  const kept = agentIn(current);
  if (kept !== undefined && !agents.has(kept)) agents.set(kept, kept);
  const itemOf = (filter: SessionFilter, agentName?: string): FilterItem => ({
    filter,
    label: plainText(filterName(filter, t, agentName)),
    description: filter === current ? t('shown now') : '',
  });
  return [
    ...FILTERS.map((filter) => itemOf(filter)),
    { label: t('Agents'), kind: vscode.QuickPickItemKind.Separator },
    ...[...agents]
      .sort(([, a], [, b]) => a.localeCompare(b))
      .map(([id, name]) => itemOf(`agent:${id}`, name)),
  ];
}
