import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Attended } from './attended.ts';
import { ChatPanels } from './chatPanels.ts';
import type { ChatParts } from './chatPage.ts';
import { ChatView } from './chatView.ts';
import type { Deliveries, Delivery } from './deliveries.ts';

/** A row of a session's transcript; `position` is its place in the order. */
export type Place = Pick<Delivery & { type: 'reveal' }, 'sessionId' | 'itemId' | 'position'>;

/** Where sessions are shown in this window: the side bar's page and any number of editor tabs. Owned by `activate`. */
export class Places implements Disposable {
  readonly view: ChatView;
  readonly panels: ChatPanels;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #attended: Attended;
  readonly #deliveries: Deliveries;

  constructor(parts: ChatParts, memory: vscode.Memento) {
    this.#attended = this.#owned.add(parts.attended);
    this.#deliveries = this.#owned.add(parts.deliveries);
    this.#owned.add(parts.attended.onChange(() => this.#changed.fire()));
    this.view = this.#owned.add(new ChatView(parts, memory));
    this.panels = this.#owned.add(new ChatPanels(parts));
    this.#owned.add(this.view.onChange(() => this.#changed.fire()));
    this.#owned.add(this.panels.onChange(() => this.#changed.fire()));
  }

  /** Tells that something is shown or hidden that was not. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** The session that a command without one means: of the page turned to last, of the panel in front, of the side bar. */
  get current(): SessionId | undefined {
    return this.#attended.sessionId ?? this.panels.activeSession ?? this.view.sessionId;
  }

  /** The sessions of all pages of the window, seen or not. */
  get shown(): ReadonlySet<SessionId> {
    const { sessionId } = this.view;
    return new Set([...this.panels.sessions, ...(sessionId === undefined ? [] : [sessionId])]);
  }

  /** Whether a person has the session before their eyes. */
  isSeen(sessionId: SessionId): boolean {
    if (!vscode.window.state.focused) return false;
    return (this.view.visible && this.view.sessionId === sessionId) || this.panels.shows(sessionId);
  }

  /** Shows a session where it is shown already, else in the side bar; without `focus`, what has the focus keeps it. */
  async open(sessionId: SessionId, { focus = true }: { focus?: boolean } = {}): Promise<void> {
    if (!this.panels.reveal(sessionId, { focus })) await this.view.open(sessionId, { focus });
  }

  /** Shows a place in a session's transcript. */
  async openAt({ sessionId, itemId, position }: Place): Promise<void> {
    await this.open(sessionId);
    this.#deliveries.put({ type: 'reveal', sessionId, itemId, position });
  }

  /** Shows a session and adds text to what is being written there. */
  async insert(sessionId: SessionId, text: string): Promise<void> {
    await this.open(sessionId);
    this.#deliveries.put({ type: 'insert', sessionId, text });
  }

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
  }
}
