import type * as vscode from 'vscode';
import { Emitter } from '../../../src/base/emitter.ts';
import type { FromPage, ToPage } from '../../../src/protocol/page.ts';

/**
 * A webview as VS Code has one that is not retained: hidden, its page is gone and what is posted is lost; in sight again, the page
 * is loaded anew, and what is posted before it listens is lost too.
 */
export class FakeWebview implements vscode.Webview {
  readonly #said = new Emitter<unknown>();
  /** What the page got, in order. */
  readonly got: ToPage[] = [];
  /** Whether the page lives on to take what it is given. */
  takes = true;
  options: vscode.WebviewOptions = {};
  html = '';
  readonly cspSource = 'fake:';
  #listens = false;

  readonly onDidReceiveMessage: vscode.Event<unknown> = (listener) => this.#said.listen(listener);

  asWebviewUri(uri: vscode.Uri): vscode.Uri {
    return uri;
  }

  postMessage(message: ToPage): Promise<boolean> {
    if (this.#listens) this.got.push(message);
    if (this.#listens && this.takes && 'deliveryId' in message)
      this.say({ type: 'took', deliveryId: message.deliveryId });
    return Promise.resolve(this.#listens);
  }

  /** The page is loaded, and says so. */
  load(): void {
    this.#listens = true;
    this.say({ type: 'ready' });
  }

  /** The page is gone. */
  unload(): void {
    this.#listens = false;
  }

  say(message: FromPage): void {
    this.#said.fire(message);
  }
}
