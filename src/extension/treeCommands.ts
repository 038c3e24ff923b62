import * as vscode from 'vscode';
import type { CommandParts, CommandTable } from './commands.ts';
import { pickNumber } from './pickSession.ts';
import { filterName, type SessionFilter } from './sessionGroups.ts';

const FILTERS: readonly SessionFilter[] = ['all', 'needsMe', 'workspace'];

/** Commands about what the sessions tree shows, and about getting to what needs a person (U1, U2). */
export function treeCommands({ list, hosts, places, tree }: CommandParts): CommandTable {
  const { t } = vscode.l10n;
  return {
    'holdfast.filterSessions': async () => {
      const items = FILTERS.map((filter) => ({
        filter,
        label: filterName(filter, t),
        description: filter === tree.filter ? t('now') : '',
      }));
      const picked = await vscode.window.showQuickPick(items, {
        placeHolder: t('The sessions that the list shows'),
      });
      if (picked !== undefined) tree.filter = picked.filter;
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
