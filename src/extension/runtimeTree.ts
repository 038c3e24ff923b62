import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { ProcessId, SessionId } from '../protocol/ids.ts';
import { lookOf, processText } from './sessionLook.ts';
import type { SessionList } from './sessionList.ts';
import type { ProcessFacts, RuntimeStatus, StatusFacts } from './statusFacts.ts';
import { themeIcon } from './themeIcon.ts';
import { durationText } from './times.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often what is seen is read anew. */
const REFRESH_MS = 3_000;

/** A row of the runtime view. */
export type RuntimeNode =
  | { readonly kind: 'runtime'; readonly status: RuntimeStatus }
  | { readonly kind: 'process'; readonly processId: ProcessId; readonly process: ProcessFacts }
  | { readonly kind: 'hosted'; readonly processId: ProcessId; readonly sessionId: SessionId };

/** What the view is made of. */
export interface RuntimeTreeParts {
  readonly connection: WindowConnection;
  readonly list: SessionList;
  readonly facts: StatusFacts;
}

/**
 * The view `holdfast.runtime`: the runtime, its agent processes and the sessions that each hosts, with what they weigh (P7).
 * Read while it can be seen, and only then. Owned by `activate`.
 */
export class RuntimeTree implements vscode.TreeDataProvider<RuntimeNode>, Disposable {
  readonly #parts: RuntimeTreeParts;
  readonly #owned = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<RuntimeNode>;
  readonly onDidChangeTreeData = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RuntimeTreeParts) {
    this.#parts = parts;
    this.#view = this.#owned.add(
      vscode.window.createTreeView('holdfast.runtime', { treeDataProvider: this }),
    );
    this.#owned.add(this.#changed);
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#watch()));
    this.#owned.add(parts.connection.onView(() => this.#view.visible && this.#changed.fire()));
    this.#owned.add({ dispose: () => clearInterval(this.#timer) });
  }

  async getChildren(parent?: RuntimeNode): Promise<RuntimeNode[]> {
    if (parent?.kind === 'process') {
      const { processId, sessions } = parent.process;
      return sessions.map((sessionId) => ({ kind: 'hosted', processId, sessionId }));
    }
    if (parent !== undefined) return [];
    this.#watch();
    const status = await this.#parts.facts.recent();
    if (status === undefined) return [];
    const processes = status.processes.map((process): RuntimeNode => ({
      kind: 'process',
      processId: process.processId,
      process,
    }));
    return [{ kind: 'runtime', status }, ...processes];
  }

  getTreeItem(node: RuntimeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'runtime':
        return runtimeItem(node.status);
      case 'process':
        return processItem(node.process, this.#agentName(node.process));
      case 'hosted':
        return this.#hostedItem(node);
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #watch(): void {
    if (!this.#view.visible) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else this.#timer ??= setInterval(() => this.#changed.fire(), REFRESH_MS).unref();
  }

  /** An agent's name, as its sessions know it; its id when none is listed. */
  #agentName({ agent, sessions }: ProcessFacts): string {
    const hosted = sessions.map((sessionId) => this.#parts.list.get(sessionId));
    return hosted.find((summary) => summary !== undefined)?.agent.name ?? agent;
  }

  #hostedItem({ processId, sessionId }: Extract<RuntimeNode, { kind: 'hosted' }>): vscode.TreeItem {
    const summary = this.#parts.list.get(sessionId);
    const item = new vscode.TreeItem(summary?.title ?? sessionId);
    item.id = `${processId}:${sessionId}`;
    item.contextValue = 'hosted';
    item.command = {
      command: 'holdfast.openSession',
      title: vscode.l10n.t('Open Session'),
      arguments: [sessionId],
    };
    if (summary === undefined) return item;
    const look = lookOf(summary, vscode.l10n.t);
    item.description = look.label;
    item.iconPath = themeIcon(look);
    return item;
  }
}

function runtimeItem({ pid, rssBytes, uptimeMs, buildId, node, sqlite, clients, home }: RuntimeStatus) {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(t('Holdfast runtime'));
  item.id = 'runtime';
  item.contextValue = 'runtime';
  item.iconPath = new vscode.ThemeIcon('server');
  item.description = [processText({ pid, rssBytes }, t), durationText(uptimeMs, t)].join(' · ');
  item.tooltip = [
    t('Build {0}', buildId),
    t('Node {0}, SQLite {1}', node, sqlite),
    clients === 1 ? t('1 client') : t('{0} clients', clients),
    home,
  ].join('\n');
  item.command = { command: 'holdfast.showRuntime', title: t('Show Runtime') };
  return item;
}

function processItem(process: ProcessFacts, name: string): vscode.TreeItem {
  const { t } = vscode.l10n;
  const { processId, sessions, ageMs } = process;
  const item = new vscode.TreeItem(
    name,
    sessions.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = processId;
  item.contextValue = 'process';
  item.iconPath = new vscode.ThemeIcon('server-process');
  const count = sessions.length === 1 ? t('1 session') : t('{0} sessions', sessions.length);
  item.description = [count, processText(process, t), durationText(ageMs, t)]
    .filter((part) => part !== '')
    .join(' · ');
  return item;
}
