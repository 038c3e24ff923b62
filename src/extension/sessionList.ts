import { systemClock, type Clock } from '../base/clock.ts';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { CallParams, Log } from '../client/index.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Method, NotificationParams, Result } from '../protocol/methods.ts';
import type { ConnectionView } from '../protocol/page.ts';
import type { Summary } from '../protocol/summary.ts';
import type { LastKnown } from './lastKnown.ts';
import { Meanwhile, newer, settled, type Told } from './meanwhile.ts';
import { looksTheSame, type Counts } from './sessionOrder.ts';
import { SessionPages, type Narrowing, type Part } from './sessionPages.ts';
import { SortedSessions } from './sortedSessions.ts';

/** Sessions kept for the next start of the window, and how long a change waits to be kept with others. */
const REMEMBERED = 100;
const REMEMBER_MS = 1_000;

/** A session whose summary changed, with what it was before; `before` is absent for one that was not known. */
export interface SessionChange {
  readonly summary: Summary;
  readonly before: Summary | undefined;
  /** Whether the runtime chose this window to tell a person of it. */
  readonly notify: boolean;
}

/** What a list of sessions needs of the connection to their runtime. */
export interface SessionSource {
  request<M extends Method>(method: M, params: CallParams<M>): Promise<Result<M>>;
  readonly onSummaries: Listen<NotificationParams<'session/summaries'>>;
  readonly onView: Listen<ConnectionView>;
}

/** What a list of sessions is made of. */
export interface RuntimeSessionsParts {
  readonly connection: SessionSource;
  /** Where the list is kept for the next start. */
  readonly lastKnown: LastKnown;
  /** The host of the runtime, when that is not this machine. */
  readonly host?: string;
  readonly log: Log;
  readonly clock?: Clock;
}

/** A list of sessions, as whoever shows it sees it: those of one runtime, or of several. */
export type SessionList = {
  readonly [Part in Exclude<keyof RuntimeSessions, 'narrow'>]: RuntimeSessions[Part];
};

/**
 * The sessions of the runtime by their summaries: heads alone, never transcripts. Holds those that changed last, all that
 * are pinned, at work or waiting, and more as it is asked. Painted from what was known last before the runtime answers
 * (U1). Owned by `activate`, or by the remote host that has them.
 */
export class RuntimeSessions implements Disposable {
  readonly #lastKnown: LastKnown;
  readonly #host: string | undefined;
  readonly #meanwhile = new Meanwhile();
  readonly #pages: SessionPages;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #moved = new Emitter<SessionChange>();
  readonly #hidden = new Set<string>();
  #sessions: Map<SessionId, Summary>;
  #sorted: SortedSessions | undefined;
  #loaded = false;
  #remembering: NodeJS.Timeout | undefined;

  constructor({ connection, lastKnown, host, log, clock = systemClock }: RuntimeSessionsParts) {
    this.#lastKnown = lastKnown;
    this.#host = host;
    this.#sessions = byId(lastKnown.get());
    this.#owned.add(connection.onSummaries((told) => this.#take(told)));
    this.#owned.add({ dispose: () => clearTimeout(this.#remembering) });
    this.#pages = this.#owned.add(
      new SessionPages({
        ...{ connection, meanwhile: this.#meanwhile, clock, log },
        size: () => this.#sessions.size,
        replace: (sessions, toldOf) => this.#replace(sessions, toldOf),
        merge: (sessions, toldOf) => this.#merge(sessions, toldOf),
        tell: () => this.#tell(),
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
  hasMore(part: Part): boolean {
    return this.#pages.hasMore(part);
  }

  /** Asks for the next page of older sessions. Rejects with a `HoldfastError`. */
  loadMore(part: Part): Promise<void> {
    return this.#pages.loadMore(part);
  }

  /**
   * Gets to know the newest sessions that fit, also those that are not on the pages loaded; more of them, and no others, are
   * what `loadMore` brings and `hasMore` tells of then.
   */
  narrow(query: Narrowing | undefined): void {
    this.#pages.narrow(query);
  }

  /** Gets to know the sessions that have a text in title, agent or folder, also those that are not on the pages loaded. */
  find(text: string): Promise<void> {
    return this.#pages.find(text);
  }

  /** Whether a session is left out of what is shown. */
  isHidden(sessionId: string): boolean {
    return this.#hidden.has(sessionId);
  }

  /** Leaves a session out of what is shown, while its deletion can still be undone. */
  hide(sessionId: string, hidden: boolean): void {
    if (hidden === this.#hidden.has(sessionId)) return;
    if (hidden) this.#hidden.add(sessionId);
    else this.#hidden.delete(sessionId);
    const known = this.get(sessionId);
    // One place of the order changes: many sessions are deleted at once.
    this.#sorted?.change(hidden ? known : undefined, hidden ? undefined : known);
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

  /** What is known in place of all that was; what was told while it was asked for counts beside it. */
  #replace(sessions: readonly Summary[], told: Told): void {
    const known = this.#sessions;
    this.#sessions = new Map();
    for (const [sessionId, summary] of told)
      if (summary !== undefined) this.#sessions.set(sessionId, summary);
    for (const summary of sessions) {
      const { sessionId } = summary;
      const row = settled(newer(this.#sessions.get(sessionId) ?? known.get(sessionId), summary), told);
      if (row !== undefined) this.#sessions.set(sessionId, row);
    }
    this.#sorted = undefined;
    this.#loaded = true;
    this.#tell();
  }

  /** Adds what a page brings. Gives whether that says anything new. */
  #merge(sessions: readonly Summary[], told: Told): boolean {
    let changed = false;
    for (const row of sessions) {
      const before = this.#sessions.get(row.sessionId);
      const said = settled(row, told);
      const after = said && newer(before, said);
      if (after === undefined || after === before) continue;
      this.#put(after.sessionId, after);
      changed = true;
    }
    return changed;
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
    for (const sessionId of removed) {
      this.#meanwhile.note(sessionId, undefined);
      this.#put(sessionId, undefined);
    }
    for (const told of summaries) {
      const before = this.#sessions.get(told.sessionId);
      const summary = newer(before, told);
      this.#meanwhile.note(told.sessionId, summary);
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
      // What was known before the runtime answered says nothing new.
      if (this.#loaded) this.#lastKnown.keep(this.sorted().slice(0, REMEMBERED));
    }, REMEMBER_MS).unref();
  }
}

function byId(sessions: readonly Summary[]): Map<SessionId, Summary> {
  return new Map(sessions.map((summary) => [summary.sessionId, summary]));
}
