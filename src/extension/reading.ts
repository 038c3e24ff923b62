import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Log } from '../client/index.ts';
import { errorText } from '../base/errorText.ts';
import type { SessionId } from '../protocol/ids.ts';
import { paced } from './pace.ts';
import type { Places } from './places.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often changes of the list are looked at, at most, in milliseconds. */
const PACE_MS = 200;

/** Says that what ended in a session was read, once a person has it before their eyes. Owned by `activate`. */
export class Reading implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #connection: WindowConnection;
  readonly #list: SessionList;
  readonly #places: Places;
  readonly #log: Log;
  readonly #said = new Map<SessionId, number>();

  constructor(parts: { connection: WindowConnection; list: SessionList; places: Places; log: Log }) {
    this.#connection = parts.connection;
    this.#list = parts.list;
    this.#places = parts.places;
    this.#log = parts.log;
    const look = (): void => this.#look();
    this.#owned.add(paced(parts.list.onChange, PACE_MS, look));
    this.#owned.add(parts.places.onChange(look));
    this.#owned.add(vscode.window.onDidChangeWindowState(look));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #look(): void {
    for (const shown of this.#places.shown) {
      const summary = this.#list.get(shown);
      if (summary === undefined) continue;
      const { sessionId, attention, seq } = summary;
      if (attention !== 'finished' && attention !== 'failed') continue;
      if (!this.#places.isSeen(sessionId) || this.#said.get(sessionId) === seq) continue;
      if (this.#connection.viewOf(sessionId).state !== 'connected') continue;
      this.#said.set(sessionId, seq);
      this.#connection
        .request('session/configure', { sessionId, readSeq: seq })
        .catch((error: unknown) => this.#log(`marking ${sessionId} as read: ${errorText(error)}`, 'info'));
    }
  }
}
