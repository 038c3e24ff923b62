import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';
import { ChatPage, type ChatParts } from './chatPage.ts';

const STORED = 'holdfast.chatSession';

/** The chat page in the side bar. Remembers its session for the next time the window opens. Owned by `activate`. */
export class ChatView implements vscode.WebviewViewProvider, Disposable {
  readonly #parts: ChatParts;
  readonly #memory: vscode.Memento;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #page: ChatPage | undefined;
  #view: vscode.WebviewView | undefined;
  #sessionId: SessionId | undefined;
  /** How the page that the editor makes next is meant to be shown; absent where nobody asked for it. */
  #next: { readonly focus: boolean } | undefined;

  constructor(parts: ChatParts, memory: vscode.Memento) {
    this.#parts = parts;
    this.#memory = memory;
    this.#sessionId = memory.get<SessionId>(STORED);
    this.#owned.add(vscode.window.registerWebviewViewProvider('holdfast.chat', this));
  }

  /** The session it shows or will show. */
  get sessionId(): SessionId | undefined {
    return this.#sessionId;
  }

  /** Whether a person can see it. */
  get visible(): boolean {
    return this.#view?.visible === true;
  }

  /** Tells that the session or the visibility changed. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** Shows a session, or the empty state, and reveals the view. */
  async open(sessionId: SessionId | undefined, { focus = true }: { focus?: boolean } = {}): Promise<void> {
    // Who hears of it asks the page what it shows.
    this.#page?.show(sessionId, { focus });
    this.#remember(sessionId);
    if (this.#page !== undefined) this.#parts.attended.turnTo(this.#page);
    this.#next = this.#page === undefined ? { focus } : undefined;
    if (this.#view !== undefined) this.#view.show(!focus);
    else await vscode.commands.executeCommand('holdfast.chat.focus', { preserveFocus: !focus });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const page = new ChatPage(this.#parts, view.webview, {
      surface: 'sidebar',
      sessionId: this.#sessionId,
      onShow: (sessionId) => this.#remember(sessionId),
    });
    this.#page = page;
    if (this.#next !== undefined) {
      page.show(this.#sessionId, this.#next);
      this.#parts.attended.turnTo(page);
    }
    this.#next = undefined;
    view.onDidChangeVisibility(() => {
      page.moved();
      this.#changed.fire();
    });
    view.onDidDispose(() => {
      page.dispose();
      if (this.#page === page) this.#page = this.#view = undefined;
      this.#changed.fire();
    });
    this.#changed.fire();
  }

  dispose(): void {
    this.#page?.dispose();
    this.#owned.dispose();
    this.#changed.dispose();
  }

  #remember(sessionId: SessionId | undefined): void {
    if (sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    void this.#memory.update(STORED, sessionId);
    this.#changed.fire();
  }
}
