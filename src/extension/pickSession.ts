import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { plainText } from './plainText.ts';
import { groupName, groupSessions } from './sessionGroups.ts';
import { descriptionOf, lookOf } from './sessionLook.ts';
import type { SessionList } from './sessionList.ts';

/** How long typing rests before the runtime is asked for titles that are not known here. */
const TYPING_MS = 150;

interface Item extends vscode.QuickPickItem {
  readonly summary?: Summary;
}

/** What a person chose: a session, or to begin a new one. */
export type Picked = { readonly sessionId: SessionId } | 'new';

interface Button extends vscode.QuickInputButton {
  readonly command: string;
}

const button = (command: string, icon: string, tooltip: string): Button => ({
  command,
  iconPath: new vscode.ThemeIcon(icon),
  tooltip,
});

/** How a picker differs from another. */
export interface PickOptions {
  readonly title: string;
  readonly withNew?: boolean;
  readonly only?: (summary: Summary) => boolean;
}

/**
 * Lets a person pick a session, searching by title, agent and folder; it stays current while it is open. Buttons answer,
 * cancel, rename and archive without closing it (U2). `undefined` when it was dismissed.
 */
export function pickSession(list: SessionList, options: PickOptions): Promise<Picked | undefined> {
  const owned = new DisposableStore();
  const pick = owned.add(vscode.window.createQuickPick<Item>());
  pick.title = options.title;
  pick.placeholder = vscode.l10n.t('Search sessions by title, agent or folder');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.keepScrollPosition = true;
  pick.items = itemsOf(list, options);
  owned.add(
    list.onChange(() => {
      const active = pick.activeItems[0]?.summary?.sessionId;
      pick.items = itemsOf(list, options);
      const again = pick.items.find(({ summary }) => summary !== undefined && summary.sessionId === active);
      if (again !== undefined) pick.activeItems = [again];
    }),
  );
  owned.add(findWhileTyping(pick, list));
  owned.add(
    pick.onDidTriggerItemButton(({ button: pressed, item }) => {
      if (item.summary !== undefined)
        void vscode.commands.executeCommand((pressed as Button).command, item.summary.sessionId);
    }),
  );
  return new Promise((resolve) => {
    let picked: Picked | undefined;
    owned.add(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item !== undefined)
          picked = item.summary === undefined ? 'new' : { sessionId: item.summary.sessionId };
        pick.hide();
      }),
    );
    pick.onDidHide(() => {
      owned.dispose();
      resolve(picked);
    });
    pick.show();
  });
}

/** Sessions that the list does not hold yet are found by their titles, in the runtime. */
function findWhileTyping(pick: vscode.QuickPick<Item>, list: SessionList): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const typed = pick.onDidChangeValue((value) => {
    clearTimeout(timer);
    timer = setTimeout(() => void list.find(value.trim()).catch(() => undefined), TYPING_MS);
  });
  return {
    dispose() {
      clearTimeout(timer);
      typed.dispose();
    },
  };
}

function itemsOf(list: SessionList, { withNew = false, only = () => true }: PickOptions): Item[] {
  const own: Summary[] = [];
  const far = new Map<string, Item[]>();
  for (const summary of list.sorted().filter(only)) {
    const host = list.hostOf(summary.sessionId);
    if (host === undefined) own.push(summary);
    else far.set(host, [...(far.get(host) ?? []), itemOf(summary, host)]);
  }
  const groups = groupSessions(own, Date.now());
  const sessions = groups.flatMap(({ id, sessions: members }) => [
    { label: groupName(id, vscode.l10n.t), kind: vscode.QuickPickItemKind.Separator },
    ...members.map((summary) => itemOf(summary)),
  ]);
  const all = [
    ...sessions,
    ...[...far].flatMap(([host, members]) => [
      { label: plainText(host), kind: vscode.QuickPickItemKind.Separator },
      ...members,
    ]),
  ];
  if (!withNew) return all;
  // Last: Enter is the quickest way to what needs the person, and after a search means what was found.
  return [
    ...all,
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: vscode.l10n.t('$(add) New session…'), alwaysShow: true },
  ];
}

function itemOf(summary: Summary, host?: string): Item {
  const { t } = vscode.l10n;
  const { icon } = lookOf(summary, t);
  const busy = summary.phase === 'running' || summary.phase === 'waiting';
  return {
    summary,
    label: `$(${icon}) ${plainText(summary.title)}`,
    description: plainText(descriptionOf(summary, Date.now(), t)),
    ...(host !== undefined
      ? { detail: `$(remote) ${plainText(host)}  ${plainText(summary.cwd)}` }
      : isHere(summary.cwd)
        ? {}
        : { detail: summary.cwd }),
    buttons: [
      ...(summary.needs.length > 0 ? [button('holdfast.answer', 'bell', t('Answer'))] : []),
      ...(busy ? [button('holdfast.cancelTurn', 'debug-stop', t('Cancel Turn'))] : []),
      button('holdfast.renameSession', 'edit', t('Rename')),
      ...(summary.archived
        ? [button('holdfast.unarchiveSession', 'inbox', t('Unarchive'))]
        : busy
          ? []
          : [button('holdfast.archiveSession', 'archive', t('Archive'))]),
    ],
  };
}

/** Whether a folder is the window's own, so that it need not be named. */
function isHere(cwd: string): boolean {
  return vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === cwd) ?? false;
}
