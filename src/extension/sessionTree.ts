import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Log } from '../client/index.ts';
import { canRead } from '../protocol/page.ts';
import type { Archiving } from './archiving.ts';
import { BelowSession } from './belowSession.ts';
import type { SessionId } from '../protocol/ids.ts';
import { Countdown } from './countdown.ts';
import { FollowedRow } from './followedRow.ts';
import { Pace, paced } from './pace.ts';
import { SelectedRows } from './selectedRows.ts';
import { SessionDrag } from './sessionDrag.ts';
import {
  agentIn,
  filterName,
  filterSessions,
  isFilter,
  narrowingOf,
  type SessionFilter,
} from './sessionFilter.ts';
import { groupSessions, type SessionGroup } from './sessionGroups.ts';
import { PaintedRows } from './paintedRows.ts';
import { tooltipOf } from './sessionLook.ts';
import { hostChildren, hostNode } from './hostNodes.ts';
import type { Places } from './places.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import type { RuntimeSessions, SessionList } from './sessionList.ts';
import type { StatusFacts } from './statusFacts.ts';
import { hostedNodes, treeItem, type TreeNode } from './treeNodes.ts';
import { badgeOf, messageOf } from './treeTexts.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often times like “3 min ago” are written anew, and how often rows are at most. */
const REFRESH_MS = 60_000;
const PACE_MS = 200;
/** Where the filter of a window is kept. */
const FILTER = 'holdfast.filter';
/** How often a row is asked to open. */
const MOST_TRIES = 8;

/** What the tree is made of. */
export interface SessionTreeParts {
  /** Those of all hosts, for what is counted. */
  readonly list: SessionList;
  /** Those of this machine. */
  readonly own: RuntimeSessions;
  readonly hosts: RemoteHosts;
  readonly connection: WindowConnection;
  readonly places: Places;
  readonly archiving: Archiving;
  readonly facts: StatusFacts;
  readonly log: Log;
  /** What the window remembers. */
  readonly memory: vscode.Memento;
}

/**
 * The tree `holdfast.sessions`: sessions in groups by what a person should look at first, the queue below a session, and the
 * badge (U1). Rows are made of the list when the editor asks; `PaintedRows` knows those that it has. Owned by `activate`.
 */
export class SessionTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #list: SessionList;
  readonly #own: RuntimeSessions;
  readonly #hosts: RemoteHosts;
  readonly #connection: WindowConnection;
  readonly #facts: StatusFacts;
  readonly #memory: vscode.Memento;
  readonly #owned = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<TreeNode[] | void>();
  readonly #below: BelowSession;
  readonly #painted = new PaintedRows();
  readonly #view: vscode.TreeView<TreeNode>;
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #followed = new FollowedRow((sessionId) => this.#select(sessionId));
  readonly #selected = new SelectedRows(
    (sessionId) => this.#list.get(sessionId),
    () => this.#view.selection,
  );
  /** Groups that the person closed. */
  readonly #closed = new Set<string>();
  #filter: SessionFilter = 'all';
  #drawsAll = true;
  #more = '';
  readonly #countdown = this.#owned.add(new Countdown(() => this.#annotate()));
  /** The host that is to be opened, until the editor asks what is below it. */
  #opening: string | undefined;

  constructor({ list, own, hosts, connection, places, archiving, facts, log, memory }: SessionTreeParts) {
    this.#below = new BelowSession({ connection, hosts, log });
    this.#list = list;
    this.#own = own;
    this.#hosts = hosts;
    this.#connection = connection;
    this.#facts = facts;
    this.#memory = memory;
    this.#view = this.#owned.add(
      vscode.window.createTreeView('holdfast.sessions', {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
        dragAndDropController: new SessionDrag({ connection, places, archiving }),
      }),
    );
    this.#owned.add(this.#changed);
    const pace = this.#owned.add(new Pace(PACE_MS, () => this.#draw()));
    this.#owned.add(own.onChange(() => pace.ask()));
    const drawAll = (): void => {
      this.#drawsAll = true;
      pace.ask();
    };
    this.#owned.add(
      hosts.onLook(() => {
        this.#narrow();
        drawAll();
      }),
    );
    this.#owned.add(
      paced(list.onChange, PACE_MS, () => {
        this.#annotate();
        this.#selected.tell();
      }),
    );
    this.#owned.add(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#narrow();
        drawAll();
      }),
    );
    this.#owned.add(
      connection.onView(() => {
        if (!vscode.workspace.isTrusted || (canRead(connection.view) && this.#below.takePartial())) drawAll();
        this.#annotate();
      }),
    );
    this.#owned.add(
      this.#view.onDidCollapseElement(({ element }) => {
        if (element.kind === 'host') hosts.get(element.host)?.rest();
        else if (element.kind === 'group') this.#closed.add(element.group.id);
      }),
    );
    this.#owned.add(
      this.#view.onDidExpandElement(({ element }) => {
        if (element.kind === 'group') this.#closed.delete(element.group.id);
      }),
    );
    // What is told in the middle of a change of places is not where it ends.
    this.#owned.add(places.onChange(() => queueMicrotask(() => this.#followed.follow(places.current))));
    this.#owned.add(
      this.#view.onDidChangeSelection(() => {
        this.#followed.selected();
        this.#selected.select(this.#view.selection);
      }),
    );
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#followed.drawn()));
    const timer = setInterval(() => this.#view.visible && this.#changed.fire(), REFRESH_MS);
    timer.unref();
    this.#owned.add({ dispose: () => clearInterval(timer) });
    const kept = memory.get(FILTER);
    if (isFilter(kept)) this.#filter = kept;
    this.#show();
  }

  get filter(): SessionFilter {
    return this.#filter;
  }

  set filter(filter: SessionFilter) {
    this.#filter = filter;
    void this.#memory.update(FILTER, filter === 'all' ? undefined : filter);
    this.#show();
  }

  /** The sessions that are selected, for commands that are started by a key. */
  get selected(): readonly SessionId[] {
    return this.#selected.ids;
  }

  /** A row was pressed: what the person selected stays selected. */
  pressed(sessionId: SessionId): void {
    this.#followed.pressed(sessionId);
  }

  /** Shows anew what summaries do not tell of: what stands below a session. */
  refresh(): void {
    this.#changed.fire();
  }

  /** Brings a remote host before the person's eyes, with what stands below it. */
  async showHost(name: string): Promise<void> {
    if (this.#filter === 'workspace') this.filter = 'all';
    // The editor reveals no row that it has not drawn, and draws none of a view out of sight.
    await vscode.commands.executeCommand('holdfast.sessions.focus');
    this.#opening = name;
    // Nor does it open one that is drawn anew meanwhile, as that of a host is whose connection changes, or find it: then once more.
    for (let left = MOST_TRIES; left > 0 && this.#opening === name; left--) {
      const host = this.#hosts.get(name);
      if (host === undefined) return;
      this.refresh();
      await this.#view.reveal(hostNode(host), { expand: true, focus: true }).then(undefined, () => undefined);
    }
  }

  async getChildren(parent?: TreeNode): Promise<TreeNode[]> {
    // In Restricted Mode without a runtime the view says what to do instead.
    if (!vscode.workspace.isTrusted && !canRead(this.#connection.view)) return [];
    if (parent === undefined) return this.#groups();
    if (parent.kind === 'session') return this.#below.rows(parent.summary, parent.host);
    if (parent.kind === 'host') return this.#belowHost(parent.host);
    if (parent.kind !== 'group') return [];
    setImmediate(() => this.#selected.tell());
    const { id, sessions } = parent.group;
    const rows =
      parent.host === undefined
        ? sessions.map((summary) => this.#painted.row(summary))
        : hostedNodes(sessions, parent.host);
    const list = parent.host === undefined ? this.#own : this.#hosts.get(parent.host)?.sessions;
    if (id !== 'archived' || list?.hasMore('archived') !== true) return rows;
    return [
      ...rows,
      { kind: 'more', part: 'archived', ...(parent.host !== undefined && { host: parent.host }) },
    ];
  }

  /** What the editor needs to find a row: sessions of this machine stand in a group, hosts at the top. */
  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind !== 'session' || node.host !== undefined) return undefined;
    const group = this.#painted.find(node.sessionId)?.group;
    return group === undefined ? undefined : { kind: 'group', group };
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(node, Date.now());
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'session') return item;
    const { summary } = node;
    const process =
      summary.process === undefined || node.host !== undefined
        ? undefined
        : await this.#facts.process(summary.process.processId);
    item.tooltip = new vscode.MarkdownString(
      tooltipOf(summary, { now: Date.now(), process }, vscode.l10n.t),
      true,
    );
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Shows what the filter lets through. */
  #show(): void {
    void vscode.commands.executeCommand('setContext', 'holdfast.filtered', this.#filter !== 'all');
    this.#narrow();
    this.#changed.fire();
    this.#annotate();
  }

  /** Has the lists know those that the filter lets through, however old they are. */
  #narrow(): void {
    this.#own.narrow(narrowingOf(this.#filter, foldersHere()));
    // Folders of the window are none of another machine.
    const far = this.#filter === 'workspace' ? undefined : narrowingOf(this.#filter, []);
    for (const { sessions } of this.#hosts.all) sessions.narrow(far);
  }

  /** Draws anew what changed: single rows alone, so that the others stay as they are. */
  #draw(): void {
    const rows =
      this.#drawsAll || this.#more !== this.#hasMore() ? undefined : this.#painted.changed(this.#ownGroups());
    if (rows === undefined) this.#changed.fire();
    else if (rows.length > 0) this.#changed.fire(rows);
  }

  /** Selects a row; not one in a closed group, which would open. */
  #select(sessionId: SessionId): Thenable<void> | undefined {
    const found = this.#painted.find(sessionId);
    if (found === undefined || !this.#view.visible) return undefined;
    if (found.group.id === 'archived' || this.#closed.has(found.group.id)) return undefined;
    return this.#view.reveal(found.row, { select: true, focus: false });
  }

  /** Which parts of the list have more, in a word that can be compared. */
  #hasMore(): string {
    return (['current', 'archived'] as const).filter((part) => this.#own.hasMore(part)).join();
  }

  #ownGroups(): SessionGroup[] {
    return groupSessions(filterSessions(this.#own.sorted(), this.#filter, foldersHere()), Date.now());
  }

  #groups(): TreeNode[] {
    this.#drawsAll = false;
    this.#more = this.#hasMore();
    const own = this.#ownGroups();
    this.#painted.paint(own);
    setImmediate(() => this.#followed.drawn());
    const groups = own.map((group): TreeNode => ({ kind: 'group', group }));
    // Folders of the window are none of another machine.
    const hosts = this.#filter === 'workspace' ? [] : this.#hosts.all.map(hostNode);
    if (!this.#own.hasMore('current')) return [...groups, ...hosts];
    const archived = groups.findIndex((node) => node.kind === 'group' && node.group.id === 'archived');
    const at = archived === -1 ? groups.length : archived;
    return [...groups.toSpliced(at, 0, { kind: 'more', part: 'current' }), ...hosts];
  }

  /** Who looks below a host wants it. */
  #belowHost(name: string): TreeNode[] {
    if (name === this.#opening) this.#opening = undefined;
    const host = this.#hosts.get(name);
    host?.want();
    return host === undefined ? [] : hostChildren(host, this.#filter);
  }

  /** The badge, what is shown of the list, and a line for a connection that is not there. */
  #annotate(): void {
    this.#view.badge = badgeOf(this.#list.counts.needsYou, vscode.l10n.t);
    const known = !this.#list.loaded && this.#list.sorted().length > 0;
    const notes = [
      ...(this.#filter === 'all' ? [] : [filterName(this.#filter, vscode.l10n.t, this.#agentName())]),
      ...(known ? [vscode.l10n.t('as last known')] : []),
    ];
    this.#view.description = notes.join(' · ');
    const { view } = this.#connection;
    const isEmpty = this.#list.sorted().length === 0 && this.#hosts.all.length === 0;
    // Above an empty list the editor shows a line instead of what helps, which is the better of the two (U5).
    const message =
      isEmpty && view.state !== 'connected' ? undefined : messageOf(view, Date.now(), vscode.l10n.t);
    if (this.#view.message !== message) this.#view.message = message as string;
    this.#countdown.said(message === undefined ? undefined : view.nextAttemptAt);
  }

  /** What the agent that is filtered by is called, as one of its sessions tells. */
  #agentName(): string | undefined {
    const id = agentIn(this.#filter);
    return id === undefined
      ? undefined
      : this.#list.sorted().find(({ agent }) => agent.id === id)?.agent.name;
  }
}

/** The folders of the window. */
function foldersHere(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}
