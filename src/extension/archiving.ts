import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import { eachSession, withEachSession } from './eachSession.ts';
import { plainText } from './plainText.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How long the status bar says what was archived, in milliseconds. */
const SAID_MS = 10_000;
/** What is said of a title, in characters: the status bar cuts nothing. */
const MOST_TITLE = 40;

/** What archiving works with. */
export interface ArchivingParts {
  readonly connection: Pick<WindowConnection, 'request'>;
  readonly list: Pick<SessionList, 'get' | 'isHidden'>;
}

/**
 * Archives sessions, whose rows go into a group that is closed: the status bar says so for a while, each time in the place of what
 * it said before, and takes the last time back when it is pressed (U1). The palette does so for as long as the window is open.
 * Owned by `activate`.
 */
export class Archiving implements Disposable {
  readonly #parts: ArchivingParts;
  readonly #item = vscode.window.createStatusBarItem(
    'holdfast.archived',
    vscode.StatusBarAlignment.Left,
    // Beside what the sessions are doing.
    9,
  );
  #last: readonly SessionId[] = [];
  #hiding: NodeJS.Timeout | undefined;

  constructor(parts: ArchivingParts) {
    this.#parts = parts;
    this.#item.name = vscode.l10n.t('Holdfast: Archived Sessions');
    this.#item.command = 'holdfast.undoArchive';
  }

  /** Rejects with what was refused, once all others are archived. */
  async archive(sessionIds: readonly SessionId[]): Promise<void> {
    const { connection, list } = this.#parts;
    const { done, problem } = await eachSession(list, sessionIds, (sessionId) =>
      connection.request('session/configure', { sessionId, archived: true }),
    );
    if (done.length > 0) this.#say(done);
    if (problem !== undefined) throw problem;
  }

  /** Takes back what was archived last. Rejects with what was refused. */
  async undo(): Promise<void> {
    const { connection, list } = this.#parts;
    // One that was deleted since is none to bring back.
    const last = this.#last.filter((id) => list.get(id) !== undefined && !list.isHidden(id));
    this.#forget();
    await withEachSession(list, last, (sessionId) =>
      connection.request('session/configure', { sessionId, archived: false }),
    );
  }

  dispose(): void {
    clearTimeout(this.#hiding);
    this.#item.dispose();
  }

  #say(done: readonly SessionId[]): void {
    const { t } = vscode.l10n;
    const [first = ''] = done;
    const words =
      done.length === 1
        ? t('“{0}” is archived.', plainText(short(this.#parts.list.get(first)?.title ?? first)))
        : t('{0} sessions are archived.', done.length);
    this.#last = done;
    this.#item.text = `$(archive) ${words} ${t('Undo')}`;
    this.#item.tooltip = t('Bring back what was archived last');
    this.#item.accessibilityInformation = { label: `${words} ${t('Undo')}`, role: 'button' };
    this.#item.show();
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => this.#item.hide(), SAID_MS).unref();
    void vscode.commands.executeCommand('setContext', 'holdfast.canUndoArchive', true);
  }

  #forget(): void {
    this.#last = [];
    clearTimeout(this.#hiding);
    this.#item.hide();
    void vscode.commands.executeCommand('setContext', 'holdfast.canUndoArchive', false);
  }
}

function short(title: string): string {
  const characters = Array.from(title);
  return characters.length <= MOST_TITLE ? title : `${characters.slice(0, MOST_TITLE - 1).join('')}…`;
}
