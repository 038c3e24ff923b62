import { HoldfastError } from '../../protocol/errors.ts';
import type { Envelope } from '../../protocol/events.ts';
import { foldHead, type Head } from '../../protocol/head.ts';
import type { JournalId, SessionId } from '../../protocol/ids.ts';
import type { Items } from './items.ts';
import type { Entry, SessionLog } from './journal.ts';

/** What a log needs of the journal it belongs to. */
export interface LogOwner {
  /** Throws when the journal takes no more. */
  checkOpen(): void;
  /** Puts a stamped envelope, with its JSON text, into the batch that is written next. */
  enqueue(log: Log, envelope: Envelope, json: string, durable: boolean): void;
  /** Resolves when the batch that is written next is committed. */
  committed(): Promise<void>;
}

/** Implements `SessionLog`. Owned by the journal, which tells it what became of its batch. */
export class Log implements SessionLog {
  readonly key: number;
  readonly sessionId: SessionId;
  readonly journal: JournalId;
  readonly items: Items;
  readonly #owner: LogOwner;
  #head: Head | undefined;
  #committedHead: Head | undefined;
  #released = false;

  constructor(
    owner: LogOwner,
    session: {
      readonly key: number;
      readonly id: SessionId;
      readonly journal: JournalId;
      readonly head: Head | undefined;
    },
    items: Items,
  ) {
    this.#owner = owner;
    this.key = session.key;
    this.sessionId = session.id;
    this.journal = session.journal;
    this.#head = session.head;
    this.#committedHead = session.head;
    this.items = items;
  }

  get head(): Head | undefined {
    return this.#head;
  }

  get committedHead(): Head | undefined {
    return this.#committedHead;
  }

  get committedSeq(): number {
    return this.#committedHead?.seq ?? 0;
  }

  get isCommitted(): boolean {
    return this.#head === this.#committedHead;
  }

  /**
   * Stamps an event. Everything that can be wrong with it is found before its number is taken (law 1): a value that JSON
   * cannot hold, a first event that is not `session.started`, a journal that is closed.
   */
  append({ event, at, turnId, by, durable = false, span = 1 }: Entry): Envelope {
    this.#owner.checkOpen();
    if (this.#released)
      throw new HoldfastError('internalError', `the log of session ${this.sessionId} was let go`);
    if (!Number.isFinite(at))
      throw new TypeError(`an event's time must be a number of milliseconds, not ${at}`);
    const last = this.#head?.seq ?? 0;
    const envelope: Envelope = {
      sessionId: this.sessionId,
      seq: last + span,
      ...(span === 1 ? {} : { from: last + 1 }),
      at,
      ...(turnId === undefined ? {} : { turnId }),
      ...(by === undefined ? {} : { by }),
      event,
    };
    const json = textOf(envelope);
    const head = foldHead(this.#head, envelope);
    if (head === undefined) {
      throw new HoldfastError(
        'internalError',
        `the first event of a session is session.started, not ${event.type}`,
      );
    }
    this.#head = head;
    this.items.fold(envelope, json.length);
    this.#owner.enqueue(this, envelope, json, durable);
    return envelope;
  }

  committed(): Promise<void> {
    return this.isCommitted ? Promise.resolve() : this.#owner.committed();
  }

  /** The batch with everything appended so far is committed. */
  wasCommitted(): void {
    this.#committedHead = this.#head;
  }

  /** Nobody may append any more: another log may stand for the session from now on. */
  release(): void {
    this.#released = true;
  }
}

/** An envelope as JSON. Written field by field: its place is short and its shape is known, unlike its event. */
function textOf({ sessionId, seq, from, at, turnId, by, event }: Envelope): string {
  const span = from === undefined ? '' : `,"from":${from}`;
  const turn = turnId === undefined ? '' : `,"turnId":${JSON.stringify(turnId)}`;
  const caused = by === undefined ? '' : `,"by":${JSON.stringify(by)}`;
  const place = `"sessionId":${JSON.stringify(sessionId)},"seq":${seq}${span},"at":${at}${turn}${caused}`;
  return `{${place},"event":${JSON.stringify(event)}}`;
}
