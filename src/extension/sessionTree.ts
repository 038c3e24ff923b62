import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Summary } from '../protocol/summary.ts';
import { descriptionOf, lookOf, tooltipOf } from './sessionLook.ts';
import type { SessionList } from './sessionList.ts';
import { contextValueOf } from './sessionOrder.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often times like “3 min ago” are written anew. */
const REFRESH_MS = 60_000;

/** The tree `holdfast.sessions`: the sessions, the most urgent first, and the badge (U1). Owned by `activate`. */
export class SessionTree implements vscode.TreeDataProvider<Summary>, Disposable {
  readonly #list: SessionList;
  readonly #connection: WindowConnection;
  readonly #owned = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<Summary>;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor({ list, connection }: { list: SessionList; connection: WindowConnection }) {
    this.#list = list;
    this.#connection = connection;
    this.#view = this.#owned.add(
      vscode.window.createTreeView('holdfast.sessions', { treeDataProvider: this }),
    );
    this.#owned.add(this.#changed);
    this.#owned.add(list.onChange(() => this.#refresh()));
    this.#owned.add(connection.onView(() => this.#annotate()));
    const timer = setInterval(() => this.#view.visible && this.#changed.fire(), REFRESH_MS);
    timer.unref();
    this.#owned.add({ dispose: () => clearInterval(timer) });
    this.#annotate();
  }

  getChildren(parent?: Summary): Summary[] {
    // In Restricted Mode the view says what to do instead.
    return parent === undefined && vscode.workspace.isTrusted ? this.#list.sorted() : [];
  }

  getTreeItem(summary: Summary): vscode.TreeItem {
    const now = Date.now();
    const look = lookOf(summary, vscode.l10n.t);
    const item = new vscode.TreeItem(summary.title);
    item.id = summary.sessionId;
    item.description = descriptionOf(summary, now, vscode.l10n.t);
    item.iconPath = new vscode.ThemeIcon(
      look.icon,
      look.colour === undefined ? undefined : new vscode.ThemeColor(look.colour),
    );
    item.contextValue = contextValueOf(summary);
    item.accessibilityInformation = { label: `${summary.title}, ${look.label}, ${item.description}` };
    item.command = {
      command: 'holdfast.openSession',
      title: vscode.l10n.t('Open Session'),
      arguments: [summary],
    };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, summary: Summary): vscode.TreeItem {
    const tooltip = new vscode.MarkdownString(tooltipOf(summary, Date.now(), vscode.l10n.t), true);
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #refresh(): void {
    this.#changed.fire();
    this.#annotate();
  }

  /** The badge, and a line for a connection that is not there. */
  #annotate(): void {
    const { needsYou } = this.#list.counts;
    this.#view.badge =
      needsYou === 0
        ? undefined
        : {
            value: needsYou,
            tooltip:
              needsYou === 1
                ? vscode.l10n.t('1 session needs you')
                : vscode.l10n.t('{0} sessions need you', needsYou),
          };
    const message = this.#message();
    if (this.#view.message !== message) this.#view.message = message as string;
  }

  #message(): string | undefined {
    const { state, detail, storageProblem } = this.#connection.view;
    switch (state) {
      case 'connected':
        return storageProblem === undefined
          ? undefined
          : vscode.l10n.t('Holdfast cannot write to its journal: {0}', storageProblem);
      case 'starting':
        return detail === undefined ? undefined : vscode.l10n.t('Holdfast cannot start: {0}', detail);
      case 'reconnecting':
        return vscode.l10n.t('Reconnecting to the Holdfast runtime…');
      case 'incompatible':
        return detail ?? vscode.l10n.t('The running Holdfast is of another version.');
      case 'stopped':
        return vscode.l10n.t('Holdfast is stopped. {0}', detail ?? '').trim();
      case 'restricted':
        return undefined;
    }
  }
}
