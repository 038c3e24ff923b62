import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Summary } from '../protocol/summary.ts';
import { causeOf, type Cause } from './causes.ts';
import { plainText } from './plainText.ts';
import type { Places } from './places.ts';
import type { SessionChange, SessionList } from './sessionList.ts';
import { readSettings } from './settings.ts';

/** Causes remembered, so that none is told twice. */
const REMEMBERED = 1000;

/** Says that a session needs the person, failed or finished, when they cannot see it; once a cause (U4). Owned by `activate`. */
export class Notifications implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #places: Places;
  readonly #told = new Set<string>();

  constructor({ list, places }: { list: SessionList; places: Places }) {
    this.#places = places;
    this.#owned.add(list.onSession((change) => this.#consider(change)));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #consider(change: SessionChange): void {
    const cause = causeOf(change);
    if (cause === undefined || this.#told.has(cause.key)) return;
    this.#told.add(cause.key);
    for (const key of this.#told) if (this.#told.size > REMEMBERED) this.#told.delete(key);
    if (!readSettings().notifications || this.#places.isSeen(cause.sessionId)) return;
    void this.#tell(cause, change.summary);
  }

  async #tell(cause: Cause, summary: Summary): Promise<void> {
    const open = vscode.l10n.t('Open');
    const title = plainText(summary.title);
    const problem = summary.problem === undefined ? undefined : plainText(summary.problem);
    const chosen = await this.#show(cause, { title, problem, open });
    if (chosen === open) await vscode.commands.executeCommand('holdfast.openSession', cause.sessionId);
    else if (chosen !== undefined && cause.kind === 'needsYou') {
      await vscode.commands.executeCommand('holdfast.answer', cause.sessionId, cause.interactionId);
    }
  }

  #show(
    cause: Cause,
    { title, problem, open }: { title: string; problem: string | undefined; open: string },
  ): Thenable<string | undefined> {
    switch (cause.kind) {
      case 'needsYou':
        return vscode.window.showWarningMessage(
          vscode.l10n.t('“{0}” needs you: {1}', title, plainText(cause.what)),
          vscode.l10n.t('Answer…'),
          open,
        );
      case 'failed': {
        const words =
          problem === undefined
            ? vscode.l10n.t('“{0}” failed.', title)
            : vscode.l10n.t('“{0}” failed: {1}', title, problem);
        return vscode.window.showErrorMessage(words, open);
      }
      case 'finished':
        return vscode.window.showInformationMessage(vscode.l10n.t('“{0}” has finished.', title), open);
    }
  }
}
