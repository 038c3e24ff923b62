import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import { withEachSession } from './eachSession.ts';
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
  /** Those that were archived together last and are not brought back. */
  #last = new Set<SessionId>();
  #hiding: NodeJS.Timeout | undefined;

  constructor(parts: ArchivingParts) {
    this.#parts = parts;
    this.#item.name = vscode.l10n.t('Holdfast: Archived Sessions');
    this.#item.command = 'holdfast.undoArchive';
  }

  /** What is done is said, and can be taken back, while others wait. Rejects with what was refused, once all others are archived. */
  async archive(sessionIds: readonly SessionId[]): Promise<void> {
    const { connection, list } = this.#parts;
    const done = new Set<SessionId>();
    await withEachSession(list, sessionIds, async (sessionId) => {
      await connection.request('session/configure', { sessionId, archived: true });
      this.#say(done.add(sessionId));
    });
  }

  /** Takes back what was archived last; what is refused can be taken back once more. Rejects with that. */
  async undo(): Promise<void> {
    const { connection, list } = this.#parts;
    const last = this.#last;
    // One that was deleted since is none to bring back.
    for (const sessionId of last) if (list.isHidden(sessionId)) last.delete(sessionId);
    this.#hide();
    try {
      await withEachSession(list, [...last], async (sessionId) => {
        try {
          await connection.request('session/configure', { sessionId, archived: false });
          last.delete(sessionId);
        } catch (error) {
          if (isHoldfastError(error, 'sessionNotFound')) last.delete(sessionId);
          throw error;
        }
      });
    } finally {
      if (last === this.#last) this.#say(last);
    }
  }

  dispose(): void {
    clearTimeout(this.#hiding);
    this.#item.dispose();
  }

  #say(done: Set<SessionId>): void {
    this.#last = done;
    void vscode.commands.executeCommand('setContext', 'holdfast.canUndoArchive', done.size > 0);
    const [first] = done;
    if (first === undefined) return this.#hide();
    const { t } = vscode.l10n;
    const words =
      done.size === 1
        ? t('“{0}” is archived.', plainText(short(this.#parts.list.get(first)?.title ?? first)))
        : t('{0} sessions are archived.', done.size);
    this.#item.text = `$(archive) ${words} ${t('Undo')}`;
    this.#item.tooltip = t('Bring back what was archived last');
    this.#item.accessibilityInformation = { label: `${words} ${t('Undo')}`, role: 'button' };
    this.#item.show();
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(() => this.#item.hide(), SAID_MS).unref();
  }

  #hide(): void {
    clearTimeout(this.#hiding);
    this.#item.hide();
  }
}

function short(title: string): string {
  const characters = Array.from(title);
  return characters.length <= MOST_TITLE ? title : `${characters.slice(0, MOST_TITLE - 1).join('')}…`;
}
