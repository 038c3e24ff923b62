import * as vscode from 'vscode';
import { hostLook } from './hostLook.ts';
import { plainText } from './plainText.ts';
import { themeIcon } from './themeIcon.ts';
import type { TreeNode } from './treeNodes.ts';

/** The row of a remote host, as the editor draws it. */
export function hostItem({ host, view, count }: Extract<TreeNode, { kind: 'host' }>): vscode.TreeItem {
  const { icon, colour, label } = hostLook(view, vscode.l10n.t);
  const item = new vscode.TreeItem(host, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `host:${host}`;
  item.description = view.state === 'connected' && view.storageProblem === undefined ? String(count) : label;
  item.iconPath = themeIcon({ icon, colour });
  item.contextValue = `host ${view.state}`;
  item.tooltip = [`${host}: ${label}`, view.detail].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Remote host {0}, {1}', host, label) };
  return item;
}

/** The row of a sentence below a host. */
export function noteItem({ host, look }: Extract<TreeNode, { kind: 'note' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(look.command === undefined ? plainText(look.text) : look.text);
  item.id = `host:${host}:note:${look.icon}`;
  item.tooltip = look.text;
  item.iconPath = new vscode.ThemeIcon(look.icon);
  item.contextValue = 'note';
  if (look.command !== undefined)
    item.command = { command: look.command, title: look.text, arguments: [{ host }] };
  return item;
}
