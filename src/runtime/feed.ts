import type { SessionId } from '../protocol/ids.ts';
import type { Committed, Journal, StoredEnvelope } from './journal/journal.ts';

/** Bytes one session may add to a frame before the next one has its turn: what keeps a flood from delaying the quiet. */
const QUANTUM_BYTES = 16 * 1024;
/** Envelopes read from the journal at once. */
const QUANTUM_EVENTS = 512;
/** A frame is sent when it has grown to this, also when more could go in. */
const FRAME_BYTES = 128 * 1024;

/** Where a feed's frames and troubles go. */
export interface FeedOutlet {
  /** Sends one frame of envelopes, given as JSON texts; `bytes` is what it charges of the credit. */
  send(envelopes: readonly string[], bytes: number): void;
  /** The events of a session cannot be read: told once, until they can be again. They are tried with each commit to it. */
  onUnreadable(sessionId: SessionId, error: unknown): void;
}

/**
 * The events of one client (laws 6 and 7). The journal is the queue: what is kept here for an attached session is only
 * the number up to which it was sent. Replay and live are therefore the same thing, reading on from that number, and a
 * client that takes nothing costs nothing. Owned by the client's connection.
 */
export class ClientFeed {
  readonly #journal: Journal;
  readonly #outlet: FeedOutlet;
  readonly #sent = new Map<SessionId, number>();
  /** Attached sessions that may have something unsent, in the order they take turns. */
  readonly #ready = new Set<SessionId>();
  /** Attached sessions of which it was told that they cannot be read. */
  readonly #unreadable = new Set<SessionId>();
  /**
   * The last frame before the credit is used up may be this large all the same. Otherwise what a few bytes of credit let
   * through are frames of a few bytes, each with its own credit to give back, and so on for ever.
   */
  readonly #least: number;
  #credit: number;
  #scheduled = false;
  #closed = false;

  constructor(journal: Journal, creditBytes: number, outlet: FeedOutlet) {
    this.#journal = journal;
    this.#credit = creditBytes;
    this.#least = creditBytes / 4;
    this.#outlet = outlet;
  }

  /** Sends what comes after a number, from now on. Attaching again moves the place. */
  attach(sessionId: SessionId, after: number): void {
    this.#sent.set(sessionId, after);
    this.#ready.add(sessionId);
    this.#schedule();
  }

  leave(sessionId: SessionId): void {
    this.#sent.delete(sessionId);
    this.#ready.delete(sessionId);
    this.#unreadable.delete(sessionId);
  }

  isAttached(sessionId: SessionId): boolean {
    return this.#sent.has(sessionId);
  }

  get attached(): Iterable<SessionId> {
    return this.#sent.keys();
  }

  /** Takes credit back, and goes on where it had run out. */
  credit(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit > 0 && this.#ready.size > 0) this.#pump();
  }

  /** Tells that sessions have new envelopes. */
  committed(sessions: ReadonlySet<SessionId>): void {
    let news = false;
    for (const sessionId of sessions) {
      if (!this.#sent.has(sessionId)) continue;
      this.#ready.add(sessionId);
      news = true;
    }
    if (news) this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#sent.clear();
    this.#ready.clear();
    this.#unreadable.clear();
  }

  /** After an attach: the response is written before the first event, though a client must not rely on it. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    let frame: string[] = [];
    let bytes = 0;
    const flush = (): void => {
      if (frame.length === 0) return;
      this.#outlet.send(frame, bytes);
      frame = [];
      bytes = 0;
    };
    while (!this.#closed && this.#credit > 0) {
      const sessionId = first(this.#ready);
      if (sessionId === undefined) break;
      this.#ready.delete(sessionId);
      // A turn is only taken from somebody: alone, a session fills a frame at once.
      const quantum = this.#ready.size > 0 ? QUANTUM_BYTES : FRAME_BYTES;
      const rows = this.#read(sessionId, Math.min(quantum, Math.max(this.#credit, this.#least)));
      const last = rows.at(-1);
      if (last === undefined) continue;
      for (const row of rows) {
        frame.push(row.json);
        bytes += row.bytes;
        this.#credit -= row.bytes;
      }
      this.#sent.set(sessionId, last.seq);
      this.#ready.add(sessionId);
      if (bytes >= FRAME_BYTES) flush();
    }
    flush();
  }

  /** What cannot be read of one session keeps nothing of another from the client, and its place, from which the next turn reads on. */
  #read(sessionId: SessionId, maxBytes: number): readonly StoredEnvelope[] {
    try {
      const after = this.#sent.get(sessionId) ?? 0;
      const rows = this.#journal.read(sessionId, after, { maxEvents: QUANTUM_EVENTS, maxBytes });
      this.#unreadable.delete(sessionId);
      return rows;
    } catch (error) {
      if (!this.#unreadable.has(sessionId)) this.#outlet.onUnreadable(sessionId, error);
      this.#unreadable.add(sessionId);
      return [];
    }
  }
}

/** Tells every client's feed what was committed. Owned by the runtime. */
export class Feed {
  readonly #clients = new Set<ClientFeed>();

  add(client: ClientFeed): void {
    this.#clients.add(client);
  }

  remove(client: ClientFeed): void {
    client.close();
    this.#clients.delete(client);
  }

  /** Whether any client is attached to a session. */
  isWatched(sessionId: SessionId): boolean {
    for (const client of this.#clients) if (client.isAttached(sessionId)) return true;
    return false;
  }

  /** A session is gone: nobody is attached to it any more. */
  forget(sessionId: SessionId): void {
    for (const client of this.#clients) client.leave(sessionId);
  }

  publish(batch: Committed): void {
    const sessions = new Set(batch.map((envelope) => envelope.sessionId));
    for (const client of this.#clients) client.committed(sessions);
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const value of set) return value;
  return undefined;
}
