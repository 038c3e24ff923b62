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

/** What reading works with. */
export interface ReadingParts {
  readonly connection: Pick<WindowConnection, 'request' | 'viewOf'>;
  readonly list: Pick<SessionList, 'get' | 'onChange'>;
  readonly places: Pick<Places, 'shown' | 'isSeen' | 'onChange'>;
  readonly log: Log;
}

/** Says that what ended in a session was read, once a person has it before their eyes. Owned by `activate`. */
export class Reading implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #connection: ReadingParts['connection'];
  readonly #list: ReadingParts['list'];
  readonly #places: ReadingParts['places'];
  readonly #log: Log;
  readonly #said = new Map<SessionId, number>();

  constructor(parts: ReadingParts) {
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
      this.#connection.request('session/configure', { sessionId, readSeq: seq }).catch((error: unknown) => {
        // The next look says it again.
        if (this.#said.get(sessionId) === seq) this.#said.delete(sessionId);
        this.#log(`marking ${sessionId} as read: ${errorText(error)}`, 'info');
      });
    }
  }
}
