import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import type { InteractionId, SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { causeOf, isWanted, type Cause } from './causes.ts';
import { plainText } from './plainText.ts';
import type { Places } from './places.ts';
import type { SessionChange, SessionList } from './sessionList.ts';
import { readSettings } from './settings.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Causes remembered, so that none is told twice. */
const REMEMBERED = 1000;
/** Choices of a permission that fit a notification. */
const MOST_CHOICES = 3;

/** What notifications work with. */
export interface NotificationParts {
  readonly connection: WindowConnection;
  readonly list: SessionList;
  readonly places: Places;
  readonly log: Log;
}

interface Button extends vscode.MessageItem {
  readonly act: () => unknown;
}

/**
 * Says that a session needs the person, failed or finished, when they cannot see it, with the action in it (U4). The runtime
 * names one window for each cause; only that one speaks. Owned by `activate`.
 */
export class Notifications implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #parts: NotificationParts;
  readonly #told = new Set<string>();

  constructor(parts: NotificationParts) {
    this.#parts = parts;
    this.#owned.add(parts.list.onSession((change) => this.#consider(change)));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #consider(change: SessionChange): void {
    const cause = change.notify ? causeOf(change) : undefined;
    if (cause === undefined || this.#told.has(cause.key)) return;
    this.#told.add(cause.key);
    for (const key of this.#told) if (this.#told.size > REMEMBERED) this.#told.delete(key);
    if (!isWanted(cause, change, readSettings().notifications) || this.#parts.places.isSeen(cause.sessionId))
      return;
    this.#tell(cause, change.summary).catch((error: unknown) =>
      this.#parts.log(`telling of ${cause.key}: ${errorText(error)}`),
    );
  }

  async #tell(cause: Cause, summary: Summary): Promise<void> {
    const { sessionId } = cause;
    const open: Button = {
      title: vscode.l10n.t('Open'),
      act: () => vscode.commands.executeCommand('holdfast.openSession', sessionId),
    };
    const title = plainText(summary.title);
    const problem = summary.problem === undefined ? undefined : plainText(summary.problem);
    const chosen = await this.#show(cause, { title, problem, open });
    await chosen?.act();
  }

  async #show(
    cause: Cause,
    { title, problem, open }: { title: string; problem: string | undefined; open: Button },
  ): Promise<Button | undefined> {
    switch (cause.kind) {
      case 'needsYou': {
        const choices = await this.#choices(cause.sessionId, cause.interactionId);
        const words = vscode.l10n.t('“{0}” needs you: {1}', title, plainText(cause.what));
        return vscode.window.showWarningMessage(words, ...choices, open);
      }
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

  /** The answers of a simple permission, or the way to answer anything else. */
  async #choices(sessionId: SessionId, interactionId: InteractionId): Promise<Button[]> {
    const { connection } = this.#parts;
    const { head } = await connection.request('session/get', { sessionId });
    const open = head.interactions.find((each) => each.interactionId === interactionId);
    const interaction = open?.interaction;
    if (interaction?.kind !== 'permission' || interaction.options.length > MOST_CHOICES) {
      const act = (): unknown => vscode.commands.executeCommand('holdfast.answer', sessionId, interactionId);
      return [{ title: vscode.l10n.t('Answer…'), act }];
    }
    return interaction.options.map(({ optionId, name }) => ({
      title: plainText(name),
      act: () => vscode.commands.executeCommand('holdfast.answer', sessionId, interactionId, optionId),
    }));
  }
}
