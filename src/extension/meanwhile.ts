import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';

/** What was told of sessions; `undefined` for one that was removed. */
export type Told = ReadonlyMap<SessionId, Summary | undefined>;

/**
 * Keeps what is told of sessions while pages of them are on their way: a page may have been read before it, and then says
 * nothing against it (O5). Holds nothing while nothing is asked for. Owned by `RuntimeSessions`.
 */
export class Meanwhile {
  readonly #under = new Set<Map<SessionId, Summary | undefined>>();

  /** Takes note of what was told of a session, for all that is being asked for now. */
  note(sessionId: SessionId, summary: Summary | undefined): void {
    for (const told of this.#under) told.set(sessionId, summary);
  }

  /** Asks, and gives the answer with what was told until it came. Rejects as `ask` does. */
  async during<T>(ask: () => Promise<T>): Promise<{ readonly answer: T; readonly told: Told }> {
    const told = new Map<SessionId, Summary | undefined>();
    this.#under.add(told);
    try {
      return { answer: await ask(), told };
    } finally {
      this.#under.delete(told);
    }
  }
}

/** What a page's row comes to beside what was told while it was on its way: nothing where that was its removal. Pure. */
export function settled(row: Summary, told: Told): Summary | undefined {
  if (!told.has(row.sessionId)) return row;
  const said = told.get(row.sessionId);
  return said === undefined || said.journal !== row.journal ? said : newer(said, row);
}

/** What an older message says never overwrites something newer (O5); another lineage starts anew. Pure. */
export function newer(known: Summary | undefined, told: Summary): Summary {
  return known !== undefined && known.journal === told.journal && known.seq > told.seq ? known : told;
}
