import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { connectionKey } from './connectionView.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { paced } from './pace.ts';
import type { Places } from './places.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How often changes of the list are looked at, at most, in milliseconds. */
const PACE_MS = 200;

/** Keeps the keys that menus, key bindings and welcome texts decide by (`when`). Owned by `activate`. */
export class ContextKeys implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #set = new Map<string, unknown>();

  constructor({
    connection,
    list,
    places,
  }: {
    connection: WindowConnection;
    list: SessionList;
    places: Places;
  }) {
    const update = (): void => {
      const { current } = places;
      const known = (sessionId: SessionId | undefined): Summary | undefined =>
        sessionId === undefined || list.isHidden(sessionId) ? undefined : list.get(sessionId);
      const summary = known(current);
      this.#put('holdfast.connection', connectionKey(connection.view));
      this.#put('holdfast.listLoaded', list.loaded);
      this.#put('holdfast.hasSessions', list.sorted().length > 0);
      this.#put('holdfast.hasSession', summary !== undefined);
      this.#put('holdfast.sessionPhase', summary?.phase);
      this.#put('holdfast.viewHasSession', known(places.view.sessionId) !== undefined);
      this.#put('holdfast.panelPhase', known(places.panels.activeSession)?.phase);
      this.#put(
        'holdfast.panelHasSession',
        places.panels.seen.some((sessionId) => known(sessionId) !== undefined),
      );
      this.#put('holdfast.needsYou', list.counts.needsYou > 0);
    };
    this.#owned.add(connection.onView(update));
    this.#owned.add(paced(list.onChange, PACE_MS, update));
    this.#owned.add(places.onChange(update));
    update();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #put(key: string, value: unknown): void {
    if (this.#set.has(key) && this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
