import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Places } from './places.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Tells the runtime whether this window has the focus, by which it names the window that notifies (U4). Owned by `activate`. */
export class WindowFocus implements Disposable {
  readonly #owned = new DisposableStore();
  #said = '';

  constructor({ connection, places }: { connection: WindowConnection; places: Places }) {
    const tell = (): void => {
      const { focused } = vscode.window.state;
      const { current } = places;
      const params = {
        focused,
        ...(current !== undefined && places.isSeen(current) && { sessionId: current }),
      };
      const words = JSON.stringify(params);
      if (words === this.#said || connection.view.state !== 'connected') return;
      this.#said = words;
      connection.focus(params);
    };
    this.#owned.add(vscode.window.onDidChangeWindowState(tell));
    this.#owned.add(places.onChange(tell));
    this.#owned.add(
      connection.onView(({ state }) => {
        // A new connection knows nothing of this window yet.
        if (state !== 'connected') this.#said = '';
        tell();
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
