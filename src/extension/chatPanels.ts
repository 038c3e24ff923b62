import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { PageState } from '../protocol/page.ts';
import { ChatPage, type ChatParts } from './chatPage.ts';

const VIEW_TYPE = 'holdfast.chatPanel';

/** Chat pages as editor tabs: one a session, several at once, restored after a reload (U3). Owned by `activate`. */
export class ChatPanels implements vscode.WebviewPanelSerializer<PageState>, Disposable {
  readonly #parts: ChatParts;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #pages = new Map<vscode.WebviewPanel, ChatPage>();

  constructor(parts: ChatParts) {
    this.#parts = parts;
    this.#owned.add(vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this));
    this.#owned.add(parts.list.onChange(() => this.#retitle()));
    this.#owned.add(parts.live.onHead(() => this.#retitle()));
  }

  /** The session of the panel that has the focus. */
  get activeSession(): SessionId | undefined {
    return [...this.#pages].find(([panel]) => panel.active)?.[1].sessionId;
  }

  /** What the panels show that a person can see, the one with the focus first; `undefined` stands for no session. */
  get seen(): (SessionId | undefined)[] {
    const inSight = [...this.#pages].filter(([panel]) => panel.visible);
    inSight.sort(([a], [b]) => Number(b.active) - Number(a.active));
    return inSight.map(([, { sessionId }]) => sessionId);
  }

  /** The sessions that panels show. */
  get sessions(): SessionId[] {
    return [...this.#pages.values()].map(({ sessionId }) => sessionId).filter((id) => id !== undefined);
  }

  /** Tells that panels came, went, became active or visible, or show another session. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** Whether a person can see the session in a panel. */
  shows(sessionId: SessionId): boolean {
    return [...this.#pages].some(([panel, page]) => panel.visible && page.sessionId === sessionId);
  }

  /** Brings the panel of a session to the front, if there is one. */
  reveal(sessionId: SessionId, { focus = true }: { focus?: boolean } = {}): boolean {
    const found = [...this.#pages].find(([, page]) => page.sessionId === sessionId);
    if (found === undefined) return false;
    const [panel, page] = found;
    panel.reveal(undefined, !focus);
    this.#parts.attended.turnTo(page);
    page.show(sessionId, { focus });
    return true;
  }

  /** Shows a session in an editor tab of its own. */
  open(sessionId: SessionId): void {
    if (this.reveal(sessionId)) return;
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      this.#titleOf(sessionId),
      vscode.ViewColumn.Active,
    );
    this.#adopt(panel, sessionId).show(sessionId, { focus: true });
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: PageState | undefined): Promise<void> {
    this.#adopt(panel, typeof state?.sessionId === 'string' ? state.sessionId : undefined);
    return Promise.resolve();
  }

  dispose(): void {
    for (const page of this.#pages.values()) page.dispose();
    this.#pages.clear();
    this.#owned.dispose();
    this.#changed.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, sessionId: SessionId | undefined): ChatPage {
    const page = new ChatPage(this.#parts, panel.webview, {
      surface: 'editor',
      sessionId,
      onShow: () => {
        this.#retitle();
        this.#changed.fire();
      },
    });
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(this.#parts.extensionUri, 'media', `holdfast-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.#pages.set(panel, page);
    let wasVisible = panel.visible;
    panel.onDidChangeViewState(() => {
      if (panel.visible !== wasVisible) page.moved();
      wasVisible = panel.visible;
      this.#changed.fire();
    });
    panel.onDidDispose(() => {
      page.close();
      this.#pages.delete(panel);
      this.#changed.fire();
    });
    this.#retitle();
    this.#changed.fire();
    return page;
  }

  #retitle(): void {
    for (const [panel, { sessionId }] of this.#pages) {
      const title = this.#titleOf(sessionId);
      if (panel.title !== title) panel.title = title;
    }
  }

  #titleOf(sessionId: SessionId | undefined): string {
    const { list, live } = this.#parts;
    return (
      (sessionId && (live.get(sessionId)?.head.title ?? list.get(sessionId)?.title)) ||
      vscode.l10n.t('Holdfast')
    );
  }
}
