import type { Memento } from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { compareSessions, countSessions, type Counts } from './sessionOrder.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Sessions asked for in one request, and kept for the next start of the window. */
const PAGE = 500;
const REMEMBERED = 100;
const STORED = 'holdfast.lastKnownSessions';

/** A session whose summary changed, with what it was before; `before` is absent for one that was not known. */
export interface SessionChange {
  readonly summary: Summary;
  readonly before: Summary | undefined;
}

/**
 * All sessions of the runtime by their summaries: heads alone, never transcripts. Painted from what was known last before
 * the runtime answers (U1). Owned by `activate`.
 */
export class SessionList implements Disposable {
  readonly #connection: WindowConnection;
  readonly #memory: Memento;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #moved = new Emitter<SessionChange>();
  #sessions: Map<SessionId, Summary>;
  #loaded = false;
  #generation = 0;

  constructor({ connection, memory, log }: { connection: WindowConnection; memory: Memento; log: Log }) {
    this.#connection = connection;
    this.#memory = memory;
    this.#log = log;
    this.#sessions = new Map(
      memory.get<Summary[]>(STORED, []).map((summary) => [summary.sessionId, summary]),
    );
    this.#owned.add(connection.onSummaries(({ summaries, removed }) => this.#take(summaries, removed)));
    let connected = false;
    this.#owned.add(
      connection.onView(({ state }) => {
        if (state === 'connected' && !connected) void this.#load();
        connected = state === 'connected';
      }),
    );
  }

  /** Whether the runtime has answered; before, the list is what was known last. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get counts(): Counts {
    return countSessions(this.#sessions.values());
  }

  get(sessionId: string): Summary | undefined {
    return this.#sessions.get(sessionId as SessionId);
  }

  /** All sessions, the most urgent first. */
  sorted(): Summary[] {
    return [...this.#sessions.values()].sort(compareSessions);
  }

  /** Tells that the list changed. */
  readonly onChange: Listen<void> = (listener) => this.#changed.listen(listener);

  /** Tells each session that changed while the window looks on; not what the first answer brings. */
  readonly onSession: Listen<SessionChange> = (listener) => this.#moved.listen(listener);

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
    this.#moved.dispose();
  }

  /** Asks for everything anew: on every connection, since what changed meanwhile was told to nobody. */
  async #load(): Promise<void> {
    const generation = ++this.#generation;
    const sessions = new Map<SessionId, Summary>();
    try {
      let after: string | undefined;
      do {
        const page = await this.#connection.request('session/list', {
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        });
        if (generation !== this.#generation) return;
        for (const summary of page.sessions)
          sessions.set(summary.sessionId, newer(this.#sessions.get(summary.sessionId), summary));
        after = page.next;
      } while (after !== undefined);
    } catch (error) {
      return this.#log(`the sessions could not be listed: ${errorText(error)}`);
    }
    this.#sessions = sessions;
    this.#loaded = true;
    this.#tell();
  }

  #take(summaries: readonly Summary[], removed: readonly SessionId[]): void {
    for (const sessionId of removed) this.#sessions.delete(sessionId);
    for (const told of summaries) {
      const before = this.#sessions.get(told.sessionId);
      const summary = newer(before, told);
      this.#sessions.set(told.sessionId, summary);
      if (summary !== before) this.#moved.fire({ summary, before });
    }
    this.#tell();
  }

  #tell(): void {
    this.#changed.fire();
    void this.#memory.update(STORED, this.sorted().slice(0, REMEMBERED));
  }
}

/** What an older message says never overwrites something newer (O5); another lineage starts anew. */
function newer(known: Summary | undefined, told: Summary): Summary {
  return known !== undefined && known.journal === told.journal && known.seq > told.seq ? known : told;
}
