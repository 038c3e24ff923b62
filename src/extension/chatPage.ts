import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import type { Envelope, HoldfastError, Log, Session } from '../client/index.ts';
import type { SessionId } from '../protocol/ids.ts';
import {
  canRead,
  READING_METHODS,
  type ConnectionView,
  type FromPage,
  type ToPage,
} from '../protocol/page.ts';
import type * as PageSchemas from '../protocol/pageSchemas.ts';
import type { ComposerAsks } from './composerAsks.ts';
import type { Attended } from './attended.ts';
import { loadChatDocument } from './chatDocument.ts';
import { loadPageSchemas } from './loadWire.ts';
import { paced } from './pace.ts';
import { doInEditor } from './pageInEditor.ts';
import { relay } from './pageRelay.ts';
import type { Deliveries } from './deliveries.ts';
import type { DraftImages } from './draftImages.ts';
import type { LiveSessions, SessionViewer } from './liveSessions.ts';
import type { ShownTexts } from './shownTexts.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { SessionList } from './sessionList.ts';
import { offerUnkept } from './unkept.ts';
import type { UnsentDrafts } from './unsentDrafts.ts';
import { tellError } from './tellError.ts';
import { whyMissing } from './whyMissing.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Rows of the transcript that a page begins with; the rest comes as the reader scrolls up. */
const TAIL = 60;
/** Sessions listed in the empty state, and how often they change at most, in milliseconds. */
const RECENT = 8;
const PACE_MS = 200;

/** What all pages of a window share. */
export interface ChatParts {
  readonly extensionUri: vscode.Uri;
  readonly connection: WindowConnection;
  readonly list: SessionList;
  readonly live: LiveSessions;
  readonly texts: ShownTexts;
  readonly asks: ComposerAsks;
  readonly images: DraftImages;
  readonly unsent: UnsentDrafts;
  readonly log: Log;
  /** The page that the person turned to last: what a command without a session means. */
  readonly attended: Attended;
  /** What waits for a page to show a session. */
  readonly deliveries: Deliveries;
}

/** Where a page stands, and who wants to know what it shows. */
export interface ChatPageOptions {
  readonly surface: 'sidebar' | 'editor';
  readonly sessionId: SessionId | undefined;
  readonly onShow: (sessionId: SessionId | undefined) => void;
}

/**
 * One chat page: a webview and the session it shows. It holds nothing of the transcript: events pass through, and a page
 * that is shown again gets a fresh snapshot. Owned by the view or the panel that has the webview.
 */
export class ChatPage implements Disposable, SessionViewer {
  readonly #parts: ChatParts;
  readonly #webview: vscode.Webview;
  readonly #options: ChatPageOptions;
  readonly #owned = new DisposableStore();
  #sessionId: SessionId | undefined;
  #joined:
    | { readonly sessionId: SessionId; readonly session: Session; readonly leave: Disposable }
    | undefined;
  #ready = false;
  /** Whether the page was heard of since it came into sight: the editor ends one that is hidden, and makes it anew. */
  #isHere = false;
  /** Counts attempts to show something: only the last one counts. */
  #attempt = 0;
  /** Settles when the images of the draft were read that the page has lost. */
  #restored: Promise<void> | undefined;
  /** Envelopes that came while a snapshot is owed to the page: it is being made, or waits for a connection. */
  #held: Envelope[] | undefined;
  /** What stands in the page's composer, of each session that was shown. */
  readonly #drafts = new Map<SessionId, string>();
  #wantsFocus = false;
  #schema: Promise<typeof PageSchemas> | undefined;
  #toldConnection = '';
  /** Whether the session was deleted when it was to be shown last, and that could be undone. */
  #wasDeleted = false;
  /** The remote host that a session was on when it was shown last. */
  #seenOn: { readonly sessionId: SessionId; readonly host: string } | undefined;

  constructor(parts: ChatParts, webview: vscode.Webview, options: ChatPageOptions) {
    this.#parts = parts;
    this.#webview = webview;
    this.#options = options;
    this.#sessionId = options.sessionId;
    this.#owned.add(webview.onDidReceiveMessage((message: unknown) => void this.#take(message)));
    this.#owned.add(
      parts.connection.onAnyView(() => {
        if (!this.#tellConnection() || (this.#joined !== undefined && this.#held === undefined)) return;
        // Only now it may be known that the session is on a host, or nobody wanted that host any more.
        this.#host?.want();
        if (canRead(this.#view)) void this.#show();
      }),
    );
    this.#owned.add(
      parts.list.onChange(() => this.#isDeleted !== this.#wasDeleted && this.#ready && void this.#show()),
    );
    this.#owned.add(
      paced(parts.list.onChange, PACE_MS, () => {
        if (this.#sessionId === undefined && this.#ready) void this.#show();
      }),
    );
    this.#owned.add(parts.deliveries.onPut((sessionId) => sessionId === this.#sessionId && this.#deliver()));
    this.#owned.add(toDisposable(() => this.#part()));
    loadChatDocument(webview, parts.extensionUri, options.surface);
  }

  get sessionId(): SessionId | undefined {
    return this.#sessionId;
  }

  /** Shows another session, or none. */
  show(sessionId: SessionId | undefined, { focus = false }: { focus?: boolean } = {}): void {
    this.#wantsFocus = focus;
    if (focus) this.#parts.attended.turnTo(this);
    if (sessionId === this.#sessionId && (this.#joined !== undefined || sessionId === undefined))
      return this.#focus();
    this.#sessionId = sessionId;
    this.#options.onShow(sessionId);
    if (this.#ready) void this.#show();
  }

  /** The person closed the page, and what it kept goes with it: what they typed is kept for the next one. */
  close(): void {
    this.dispose();
    this.#keepDrafts();
    // What the page said last may still wait for its schema.
    void this.#schema?.then(() => this.#keepDrafts());
  }

  #keepDrafts(): void {
    for (const [sessionId, text] of this.#drafts) this.#parts.unsent.keep(sessionId, text);
    this.#drafts.clear();
  }

  dispose(): void {
    this.#attempt++;
    this.#parts.attended.forget(this);
    this.#parts.deliveries.lost(this);
    this.#owned.dispose();
  }

  onEvents(envelopes: readonly Envelope[]): void {
    if (this.#held !== undefined) this.#held.push(...envelopes);
    else this.#pass(envelopes);
  }

  onReset(): void {
    void this.#show();
  }

  onLost(error: HoldfastError): void {
    this.#part();
    // The window closes, or connects anew: the page keeps what it shows.
    if (error.kind !== 'connectionClosed') this.#showNone(whyMissing(error, vscode.l10n.t));
  }

  /** In the order in which they came, also while their schema is being loaded. */
  async #take(message: unknown): Promise<void> {
    this.#schema ??= loadPageSchemas();
    const { fromPageSchema } = await this.#schema;
    const parsed = fromPageSchema.safeParse(message);
    if (!parsed.success)
      return this.#parts.log(`a message of a chat page was left out: ${parsed.error.message}`);
    await this.#act(parsed.data).catch((error: unknown) => {
      this.#parts.log(`${parsed.data.type} of a chat page failed: ${errorText(error)}`);
      // What a person pressed there does nothing else.
      tellError(error);
    });
  }

  /** The page went out of sight, or came into it: what is meant for it waits until it is heard of. */
  moved(): void {
    this.#isHere = false;
    this.#parts.deliveries.lost(this);
  }

  async #act(message: FromPage): Promise<void> {
    const { attended, connection, deliveries, unsent } = this.#parts;
    if (message.type === 'took') {
      deliveries.took(message.deliveryId);
      unsent.took(message.deliveryId);
    }
    if (!this.#isHere) {
      this.#isHere = true;
      if (message.type !== 'ready') this.#give();
    }
    switch (message.type) {
      case 'took':
        return;
      case 'focused':
        attended.turnTo(this);
        return this.#deliver();
      case 'ready':
        this.#ready = true;
        deliveries.lost(this);
        this.#toldConnection = '';
        this.#tellConnection();
        return this.#show();
      case 'request': {
        // Who writes or answers here has turned to this page, whatever had the focus.
        if (!READING_METHODS.has(message.method)) attended.turnTo(this);
        const target = {
          request: (method: Parameters<typeof connection.request>[0], params: never) =>
            connection.request(method, params),
          session: (sessionId: SessionId) => connection.session(sessionId),
        };
        return this.#post(await relay(message, this.#sessionId, target, vscode.l10n.t));
      }
      case 'ask':
        return this.#post(await this.#parts.asks.answer(this, message, this.#folder(), this.#host?.name));
      case 'openSession':
        return this.show(message.sessionId, { focus: true });
      case 'keepImages':
        // What the page adds to its draft before it has the others back is kept with them.
        await this.#restored;
        return this.#parts.images.keep(
          { surface: this.#options.surface, sessionId: message.sessionId },
          message.images,
        );
      case 'draft':
        if (message.text === undefined) this.#drafts.delete(message.sessionId);
        else this.#drafts.set(message.sessionId, message.text);
        return;
      case 'letGo':
        return void offerUnkept(this.#parts.list.get(message.sessionId)?.title, message.text);
      default:
        return doInEditor(message, {
          sessionId: this.#sessionId,
          folder: this.#folder(),
          host: this.#host?.name,
          texts: this.#parts.texts,
        });
    }
  }

  /** Attaches, and sends the last rows: what is folded up to a number, and then the events after it (law 6). */
  async #show(): Promise<void> {
    const attempt = ++this.#attempt;
    const sessionId = this.#sessionId;
    if (this.#joined?.sessionId !== sessionId) this.#part();
    this.#tellConnection();
    this.#held = undefined;
    const couldUndo = this.#wasDeleted;
    this.#wasDeleted = this.#isDeleted;
    if (sessionId === undefined) return this.#showNone();
    if (this.#wasDeleted) return this.#showDeleted(sessionId);
    const held: Envelope[] = (this.#held = []);
    const host = this.#host;
    host?.want();
    if (host !== undefined) this.#seenOn = { sessionId, host: host.name };
    if (!canRead(this.#view)) {
      // Undo is offered no longer than it can be had.
      if (couldUndo) this.#showNone();
      return;
    }
    try {
      const session = await this.#join(sessionId, attempt);
      if (session === undefined) return;
      const { items, more, cursor } = await session.history({ limit: TAIL });
      if (attempt !== this.#attempt) return;
      const { head } = session;
      // Rows and head may be of different moments; from the earlier one on, folding makes them agree.
      const seq = Math.min(cursor.seq, head.seq);
      this.#held = undefined;
      this.#post({ type: 'snapshot', sessionId, head, items, more, seq });
      this.#pass(held.filter((envelope) => envelope.seq > seq));
      this.#give();
      await (this.#restored = this.#restoreImages(sessionId));
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#held = undefined;
      this.#part();
      if (canRead(this.#view)) this.#showNone(whyMissing(error, vscode.l10n.t, this.#leftHost));
    }
  }

  /** The host that the session shown was on, and that the window has no longer. */
  get #leftHost(): string | undefined {
    const { sessionId, host } = this.#seenOn ?? {};
    return this.#host === undefined && sessionId === this.#sessionId ? host : undefined;
  }

  /** The page that begins anew has lost the images of its draft. */
  async #restoreImages(sessionId: SessionId): Promise<void> {
    const images = await this.#parts.images.of({ surface: this.#options.surface, sessionId });
    if (images.length > 0 && this.#sessionId === sessionId) this.#post({ type: 'images', sessionId, images });
  }

  /** The session to show; `undefined` when something else is to be shown by now. */
  async #join(sessionId: SessionId, attempt: number): Promise<Session | undefined> {
    if (this.#joined !== undefined) return this.#joined.session;
    const { session, leave } = await this.#parts.live.join(sessionId, this);
    if (attempt !== this.#attempt) {
      leave.dispose();
      return undefined;
    }
    this.#joined = { sessionId, session, leave };
    return session;
  }

  /** Leaves the session that is shown. */
  #part(): void {
    this.#joined?.leave.dispose();
    this.#joined = undefined;
  }

  #showNone(missing?: string, canUndo?: boolean): void {
    // Archived ones stand behind all others.
    const recent = this.#parts.list.sorted().slice(0, RECENT);
    this.#post({ type: 'none', recent: recent.filter(({ archived }) => !archived), missing, canUndo });
  }

  /** Nothing is written to a session that goes when it can no longer be undone. */
  #showDeleted(sessionId: SessionId): void {
    this.#part();
    const { title } = this.#parts.list.get(sessionId) ?? { title: sessionId };
    this.#showNone(vscode.l10n.t('“{0}” is deleted.', title), true);
  }

  /** Whether the session is deleted, and that can still be undone. */
  get #isDeleted(): boolean {
    return this.#sessionId !== undefined && this.#parts.list.isHidden(this.#sessionId);
  }

  #pass(envelopes: readonly Envelope[]): void {
    if (envelopes.length === 0 || this.#sessionId === undefined) return;
    this.#post({ type: 'events', sessionId: this.#sessionId, envelopes });
  }

  /** What waited for a page that shows the session. */
  #give(): void {
    this.#focus();
    this.#deliver();
  }

  #focus(): void {
    if (!this.#wantsFocus || !this.#isHere) return;
    this.#wantsFocus = false;
    this.#post({ type: 'focus' });
  }

  /** Passes on what waits for the session, once it is shown, if this is the page that the person turned to. */
  #deliver(): void {
    const { attended, deliveries, unsent } = this.#parts;
    if (!this.#isHere || this.#joined === undefined || this.#held !== undefined) return;
    if (!attended.isTurnedTo(this)) return;
    const { sessionId } = this.#joined;
    unsent.offer(sessionId, this.#drafts.get(sessionId));
    for (const delivery of deliveries.give(sessionId, this)) this.#post(delivery);
  }

  #post(message: ToPage): void {
    if (this.#ready) void this.#webview.postMessage(message);
  }

  /** The remote host that the session shown is on. */
  get #host(): RemoteHost | undefined {
    return this.#parts.connection.hostOf(this.#sessionId);
  }

  /** Where the connection stands that has the session shown. */
  get #view(): ConnectionView {
    return this.#parts.connection.viewOf(this.#sessionId);
  }

  /** Tells the page where the connection stands, and whether that is news: changes of all connections come here. */
  #tellConnection(): boolean {
    const connection = this.#view;
    const words = JSON.stringify(connection);
    if (!this.#ready || words === this.#toldConnection) return false;
    this.#toldConnection = words;
    this.#post({ type: 'connection', connection });
    return true;
  }

  /** The session's working directory, if that is one of this machine. */
  #folder(): string | undefined {
    const { connection, list } = this.#parts;
    const sessionId = this.#sessionId;
    return sessionId === undefined || this.#host !== undefined
      ? undefined
      : (connection.session(sessionId)?.head.cwd ?? list.get(sessionId)?.cwd);
  }
}
