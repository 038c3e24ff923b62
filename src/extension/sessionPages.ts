import type { Clock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import type { CallParams, Log } from '../client/index.ts';
import type { Result } from '../protocol/methods.ts';
import { canRead } from '../protocol/page.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Meanwhile, Told } from './meanwhile.ts';
import type { SessionSource } from './sessionList.ts';

/** Sessions asked for in one request; how many a new connection asks for at most; archived ones, which few look at. */
const PAGE = 200;
const MOST = 1000;
const ARCHIVED_PAGE = 50;
/** How long a list that could not be had waits to be asked for again, at first and at most. */
const FIRST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;

/** The two parts of a list, which are paged by themselves. */
export type Part = 'current' | 'archived';

/** Where the next page of each part begins; `undefined` when it is all there. */
interface Nexts {
  current?: string | undefined;
  archived?: string | undefined;
}

/** What a list is narrowed to, as the runtime is asked for it. */
export type Narrowing = Pick<CallParams<'session/list'>, 'within' | 'agent' | 'attention' | 'failed'>;

/** What asks for a list, and what is done with the answers. */
export interface SessionPagesParts {
  readonly connection: SessionSource;
  readonly meanwhile: Meanwhile;
  readonly clock: Clock;
  readonly log: Log;
  /** How many sessions are known. */
  readonly size: () => number;
  /** The list as the runtime has it now: all else that was known is out of date. */
  readonly replace: (sessions: readonly Summary[], told: Told) => void;
  /** More of the same list. Gives whether that says anything new. */
  readonly merge: (sessions: readonly Summary[], told: Told) => boolean;
  /** What is known, or whether there is more, is otherwise now. */
  readonly tell: () => void;
}

/**
 * Asks the runtime for pages of sessions: on every connection anew, since what changed meanwhile was told to nobody, and
 * again after a while where that failed. Owned by `RuntimeSessions`.
 */
export class SessionPages implements Disposable {
  readonly #parts: SessionPagesParts;
  readonly #owned = new DisposableStore();
  #next: Nexts = {};
  #narrowed: { readonly query: Narrowing; readonly next: Nexts } | undefined;
  #connected = false;
  /** Whether this connection brought the list. */
  #loaded = false;
  /** Counts the connections: what an earlier one answered is out of date. */
  #generation = 0;
  #retry: Disposable | undefined;

  constructor(parts: SessionPagesParts) {
    this.#parts = parts;
    this.#owned.add({ dispose: () => this.#stop() });
    this.#owned.add(
      parts.connection.onView((view) => {
        const connected = canRead(view);
        if (connected === this.#connected) return;
        this.#connected = connected;
        this.#stop();
        if (connected) void this.#attempt(() => this.#load());
      }),
    );
  }

  /** Whether there is more of what the list is narrowed to. */
  hasMore(part: Part): boolean {
    return this.#nexts()[part] !== undefined;
  }

  /** Asks for the next page of a part of what the list is narrowed to. Rejects with a `HoldfastError`. */
  async loadMore(part: Part): Promise<void> {
    const nexts = this.#nexts();
    const after = nexts[part];
    if (after === undefined) return;
    const archived = part === 'archived';
    const page = await this.#ask({ ...this.#narrowed?.query, after, limit: PAGE, archived });
    if (page === undefined) return;
    // The same page may have come twice, or the list anew with another place to go on at.
    if (nexts[part] === after) nexts[part] = page.next;
    page.merge();
    this.#parts.tell();
  }

  /**
   * Asks for the newest of those that fit, which may be older than all that are known; `loadMore` goes on with them. With
   * `undefined` it goes on with all.
   */
  narrow(query: Narrowing | undefined): void {
    if (JSON.stringify(query) === JSON.stringify(this.#narrowed?.query)) return;
    this.#narrowed = query && { query, next: {} };
    this.#parts.tell();
    // A list that is still to come brings them with it.
    if (this.#loaded) void this.#attempt(() => this.#loadNarrowed());
  }

  /** Asks for the sessions that have a text, unless all are known. Rejects with a `HoldfastError`. */
  async find(text: string): Promise<void> {
    if (text === '' || (this.#next.current === undefined && this.#next.archived === undefined)) return;
    const page = await this.#ask({ text, limit: ARCHIVED_PAGE });
    if (page?.merge() === true) this.#parts.tell();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** One page; `undefined` when the connection is another one by now. */
  async #ask(
    params: CallParams<'session/list'>,
  ): Promise<{ readonly next: string | undefined; merge(): boolean } | undefined> {
    const { connection, meanwhile, merge } = this.#parts;
    const generation = this.#generation;
    const { answer, told } = await meanwhile.during(() => connection.request('session/list', params));
    if (generation !== this.#generation) return undefined;
    const next = isNarrowed(answer.sessions, params) ? answer.next : undefined;
    return { next, merge: () => merge(answer.sessions, told) };
  }

  #nexts(): Nexts {
    return this.#narrowed?.next ?? this.#next;
  }

  async #load(): Promise<void> {
    const { connection, meanwhile, replace, size } = this.#parts;
    const generation = this.#generation;
    const ask = (params: CallParams<'session/list'>): Promise<Result<'session/list'>> =>
      connection.request('session/list', params);
    const limit = Math.min(MOST, Math.max(PAGE, size()));
    const { answer, told } = await meanwhile.during(() =>
      Promise.all([
        ask({ archived: false, limit }),
        ask({ archived: true, limit: ARCHIVED_PAGE }),
        ask({ pinned: true, limit: MOST }),
        ask({ phase: ['opening', 'running', 'waiting'], limit: MOST }),
        ask({ attention: ['needsYou', 'failed'], archived: false, limit: MOST }),
      ]),
    );
    if (generation !== this.#generation) return;
    const [current, archived] = answer;
    this.#next = { current: current.next, archived: archived.next };
    this.#loaded = true;
    replace(
      answer.flatMap(({ sessions }) => sessions),
      told,
    );
    await this.#loadNarrowed();
  }

  async #loadNarrowed(): Promise<void> {
    const narrowed = this.#narrowed;
    if (narrowed === undefined) return;
    const { query, next } = narrowed;
    const [current, archived] = await Promise.all([
      this.#ask({ ...query, archived: false, limit: PAGE }),
      this.#ask({ ...query, archived: true, limit: ARCHIVED_PAGE }),
    ]);
    if (current === undefined || archived === undefined) return;
    Object.assign(next, { current: current.next, archived: archived.next } satisfies Nexts);
    current.merge();
    archived.merge();
    this.#parts.tell();
  }

  /** Tries until it succeeds, later each time, as long as the connection is the same and nothing else is tried. */
  async #attempt(act: () => Promise<void>, retryMs = FIRST_RETRY_MS): Promise<void> {
    this.#dropRetry();
    const generation = this.#generation;
    try {
      await act();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#parts.log(`the sessions could not be listed, and are asked for again: ${errorText(error)}`);
      this.#dropRetry();
      this.#retry = this.#parts.clock.after(
        retryMs,
        () => void this.#attempt(act, Math.min(MOST_RETRY_MS, retryMs * 2)),
      );
    }
  }

  /** What is under way counts no more. */
  #stop(): void {
    this.#generation++;
    this.#loaded = false;
    this.#dropRetry();
  }

  #dropRetry(): void {
    this.#retry?.dispose();
    this.#retry = undefined;
  }
}

/** Whether an answer is of what was asked for: an older runtime knows `failed` of no session, and goes on with all of them. */
function isNarrowed(sessions: readonly Summary[], { failed }: CallParams<'session/list'>): boolean {
  return failed !== true || sessions.some((summary) => summary.failed === true);
}
