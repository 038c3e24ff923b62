import type { ComposerAsk } from '../protocol/composer.ts';
import type {
  FromPage,
  KeptOfSession,
  PageAction,
  PageError,
  PageMethod,
  PageParams,
  PageResult,
  PageState,
  ToPage,
} from '../protocol/page.ts';
import type { SessionId } from '../protocol/ids.ts';
import { typedIn, withinBound } from './kept.ts';
import { Seen } from './seen.ts';

/** What VS Code gives a page, once. */
interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

/** A request of the page that the runtime or the extension refused. */
export class RequestFailed extends Error {
  readonly kind: PageError['kind'];

  constructor({ kind, message }: PageError) {
    super(message);
    this.kind = kind;
  }
}

/** The page's one way to the extension: messages, requests with answers, and what survives the page. */
export class Host {
  readonly seen: Seen;
  readonly #api: VsCodeApi;
  readonly #waiting = new Map<
    number,
    { resolve(result: unknown): void; reject(error: RequestFailed): void }
  >();
  #lastRequestId = 0;

  constructor(api: VsCodeApi) {
    this.#api = api;
    this.seen = new Seen(api);
  }

  post(message: FromPage): void {
    this.#api.postMessage(message);
  }

  act(action: PageAction): void {
    this.post({ type: 'action', action });
  }

  /** Asks the runtime about a session, through the extension. Rejects with `RequestFailed`. */
  request<M extends PageMethod>(
    method: M,
    sessionId: SessionId,
    params: PageParams<M>,
  ): Promise<PageResult<M>> {
    const requestId = ++this.#lastRequestId;
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(requestId, { resolve, reject }),
    );
    this.post({ type: 'request', requestId, sessionId, method, params: { ...params } });
    return answer as Promise<PageResult<M>>;
  }

  /** Asks the editor something for the composer. Rejects with `RequestFailed`. */
  ask<T>(ask: ComposerAsk): Promise<T> {
    const requestId = ++this.#lastRequestId;
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(requestId, { resolve, reject }),
    );
    this.post({ type: 'ask', requestId, ask });
    return answer as Promise<T>;
  }

  /** Settles the request that a message answers. */
  settle(response: Extract<ToPage, { type: 'response' }>): void {
    const waiting = this.#waiting.get(response.requestId);
    this.#waiting.delete(response.requestId);
    if ('error' in response) waiting?.reject(new RequestFailed(response.error));
    else waiting?.resolve(response.result);
  }

  /** Remembers which session is shown, for a panel that is restored after a reload. */
  remember(sessionId: SessionId | undefined): void {
    this.#api.setState({ ...this.#api.getState(), sessionId });
  }

  /** Tells the extension what was written on the page before this one, which it may never have heard. */
  tellDrafts(): void {
    for (const [sessionId, text] of Object.entries(this.#all('drafts')))
      this.post({ type: 'draft', sessionId: sessionId as SessionId, text });
  }

  /** What is kept of a session. */
  kept<K extends keyof KeptOfSession>(key: K, sessionId: SessionId): KeptOfSession[K] | undefined {
    return this.#all(key)[sessionId];
  }

  /**
   * Keeps something of a session, for a page that is shown again; `undefined` keeps nothing. Where that is too much, what was kept
   * longest makes room, which the person is told.
   */
  keep<K extends keyof KeptOfSession>(
    key: K,
    sessionId: SessionId,
    value: KeptOfSession[K] | undefined,
  ): void {
    const { [sessionId]: before, ...others } = this.#all(key);
    if (value === undefined && before === undefined) return;
    const kept = Object.entries(others) as [SessionId, KeptOfSession[K]][];
    const { stays, goes } = withinBound(value === undefined ? kept : [...kept, [sessionId, value] as const]);
    this.#api.setState({ ...this.#api.getState(), [key]: Object.fromEntries(stays) });
    // A page that is closed takes what it keeps with it: the extension keeps this, too.
    if (key === 'drafts') this.post({ type: 'draft', sessionId, text: this.kept('drafts', sessionId) });
    for (const [id, gone] of goes) {
      if (key === 'drafts') this.post({ type: 'draft', sessionId: id });
      this.letGo(id, gone);
    }
  }

  /** Hands what a person typed to the extension, which offers it to them, since it is kept here no longer. */
  letGo(sessionId: SessionId, gone: KeptOfSession[keyof KeptOfSession]): void {
    const text = typedIn(gone);
    if (text !== '') this.post({ type: 'letGo', sessionId, text });
  }

  #all<K extends keyof KeptOfSession>(key: K): Readonly<Record<string, KeptOfSession[K]>> {
    return (this.#api.getState()?.[key] ?? {}) as Readonly<Record<string, KeptOfSession[K]>>;
  }
}
