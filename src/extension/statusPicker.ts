import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { canRead } from '../protocol/page.ts';
import type { SessionList } from './sessionList.ts';
import { lookOf } from './sessionLook.ts';
import { statusText } from './statusText.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Sessions named in the hover. */
const MOST_NAMES = 8;

/** The status-bar item: what runs and what waits, or where the connection stands (U2, U8). Owned by `activate`. */
export class StatusPicker implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #item: vscode.StatusBarItem;

  constructor({ list, connection }: { list: SessionList; connection: WindowConnection }) {
    this.#item = this.#owned.add(
      vscode.window.createStatusBarItem('holdfast.status', vscode.StatusBarAlignment.Left, 10),
    );
    this.#item.name = vscode.l10n.t('Holdfast Sessions');
    const update = (): void => this.#update(list, connection);
    this.#owned.add(list.onChange(update));
    this.#owned.add(connection.onView(update));
    update();
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(list: SessionList, connection: WindowConnection): void {
    const { view } = connection;
    const { text, tooltip, tone } = statusText(list.counts, view, vscode.l10n.t);
    this.#item.text = text;
    this.#item.tooltip = [tooltip, ...namesOf(list)].join('\n');
    this.#item.accessibilityInformation = {
      label: `${text.replace(/\$\([^)]*\)\s*/g, '')}. ${tooltip}`,
      role: 'button',
    };
    this.#item.backgroundColor =
      tone === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${tone}Background`);
    this.#item.command = canRead(view) ? 'holdfast.switchSession' : 'holdfast.showRuntime';
  }
}

/** The sessions that wait or work, by name. */
function namesOf(list: SessionList): string[] {
  return list
    .sorted()
    .filter(({ attention, archived }) => !archived && attention !== 'none' && attention !== 'finished')
    .slice(0, MOST_NAMES)
    .map((summary) => {
      const host = list.hostOf(summary.sessionId);
      const words = `${lookOf(summary, vscode.l10n.t).label}: ${summary.title}`;
      return host === undefined ? words : `${words} (${host})`;
    });
}
