import path from 'node:path';
import * as vscode from 'vscode';
import type { SessionId, TurnId } from '../protocol/ids.ts';
import type { ListedArtifact } from '../protocol/methods/artifactMethods.ts';
import type { QueuedLine, Summary } from '../protocol/summary.ts';
import { hostItem, noteItem } from './hostItems.ts';
import type { NoteLook } from './hostLook.ts';
import type { HostView } from './hostView.ts';
import { groupName, type SessionGroup } from './sessionGroups.ts';
import { tellApart, toldApart, type Apart } from './sameTitle.ts';
import { descriptionOf, lookOf } from './sessionLook.ts';
import { contextValueOf } from './sessionOrder.ts';
import { themeIcon } from './themeIcon.ts';

/** A row of the sessions tree. */
export type TreeNode =
  | { readonly kind: 'group'; readonly group: SessionGroup; readonly host?: string }
  | {
      readonly kind: 'session';
      readonly sessionId: SessionId;
      readonly summary: Summary;
      readonly host?: string;
      /** What tells it apart from the other rows of its title. */
      readonly apart?: Apart | undefined;
    }
  /** A remote host, by its name. */
  | { readonly kind: 'host'; readonly host: string; readonly view: HostView; readonly count: number }
  /** A sentence below a host. */
  | { readonly kind: 'note'; readonly host: string; readonly look: NoteLook }
  /** A prompt that waits below its session. */
  | {
      readonly kind: 'queued';
      readonly sessionId: SessionId;
      readonly turnId: TurnId;
      readonly text: string;
      /** Its place among those that wait. */
      readonly place: { readonly isFirst: boolean; readonly isLast: boolean };
    }
  /** A file that the session produced. */
  | {
      readonly kind: 'artifact';
      readonly sessionId: SessionId;
      readonly file: vscode.Uri;
      readonly directory: string;
      readonly path: string;
      readonly host?: string;
    }
  | { readonly kind: 'more'; readonly part: 'current' | 'archived'; readonly host?: string };

/** The rows of sessions that are on a host. */
export function hostedNodes(sessions: readonly Summary[], host: string): TreeNode[] {
  const apart = tellApart(sessions);
  return sessions.map((summary) => {
    const { sessionId } = summary;
    return { kind: 'session', sessionId, summary, host, apart: apart.get(sessionId) };
  });
}

/** The row of a prompt in a session's queue. */
export function queuedNode(
  sessionId: SessionId,
  { turnId, text }: QueuedLine,
  place: { readonly isFirst: boolean; readonly isLast: boolean },
): TreeNode {
  return { kind: 'queued', sessionId, turnId, text, place };
}

/** The row of a file that a session produced. */
export function artifactNode(
  { sessionId, cwd }: Pick<Summary, 'sessionId' | 'cwd'>,
  { directory, path: name }: Pick<ListedArtifact, 'directory' | 'path'>,
  host?: string,
): TreeNode {
  // Directories are declared as they are seen from the session's own.
  const file = vscode.Uri.file(path.resolve(cwd, directory, name));
  return {
    ...{ kind: 'artifact', sessionId, directory, path: name, file },
    ...(host !== undefined && { host }),
  };
}

/** A row as the editor draws it. */
export function treeItem(node: TreeNode, now: number): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node.group, node.host);
    case 'session':
      return sessionItem(node, now);
    case 'host':
      return hostItem(node);
    case 'note':
      return noteItem(node);
    case 'queued': {
      const item = new vscode.TreeItem(node.text);
      item.id = `queued:${node.sessionId}:${node.turnId}`;
      item.description = vscode.l10n.t('queued');
      item.iconPath = new vscode.ThemeIcon('history');
      item.contextValue = `queued${node.place.isFirst ? '' : ' up'}${node.place.isLast ? '' : ' down'}`;
      item.command = {
        command: 'holdfast.showSession',
        title: vscode.l10n.t('Open Session'),
        arguments: [node.sessionId],
      };
      return item;
    }
    case 'artifact': {
      const item = new vscode.TreeItem(node.file, vscode.TreeItemCollapsibleState.None);
      item.id = `artifact:${node.sessionId}:${node.file.toString()}`;
      item.label = node.path;
      item.contextValue = node.host === undefined ? 'artifact' : 'artifact remote';
      item.command =
        node.host === undefined
          ? { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [node.file] }
          : { command: 'holdfast.openRemoteFile', title: vscode.l10n.t('Open'), arguments: [node] };
      return item;
    }
    case 'more': {
      const item = new vscode.TreeItem(vscode.l10n.t('Load more…'));
      item.id = within(node.host, `more:${node.part}`);
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = {
        command: 'holdfast.loadMoreSessions',
        title: vscode.l10n.t('Load more…'),
        arguments: [node],
      };
      return item;
    }
  }
}

/** Ids of rows are the editor's for all of the tree: a session may be known here and on a host. */
function within(host: string | undefined, id: string): string {
  return host === undefined ? id : `host:${host}:${id}`;
}

function groupItem({ id, sessions }: SessionGroup, host: string | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(
    groupName(id, vscode.l10n.t),
    id === 'archived' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = within(host, `group:${id}`);
  item.contextValue = `group ${id}`;
  if (id !== 'archived') item.description = String(sessions.length);
  return item;
}

function sessionItem(
  { summary, host, apart }: Extract<TreeNode, { kind: 'session' }>,
  now: number,
): vscode.TreeItem {
  const look = lookOf(summary, vscode.l10n.t);
  const item = new vscode.TreeItem(
    summary.title,
    summary.queued > 0 || summary.artifacts !== undefined
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = within(host, summary.sessionId);
  item.description = toldApart(descriptionOf(summary, now, vscode.l10n.t), apart, {
    t: vscode.l10n.t,
    language: vscode.env.language,
  });
  item.iconPath = themeIcon(look);
  item.contextValue = contextValueOf(summary);
  item.accessibilityInformation = { label: `${summary.title}, ${look.label}, ${item.description}` };
  item.command = {
    command: 'holdfast.showSession',
    title: vscode.l10n.t('Open Session'),
    arguments: [summary.sessionId],
  };
  return item;
}
