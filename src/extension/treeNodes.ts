import * as vscode from 'vscode';
import type { QueuedTurn } from '../protocol/head.ts';
import { contentText } from '../protocol/contentText.ts';
import type { SessionId, TurnId } from '../protocol/ids.ts';
import type { ListedArtifact } from '../protocol/methods/artifactMethods.ts';
import type { Summary } from '../protocol/summary.ts';
import { groupName, type SessionGroup } from './sessionGroups.ts';
import { descriptionOf, lookOf } from './sessionLook.ts';
import { contextValueOf } from './sessionOrder.ts';

/** A row of the sessions tree. */
export type TreeNode =
  | { readonly kind: 'group'; readonly group: SessionGroup }
  | { readonly kind: 'session'; readonly sessionId: SessionId; readonly summary: Summary }
  /** A prompt that waits below its session. */
  | {
      readonly kind: 'queued';
      readonly sessionId: SessionId;
      readonly turnId: TurnId;
      readonly text: string;
    }
  /** A file that the session produced. */
  | {
      readonly kind: 'artifact';
      readonly sessionId: SessionId;
      readonly file: vscode.Uri;
      readonly path: string;
    }
  | { readonly kind: 'more'; readonly part: 'current' | 'archived' };

/** The row of a session. */
export function sessionNode(summary: Summary): TreeNode {
  return { kind: 'session', sessionId: summary.sessionId, summary };
}

/** The row of a prompt in a session's queue. */
export function queuedNode(sessionId: SessionId, { turnId, content }: QueuedTurn): TreeNode {
  const text = contentText(content);
  return { kind: 'queued', sessionId, turnId, text: text.replaceAll(/\s+/gu, ' ').trim().slice(0, 200) };
}

/** The row of a file that a session produced. */
export function artifactNode(
  sessionId: SessionId,
  { directory, path }: Pick<ListedArtifact, 'directory' | 'path'>,
): TreeNode {
  return { kind: 'artifact', sessionId, path, file: vscode.Uri.joinPath(vscode.Uri.file(directory), path) };
}

/** A row as the editor draws it. */
export function treeItem(node: TreeNode, now: number): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node.group);
    case 'session':
      return sessionItem(node.summary, now);
    case 'queued': {
      const item = new vscode.TreeItem(node.text);
      item.id = `queued:${node.sessionId}:${node.turnId}`;
      item.description = vscode.l10n.t('queued');
      item.iconPath = new vscode.ThemeIcon('watch');
      item.contextValue = 'queued';
      return item;
    }
    case 'artifact': {
      const item = new vscode.TreeItem(node.file, vscode.TreeItemCollapsibleState.None);
      item.id = `artifact:${node.sessionId}:${node.file.toString()}`;
      item.label = node.path;
      item.contextValue = 'artifact';
      item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [node.file] };
      return item;
    }
    case 'more': {
      const item = new vscode.TreeItem(vscode.l10n.t('Load more…'));
      item.id = `more:${node.part}`;
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

function groupItem({ id, sessions }: SessionGroup): vscode.TreeItem {
  const item = new vscode.TreeItem(
    groupName(id, vscode.l10n.t),
    id === 'archived' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = `group:${id}`;
  item.contextValue = `group ${id}`;
  if (id !== 'archived') item.description = String(sessions.length);
  return item;
}

function sessionItem(summary: Summary, now: number): vscode.TreeItem {
  const look = lookOf(summary, vscode.l10n.t);
  const item = new vscode.TreeItem(
    summary.title,
    summary.queued > 0 || summary.artifacts !== undefined
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = summary.sessionId;
  item.description = descriptionOf(summary, now, vscode.l10n.t);
  item.iconPath = new vscode.ThemeIcon(
    look.icon,
    look.colour === undefined ? undefined : new vscode.ThemeColor(look.colour),
  );
  item.contextValue = contextValueOf(summary);
  item.accessibilityInformation = { label: `${summary.title}, ${look.label}, ${item.description}` };
  item.command = {
    command: 'holdfast.showSession',
    title: vscode.l10n.t('Open Session'),
    arguments: [summary.sessionId],
  };
  return item;
}
