import type { Memento } from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import type { CallParams, Log } from '../client/index.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Method, NotificationParams, Result } from '../protocol/methods.ts';
import { canRead, type ConnectionView } from '../protocol/page.ts';
import type { Summary } from '../protocol/summary.ts';
import { looksTheSame, type Counts } from './sessionOrder.ts';
import { SortedSessions } from './sortedSessions.ts';

/** Sessions asked for in one request; how many a new connection asks for at most; archived ones, which few look at. */
const PAGE = 200;
const MOST = 1000;
const ARCHIVED_PAGE = 50;
/** Sessions kept for the next start of the window, and how long a change waits to be kept with others. */
const REMEMBERED = 100;
const REMEMBER_MS = 1_000;
const STORED = 'holdfast.lastKnownSessions';

/** A session whose summary changed, with what it was before; `before` is absent for one that was not known. */
export interface SessionChange {
  readonly summary: Summary;
  readonly before: Summary | undefined;
  /** Whether the runtime chose this window to tell a person of it. */
  readonly notify: boolean;
}

/** Where the next page of a part of the list begins; `undefined` when it is all there. */
type Next = string | undefined;

/** What a list of sessions needs of the connection to their runtime. */
export interface SessionSource {
  request<M extends Method>(method: M, params: CallParams<M>): Promise<Result<M>>;
  readonly onSummaries: Listen<NotificationParams<'session/summaries'>>;
  readonly onView: Listen<ConnectionView>;
}

/** What a list of sessions is made of. */
export interface RuntimeSessionsParts {
  readonly connection: SessionSource;
  readonly memory: Memento;
  /** Where the list is remembered. */
  readonly stored?: string;
  /** The host of the runtime, when that is not this machine. */
  readonly host?: string;
  readonly log: Log;
}

/** A list of sessions, as whoever shows it sees it: those of one runtime, or of several. */
export type SessionList = { readonly [Part in keyof RuntimeSessions]: RuntimeSessions[Part] };

/**
 * The sessions of the runtime by their summaries: heads alone, never transcripts. Holds those that changed last, all that
 * are pinned, at work or waiting, and more as it is asked. Painted from what was known last before the runtime answers
 * (U1). Owned by `activate`, or by the remote host that has them.
 */
export class RuntimeSessions implements Disposable {
  readonly #connection: SessionSource;
  readonly #memory: Memento;
  readonly #stored: string;
  readonly #host: string | undefined;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #moved = new Emitter<SessionChange>();
  readonly #hidden = new Set<string>();
  #sessions: Map<SessionId, Summary>;
  #sorted: SortedSessions | undefined;
  #next: { current: Next; archived: Next } = { current: undefined, archived: undefined };
  #loaded = false;
  #generation = 0;
  #remembering: NodeJS.Timeout | undefined;

  constructor({ connection, memory, stored = STORED, host, log }: RuntimeSessionsParts) {
    this.#connection = connection;
    this.#memory = memory;
    this.#stored = stored;
    this.#host = host;
    this.#log = log;
    this.#sessions = byId(memory.get<Summary[]>(stored, []));
    this.#owned.add(connection.onSummaries((told) => this.#take(told)));
    this.#owned.add({ dispose: () => clearTimeout(this.#remembering) });
    let connected = false;
    this.#owned.add(
      connection.onView((view) => {
        if (canRead(view) && !connected) void this.#load();
        connected = canRead(view);
      }),
    );
  }

  /** Whether the runtime has answered; before, the list is what was known last. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get counts(): Counts {
    return this.#order().counts;
  }

  get(sessionId: string): Summary | undefined {
    return this.#sessions.get(sessionId as SessionId);
  }

  /** The host that a session is on, when that is not this machine. */
  hostOf(sessionId: string): string | undefined {
    return this.#sessions.has(sessionId as SessionId) ? this.#host : undefined;
  }

  /** All sessions that are known here, the most urgent first. */
  sorted(): readonly Summary[] {
    return this.#order().rows;
  }

  /** Whether the runtime has older sessions than are known here. */
  hasMore(part: 'current' | 'archived'): boolean {
    return this.#next[part] !== undefined;
  }

  /** Asks for the next page of older sessions. Rejects with a `HoldfastError`. */
  async loadMore(part: 'current' | 'archived'): Promise<void> {
    const after = this.#next[part];
    if (after === undefined) return;
    const generation = this.#generation;
    const page = await this.#connection.request('session/list', {
      after,
      limit: PAGE,
      archived: part === 'archived',
    });
    if (generation !== this.#generation) return;
    this.#next[part] = page.next;
    this.#merge(page.sessions);
    this.#tell();
  }

  /** Gets to know the sessions whose title has a text, also those that are not on the pages loaded. */
  async find(text: string): Promise<void> {
    if (text === '' || (!this.hasMore('current') && !this.hasMore('archived'))) return;
    const { sessions } = await this.#connection.request('session/list', { text, limit: ARCHIVED_PAGE });
    if (sessions.every(({ sessionId }) => this.#sessions.has(sessionId))) return;
    this.#merge(sessions);
    this.#tell();
  }

  /** Leaves a session out of what is shown, while its deletion can still be undone. */
  hide(sessionId: string, hidden: boolean): void {
    if (hidden) this.#hidden.add(sessionId);
    else this.#hidden.delete(sessionId);
    this.#sorted = undefined;
    this.#tell();
  }

  /** Tells that something that people see of the list changed. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** Tells each session that changed while the window looks on; not what the first answer brings. */
  readonly onSession: Listen<SessionChange> = (listener) => this.#moved.listen(listener);

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
    this.#moved.dispose();
  }

  /** Asks anew: on every connection, since what changed meanwhile was told to nobody. */
  async #load(): Promise<void> {
    const generation = ++this.#generation;
    const limit = Math.min(MOST, Math.max(PAGE, this.#sessions.size));
    try {
      const parts = await Promise.all([
        this.#connection.request('session/list', { archived: false, limit }),
        this.#connection.request('session/list', { archived: true, limit: ARCHIVED_PAGE }),
        this.#connection.request('session/list', { pinned: true, limit: MOST }),
        this.#connection.request('session/list', { phase: ['opening', 'running', 'waiting'], limit: MOST }),
      ]);
      if (generation !== this.#generation) return;
      this.#replace(parts);
    } catch (error) {
      this.#log(`the sessions could not be listed: ${errorText(error)}`);
    }
  }

  #replace(parts: readonly Result<'session/list'>[]): void {
    const known = this.#sessions;
    this.#sessions = new Map();
    this.#sorted = undefined;
    for (const { sessions } of parts)
      for (const summary of sessions)
        this.#sessions.set(summary.sessionId, newer(known.get(summary.sessionId), summary));
    this.#next = { current: parts[0]?.next, archived: parts[1]?.next };
    this.#loaded = true;
    this.#tell();
  }

  #merge(sessions: readonly Summary[]): void {
    this.#sorted = undefined;
    for (const summary of sessions)
      this.#sessions.set(summary.sessionId, newer(this.#sessions.get(summary.sessionId), summary));
  }

  #take({
    summaries,
    removed,
    notify,
  }: {
    readonly summaries: readonly Summary[];
    readonly removed: readonly SessionId[];
    readonly notify: boolean;
  }): void {
    let visible = removed.length > 0;
    for (const sessionId of removed) this.#put(sessionId, undefined);
    for (const told of summaries) {
      const before = this.#sessions.get(told.sessionId);
      const summary = newer(before, told);
      if (summary !== before) this.#put(told.sessionId, summary);
      if (before === undefined || !looksTheSame(before, summary)) visible = true;
      if (summary !== before || notify) this.#moved.fire({ summary, before, notify });
    }
    if (visible) this.#tell();
  }

  /** Changes one session, or leaves it out, without a look at the others. */
  #put(sessionId: SessionId, summary: Summary | undefined): void {
    const before = this.#sessions.get(sessionId);
    if (summary === undefined) this.#sessions.delete(sessionId);
    else this.#sessions.set(sessionId, summary);
    if (!this.#hidden.has(sessionId)) this.#sorted?.change(before, summary);
  }

  #order(): SortedSessions {
    this.#sorted ??= new SortedSessions(
      [...this.#sessions.values()].filter(({ sessionId }) => !this.#hidden.has(sessionId)),
    );
    return this.#sorted;
  }

  #tell(): void {
    this.#changed.fire();
    this.#remembering ??= setTimeout(() => {
      this.#remembering = undefined;
      void this.#memory.update(this.#stored, this.sorted().slice(0, REMEMBERED));
    }, REMEMBER_MS).unref();
  }
}

function byId(sessions: readonly Summary[]): Map<SessionId, Summary> {
  return new Map(sessions.map((summary) => [summary.sessionId, summary]));
}

/** What an older message says never overwrites something newer (O5); another lineage starts anew. */
function newer(known: Summary | undefined, told: Summary): Summary {
  return known !== undefined && known.journal === told.journal && known.seq > told.seq ? known : told;
}
