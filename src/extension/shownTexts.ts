import path from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { TextSource } from '../protocol/page.ts';
import type { WindowConnection } from './windowConnection.ts';

const SCHEME = 'holdfast-text';
/** Texts kept for the documents that show them. */
const MOST_TEXTS = 40;
/** Bytes of one text that the editor is given at most, and those read at once. */
const MOST_BYTES = 32 * 1024 * 1024;
const PAGE_BYTES = 1024 * 1024;

/** Texts of transcripts as documents of the editor that cannot be written to: long output, and both sides of a change. */
export class ShownTexts implements vscode.TextDocumentContentProvider, Disposable {
  readonly #connection: WindowConnection;
  readonly #registration: Disposable;
  readonly #texts = new Map<string, string>();
  #last = 0;

  constructor(connection: WindowConnection) {
    this.#connection = connection;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Opens a text in an editor tab; what its name ends with decides about its language. */
  async show(sessionId: SessionId, name: string, source: TextSource): Promise<void> {
    const document = await vscode.workspace.openTextDocument(await this.#keep(sessionId, name, source));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Opens the editor's comparison of a file before and after a change. */
  async compare(
    sessionId: SessionId,
    file: string,
    sides: Record<'before' | 'after', TextSource>,
  ): Promise<void> {
    const [before, after] = await Promise.all([
      this.#keep(sessionId, file, sides.before),
      this.#keep(sessionId, file, sides.after),
    ]);
    const title = vscode.l10n.t('{0} (change by the agent)', path.basename(file));
    await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true });
  }

  provideTextDocumentContent(address: vscode.Uri): string {
    return (
      this.#texts.get(address.query) ??
      vscode.l10n.t('This text is no longer kept here. Open it again from the chat.')
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }

  async #keep(sessionId: SessionId, name: string, source: TextSource): Promise<vscode.Uri> {
    const text = await this.#whole(sessionId, source);
    const key = String(++this.#last);
    this.#texts.set(key, text);
    for (const old of [...this.#texts.keys()].slice(0, -MOST_TEXTS)) this.#texts.delete(old);
    const base = path.basename(name.replaceAll('\\', '/')) || 'text';
    return vscode.Uri.from({ scheme: SCHEME, path: `/${base}`, query: key });
  }

  /** The text itself, or all of the blob that it is only the beginning of. */
  async #whole(sessionId: SessionId, { text, blob }: TextSource): Promise<string> {
    if (blob === undefined) return text;
    const parts: Buffer[] = [];
    const end = Math.min(blob.bytes, MOST_BYTES);
    for (let offset = 0; offset < end; offset += PAGE_BYTES) {
      const length = Math.min(PAGE_BYTES, end - offset);
      const { data } = await this.#connection.request('blob/read', {
        ...{ sessionId, sha256: blob.sha256, offset, length },
      });
      parts.push(Buffer.from(data, 'base64'));
    }
    const whole = Buffer.concat(parts).toString('utf8');
    const left = blob.bytes - end;
    return left > 0 ? `${whole}\n${vscode.l10n.t('… {0} bytes more', left)}\n` : whole;
  }
}
