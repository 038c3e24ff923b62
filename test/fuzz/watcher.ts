import assert from 'node:assert/strict';
import { applies, type Envelope } from '../../src/protocol/events.ts';
import { emptyState, foldInto, foldState, inOrder } from '../../src/protocol/fold.ts';
import type { Snapshot } from '../../src/client/index.ts';
import { foldHead, type Head } from '../../src/protocol/head.ts';
import type { ItemId, TurnId } from '../../src/protocol/ids.ts';
import type { Item } from '../../src/protocol/items.ts';

/**
 * What one client makes of one session's events, holding them to law 1 as they come: each is the next one. Its fold must
 * be the same as the journal's, wherever it began and whatever was in between.
 */
export class Watcher {
  readonly envelopes: Envelope[] = [];
  /** What was wrong with the order, if anything was: a handler that throws is only a line in a log. */
  readonly wrong: string[] = [];
  /** How often the client was told to start from a snapshot. */
  resets = 0;
  #head: Head | undefined;
  readonly #items = new Map<ItemId, Item>();
  /** It is asked after each of very many events. */
  readonly #ended = new Set<TurnId>();
  /** Rows before this position were never loaded. */
  #loadedFrom = 0;
  #cursor = 0;
  #lost: Error | undefined;
  #waiting: Envelope[] | undefined;
  readonly #waits = new Set<() => void>();

  get seq(): number {
    return this.#cursor;
  }

  get head(): Head | undefined {
    return this.#head;
  }

  readonly onEvent = (envelope: Envelope): void => {
    if (this.#waiting !== undefined) {
      this.#waiting.push(envelope);
      return;
    }
    if (!applies(envelope, this.#cursor)) {
      this.wrong.push(`${envelope.from ?? ''}…${envelope.seq} came after ${this.#cursor}`);
    }
    this.#cursor = envelope.seq;
    this.envelopes.push(envelope);
    if (envelope.event.type === 'turn.ended') this.#ended.add(envelope.event.turnId);
    this.#head = foldHead(this.#head, envelope);
    foldInto(this.#items, envelope);
    for (const look of [...this.#waits]) look();
  };

  readonly onReset = (snapshot: Snapshot): void => {
    this.resets++;
    this.startFrom(snapshot);
  };

  /** A client that loses its session has missed something: whoever waits for it is told why. */
  readonly onLost = (error: Error): void => {
    this.#lost = error;
    for (const look of [...this.#waits]) look();
  };

  /** Keeps events until `goOn`: they follow a snapshot that only the opening's answer tells. */
  wait(): void {
    this.#waiting = [];
  }

  /** Goes on with what was kept; a snapshot that was told by `onReset` already is not told again. */
  goOn(snapshot: Snapshot): void {
    const kept = this.#waiting;
    if (kept === undefined) return;
    this.#waiting = undefined;
    this.startFrom(snapshot);
    for (const envelope of kept) this.onEvent(envelope);
  }

  /** Forgets what it has and starts from a snapshot. */
  startFrom({ cursor, head, items, more }: Snapshot): void {
    this.#cursor = cursor.seq;
    this.#head = head;
    this.#items.clear();
    for (const item of items) this.#items.set(item.itemId, item);
    this.#loadedFrom = more ? (items[0]?.position ?? cursor.seq + 1) : 0;
  }

  /** Resolves when something holds; looked at after each event. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#lost !== undefined) reject(this.#lost);
        else if (!holds()) return;
        this.#waits.delete(look);
        resolve();
      };
      this.#waits.add(look);
      look();
    });
  }

  /** Resolves when a turn has ended. */
  ended(turnId: TurnId): Promise<void> {
    return this.until(() => this.#ended.has(turnId));
  }

  /** Holds what it has against everything that the journal has. */
  verify(journal: readonly Envelope[], whose: string): void {
    assert.deepEqual(this.wrong, [], `${whose}: in order, each once`);
    const full = foldState(emptyState, journal);
    assert.equal(this.#cursor, full.head?.seq, `${whose} came to the end`);
    assert.deepEqual(plain(this.#head), plain(full.head), `${whose}: the head`);
    const rows = inOrder(full.items.values()).filter(({ position }) => position >= this.#loadedFrom);
    const own = inOrder(this.#items.values()).filter(({ position }) => position >= this.#loadedFrom);
    assert.deepEqual(plain(own), plain(rows), `${whose}: the rows`);
    const bySeq = new Map(journal.map((envelope) => [envelope.seq, envelope]));
    for (const envelope of this.envelopes) {
      const stored = bySeq.get(envelope.seq);
      // What was compacted since is held by the fold alone.
      if (stored === undefined || stored.from !== envelope.from) continue;
      assert.deepEqual(
        plain(envelope),
        plain(stored),
        `${whose}: event ${envelope.seq} is what was committed`,
      );
    }
  }
}

/** As it is on the wire: without fields that are `undefined`. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
