import { registerHooks } from 'node:module';
import type * as vscode from 'vscode';
import { Emitter } from '../../../src/base/emitter.ts';
import type { FromPage, ToPage } from '../../../src/protocol/page.ts';

/** Of the editor's API, what a chat page needs before anybody does anything with it. */
const api = `
export const l10n = { t: (text) => text, bundle: undefined };
export const env = { language: 'en' };
export const Uri = { joinPath: (...parts) => parts.join('/') };
`;

/**
 * Has what is imported from now on find an editor's API that does next to nothing: outside of the editor there is none. For tests
 * that import what they test after this.
 */
export function fakeEditor(): void {
  const url = `data:text/javascript,${encodeURIComponent(api)}`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url, shortCircuit: true } : next(specifier, context),
  });
}

/**
 * A webview as VS Code has one that is not retained: hidden, its page is gone and what is posted is lost; in sight again, the page
 * is loaded anew, and what is posted before it listens is lost too.
 */
export class FakeWebview implements vscode.Webview {
  readonly #said = new Emitter<unknown>();
  /** What the page got, in order. */
  readonly got: ToPage[] = [];
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
