import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';
import { transcriptText } from '../protocol/transcriptText.ts';
import { fileName } from './fileName.ts';
import { saidError } from './saidError.ts';
import type { WindowConnection } from './windowConnection.ts';

const SCHEME = 'holdfast-transcript';
/** Rows in one answer, and in one document. */
const PAGE = 500;
const MOST = 5_000;

/** Transcripts as read-only Markdown documents, read anew each time one is shown (J7). Owned by `activate`. */
export class TranscriptDocument implements vscode.TextDocumentContentProvider, Disposable {
  readonly #connection: WindowConnection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(connection: WindowConnection) {
    this.#connection = connection;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Opens the transcript of a session as it is now. Rejects with a `HoldfastError`. */
  async show(sessionId: SessionId): Promise<void> {
    const { head } = await this.#connection.request('session/get', { sessionId });
    const path = `/${fileName(head.title)}.md`;
    const address = vscode.Uri.from({ scheme: SCHEME, authority: sessionId, path });
    this.#changed.fire(address);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(address), { preview: true });
  }

  /** A session's transcript as Markdown; the newest rows of one that is very long. Rejects with a `HoldfastError`. */
  async textOf(sessionId: SessionId): Promise<string> {
    const { head } = await this.#connection.request('session/get', { sessionId });
    const items: Item[] = [];
    let before: number | undefined;
    let more = true;
    while (more && items.length < MOST) {
      const page = await this.#connection.request('session/history', {
        ...{ sessionId, limit: PAGE },
        ...(before === undefined ? {} : { before }),
      });
      items.unshift(...page.items);
      before = page.items[0]?.position;
      more = page.more && before !== undefined;
    }
    const text = transcriptText(head, items);
    return more ? `${vscode.l10n.t('Only the last {0} rows are shown.', items.length)}\n\n${text}` : text;
  }

  async provideTextDocumentContent({ authority }: vscode.Uri): Promise<string> {
    try {
      return await this.textOf(authority as SessionId);
    } catch (error) {
      return vscode.l10n.t('The transcript could not be read: {0}', saidError(error, vscode.l10n.t));
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
