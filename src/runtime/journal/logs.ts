import { HoldfastError } from '../../protocol/errors.ts';
import { newJournalId, type SessionId } from '../../protocol/ids.ts';
import { Items } from './items.ts';
import { Log, type LogOwner } from './log.ts';
import type { Tables } from './tables.ts';

/** The logs that are in use, one a session, loaded when they are first needed. Owned by the journal. */
export class Logs {
  readonly #tables: Tables;
  readonly #owner: LogOwner;
  readonly #logs = new Map<SessionId, Log>();
  #lastKey: number;

  constructor(tables: Tables, owner: LogOwner) {
    this.#tables = tables;
    this.#owner = owner;
    this.#lastKey = Math.max(tables.heads.lastKey(), tables.unseen.keys().at(-1) ?? 0);
  }

  /** A log for a free id; throws `sessionExists`. One that has no event yet gives way to it. */
  create(sessionId: SessionId): Log {
    const known = this.#logs.get(sessionId);
    const isTaken = known === undefined ? this.keyOf(sessionId) !== undefined : known.head !== undefined;
    if (isTaken)
      throw new HoldfastError('sessionExists', `session ${sessionId} already exists`, { sessionId });
    known?.release();
    const log = this.#newLog(sessionId, this.#owner);
    this.#logs.set(sessionId, log);
    return log;
  }

  /** A log for a session that nobody knows before it is adopted; its id is new. */
  unseen(sessionId: SessionId, owner: LogOwner): Log {
    return this.#newLog(sessionId, owner);
  }

  /** From now on it is the log of its session. */
  adopt(log: Log): void {
    this.#logs.set(log.sessionId, log);
  }

  /** The log of a session, loaded if need be. */
  get(sessionId: SessionId): Log | undefined {
    const known = this.#logs.get(sessionId);
    if (known !== undefined) return known;
    const stored = this.#tables.heads.get(sessionId);
    if (stored === undefined) return undefined;
    const items = this.#newItems(stored.key, sessionId, stored.itemsSeq);
    if (stored.itemsSeq < stored.head.seq) items.rebuild();
    const log = new Log(this.#owner, { ...stored, id: sessionId }, items);
    this.#logs.set(sessionId, log);
    return log;
  }

  /** The log of a session if it is in memory. */
  loaded(sessionId: SessionId): Log | undefined {
    return this.#logs.get(sessionId);
  }

  keyOf(sessionId: SessionId): number | undefined {
    return this.#logs.get(sessionId)?.key ?? this.#tables.heads.keyOf(sessionId);
  }

  /** Lets a log go from memory. */
  drop(log: Log): void {
    log.release();
    this.#logs.delete(log.sessionId);
  }

  [Symbol.iterator](): Iterator<Log> {
    return this.#logs.values();
  }

  clear(): void {
    this.#logs.clear();
  }

  /** While storage fails, a log's rows are ahead of what is committed: what may be shown is folded from the database. */
  committedItems(log: Log): Items {
    const items = this.#newItems(log.key, log.sessionId, log.items.writtenSeq);
    items.rebuild();
    return items;
  }

  #newLog(sessionId: SessionId, owner: LogOwner): Log {
    const key = ++this.#lastKey;
    const session = { key, id: sessionId, journal: newJournalId(), head: undefined };
    return new Log(owner, session, this.#newItems(key, sessionId, 0));
  }

  #newItems(key: number, id: SessionId, writtenSeq: number): Items {
    return new Items(
      { table: this.#tables.items, envelopes: this.#tables.envelopes },
      { key, id },
      writtenSeq,
    );
  }
}
