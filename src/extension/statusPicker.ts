import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Countdown } from './countdown.ts';
import { paced } from './pace.ts';
import type { SessionList } from './sessionList.ts';
import { tellApart, toldApart } from './sameTitle.ts';
import { descriptionOf, escapeMarkdown, lookOf } from './sessionLook.ts';
import { statusText } from './statusText.ts';
import { needsHelp } from './statusWays.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often changes of the list are looked at, at most, in milliseconds. */
const PACE_MS = 200;
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
    const update = (): void => {
      this.#update(list, connection);
      countdown.said(connection.view.nextAttemptAt);
    };
    const countdown = this.#owned.add(new Countdown(update));
    this.#owned.add(paced(list.onChange, PACE_MS, update));
    this.#owned.add(connection.onView(update));
    update();
    this.#item.show();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(list: SessionList, connection: WindowConnection): void {
    const { view } = connection;
    const { text, tooltip, tone } = statusText(list.counts, view, Date.now(), vscode.l10n.t);
    this.#item.text = text;
    this.#item.tooltip = hoverOf(tooltip, list);
    this.#item.accessibilityInformation = {
      label: `${text.replace(/\$\([^)]*\)\s*/g, '')}. ${tooltip}`,
      role: 'button',
    };
    this.#item.backgroundColor =
      tone === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${tone}Background`);
    this.#item.command = needsHelp(view) ? 'holdfast.showConnection' : 'holdfast.switchSession';
  }
}

/** What waits, works and failed, by name, each a way to it; the most urgent first. */
function hoverOf(words: string, list: SessionList): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const now = Date.now();
  const named = list
    .sorted()
    .filter(({ attention, archived }) => !archived && attention !== 'none' && attention !== 'finished');
  const shown = named.slice(0, MOST_NAMES);
  const apart = tellApart(shown);
  const rows = shown.map((summary) => {
    const look = lookOf(summary, t);
    const host = list.hostOf(summary.sessionId);
    const target = encodeURIComponent(JSON.stringify([summary.sessionId]));
    const description = toldApart(descriptionOf(summary, now, t), apart.get(summary.sessionId), {
      t,
      language: vscode.env.language,
    });
    const about = [description, ...(host === undefined ? [] : [host])];
    const link = `[${escapeMarkdown(summary.title)}](command:holdfast.openSession?${target} "${look.label}")`;
    return `$(${look.icon.replace('~spin', '')}) ${link} — ${escapeMarkdown(about.join(' · '))}`;
  });
  const left = named.length - rows.length;
  const more = left > 0 ? [t('and {0} more', left)] : [];
  const hover = new vscode.MarkdownString([escapeMarkdown(words), ...rows, ...more].join('\n\n'), true);
  hover.isTrusted = { enabledCommands: ['holdfast.openSession'] };
  return hover;
}
