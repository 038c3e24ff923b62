import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { plainText } from './plainText.ts';
import { descriptionOf, lookOf } from './sessionLook.ts';
import type { SessionList } from './sessionList.ts';

interface SessionItem extends vscode.QuickPickItem {
  readonly summary: Summary;
}

interface NewItem extends vscode.QuickPickItem {
  readonly summary?: undefined;
}

type Item = SessionItem | NewItem;

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

/**
 * Lets a person pick a session, searching by title, agent and folder; it stays current while it is open. Buttons cancel,
 * rename and end without closing it. `undefined` when it was dismissed.
 */
export function pickSession(
  list: SessionList,
  options: {
    readonly title: string;
    readonly withNew?: boolean;
    readonly only?: (summary: Summary) => boolean;
  },
): Promise<Picked | undefined> {
  const { title, withNew = false, only = () => true } = options;
  const owned = new DisposableStore();
  const pick = owned.add(vscode.window.createQuickPick<Item>());
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Search sessions by title, agent or folder');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const fill = (): void => {
    const active = pick.activeItems[0]?.summary?.sessionId;
    const sessions = list.sorted().filter(only).map(itemOf);
    pick.items = [...(withNew ? [newItem()] : []), ...sessions];
    const again = sessions.find(({ summary }) => summary.sessionId === active);
    if (again !== undefined) pick.activeItems = [again];
  };
  fill();
  owned.add(list.onChange(fill));
  owned.add(
    pick.onDidTriggerItemButton(({ button: pressed, item }) => {
      if (item.summary !== undefined)
        void vscode.commands.executeCommand((pressed as Button).command, item.summary);
    }),
  );
  return new Promise((resolve) => {
    let picked: Picked | undefined;
    owned.add(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        picked =
          item === undefined
            ? undefined
            : item.summary === undefined
              ? 'new'
              : { sessionId: item.summary.sessionId };
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

function newItem(): NewItem {
  return { label: vscode.l10n.t('$(add) New session…'), alwaysShow: true };
}

function itemOf(summary: Summary): SessionItem {
  const { icon } = lookOf(summary, vscode.l10n.t);
  const busy = summary.phase === 'running' || summary.phase === 'waiting';
  return {
    summary,
    label: `$(${icon}) ${plainText(summary.title)}`,
    description: plainText(descriptionOf(summary, Date.now(), vscode.l10n.t)),
    detail: summary.cwd,
    buttons: [
      ...(busy ? [button('holdfast.cancelTurn', 'debug-stop', vscode.l10n.t('Cancel Turn'))] : []),
      button('holdfast.renameSession', 'edit', vscode.l10n.t('Rename')),
      ...(summary.phase === 'ended'
        ? []
        : [button('holdfast.endSession', 'circle-slash', vscode.l10n.t('End Session'))]),
    ],
  };
}
