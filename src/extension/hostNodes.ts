import * as vscode from 'vscode';
import { hostNotes } from './hostLook.ts';
import type { RemoteHost } from './remoteHost.ts';
import { filterSessions, type SessionFilter } from './sessionFilter.ts';
import { groupSessions } from './sessionGroups.ts';
import { hostedNodes, type TreeNode } from './treeNodes.ts';

/** The row of a remote host. */
export function hostNode({ name, view, sessions }: RemoteHost): TreeNode {
  const count = sessions.sorted().filter(({ archived }) => !archived).length;
  return { kind: 'host', host: name, view, count };
}

/**
 * What stands below a host: what is wrong and what helps, its sessions with the most urgent first, and its archived ones. Those
 * known last stay while it cannot be reached.
 */
export function hostChildren({ name: host, view, sessions }: RemoteHost, filter: SessionFilter): TreeNode[] {
  const shown = filterSessions(sessions.sorted(), filter, []);
  const archived = groupSessions(shown, Date.now()).filter(({ id }) => id === 'archived');
  const rows: TreeNode[] = [
    ...hostNotes(view, vscode.l10n.t).map((look): TreeNode => ({ kind: 'note', host, look })),
    ...hostedNodes(
      shown.filter((summary) => !summary.archived),
      host,
    ),
    ...(sessions.hasMore('current') ? [{ kind: 'more', part: 'current', host } as const] : []),
    ...archived.map((group): TreeNode => ({ kind: 'group', group, host })),
  ];
  if (rows.length > 0 || view.state !== 'connected') return rows;
  return [
    {
      kind: 'note',
      host,
      look: { icon: 'add', text: vscode.l10n.t('New Session…'), command: 'holdfast.newSession' },
    },
  ];
}
