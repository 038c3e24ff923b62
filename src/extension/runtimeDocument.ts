import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { runtimeFacts, runtimeHead } from './runtimeText.ts';
import { saidError } from './saidError.ts';
import type { WindowConnection } from './windowConnection.ts';

const address = vscode.Uri.parse('holdfast:Holdfast Runtime.md');

/** The runtime and what it runs, as a document that is read anew each time it is shown (P7). Owned by `activate`. */
export class RuntimeDocument implements vscode.TextDocumentContentProvider, Disposable {
  readonly #connection: WindowConnection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(connection: WindowConnection) {
    this.#connection = connection;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider('holdfast', this);
  }

  async show(): Promise<void> {
    this.#changed.fire(address);
    const document = await vscode.workspace.openTextDocument(address);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(): Promise<string> {
    const { t } = vscode.l10n;
    const { view, home } = this.#connection;
    const head = runtimeHead(view, home, t);
    if (view.state !== 'connected') return head;
    try {
      return head + runtimeFacts(await this.#connection.request('runtime/status', {}), t);
    } catch (error) {
      return `${head}\n${t('Its status could not be read: {0}', saidError(error, t))}\n`;
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
