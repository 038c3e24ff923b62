import { HoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import { foldHead, type Head } from '../protocol/head.ts';
import type { InteractionId, JournalId, SessionId } from '../protocol/ids.ts';
import type { Answer } from '../protocol/interaction.ts';
import type { Item } from '../protocol/items.ts';
import type { Cursor } from '../protocol/methods.ts';
import type { Ask } from './ask.ts';
import type { Charge } from './credit.ts';
import { EventStream } from './eventStream.ts';
import { guard, InteractionDesk, type SessionHandlers, type Snapshot } from './handlers.ts';
import { Inbox } from './inbox.ts';
import type { Log } from './log.ts';
import { TurnWaits } from './turnWaits.ts';

/** What a response told about a session's place (`session/create`, `resume`, `attach`). */
export interface Placement {
  readonly sessionId: SessionId;
  readonly cursor: Cursor;
  readonly head: Head;
  readonly reset?: boolean | undefined;
  readonly items?: readonly Item[] | undefined;
  readonly more?: boolean | undefined;
}

/** What a registration is made with. */
export interface RegistrationOptions {
  /** For a session whose host assigns its id: the `openId`, which stands for it until `name`. */
  readonly sessionId: SessionId;
  /** Tells this registration from any other of the same id, earlier or later (O3). */
  readonly generation: number;
  readonly handlers: SessionHandlers;
  /** The last number that is known already. */
  readonly since: number;
  /** Whether only the answer tells where events begin: until then they are held. */
  readonly hold: boolean;
  readonly log: Log;
  answer(interactionId: InteractionId, answer: Answer): Promise<unknown>;
  /** Events are missing after the cursor. */
  onGap(envelope: Envelope): void;
  /** A page of the envelopes after a cursor, from the journal. */
  read(cursor: Cursor): Promise<readonly Envelope[]>;
}

/**
 * One session as this client has it: its handlers, its place in the events, its head, and who waits for what. Made before
 * the request that opens the session is sent, so that nothing is missed (law 3). Owned by the registry.
 */
export class Registration {
  readonly generation: number;
  #sessionId: SessionId;
  #isNamed = false;
  readonly turns = new TurnWaits();
  readonly #handlers: SessionHandlers;
  readonly #log: Log;
  readonly #read: RegistrationOptions['read'];
  readonly #inbox: Inbox;
  readonly #desk: InteractionDesk;
  readonly #streams = new Set<EventStream>();
  #closedBy: HoldfastError | undefined;
  #phase: 'opening' | 'open' | 'closed' = 'opening';
  #head: Head | undefined;
  #journal: JournalId | undefined;
  #snapshot: Snapshot | undefined;
  /** Interactions that were open before the first event that is seen are given to handlers when this number is reached. */
  #giveAt: number | undefined;

  constructor(options: RegistrationOptions) {
    this.#sessionId = options.sessionId;
    this.generation = options.generation;
    this.#handlers = options.handlers;
    this.#log = options.log;
    this.#read = options.read;
    this.#desk = new InteractionDesk({ ...options, id: () => this.#sessionId });
    this.#inbox = new Inbox(
      {
        apply: (envelope, charge) => this.#apply(envelope, charge),
        gap: options.onGap,
      },
      options.since,
    );
    if (options.hold) this.#inbox.hold();
  }

  get sessionId(): SessionId {
    return this.#sessionId;
  }

  /** Whether the host said what the session is called. */
  get isNamed(): boolean {
    return this.#isNamed;
  }

  /** The host said what the session is called. */
  name(sessionId: SessionId): void {
    this.#sessionId = sessionId;
    this.#isNamed = true;
  }

  /** Why it is closed, when it is. */
  get closedBy(): HoldfastError | undefined {
    return this.#closedBy;
  }

  get phase(): 'opening' | 'open' | 'closed' {
    return this.#phase;
  }

  /** The newest head that an event or a response told (O5). */
  get head(): Head | undefined {
    return this.#head;
  }

  /** The last event that was delivered. */
  get seq(): number {
    return this.#inbox.cursor;
  }

  /** How far the session has come, in which lineage; `undefined` until it is bound. */
  get cursor(): Cursor | undefined {
    return this.#journal === undefined ? undefined : { journal: this.#journal, seq: this.#inbox.cursor };
  }

  /** The rows that the opening answered, if it was asked for some or could not serve the cursor. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  take(envelope: Envelope, charge: Charge): void {
    this.#inbox.take(envelope, charge);
  }

  /** Gives a foreign host's question to the handlers, after the events that came before it. */
  ask(ask: Ask): void {
    if (this.#phase === 'closed') return ask.refuse(`the session ${this.#sessionId} was left`);
    this.#inbox.after(
      () => this.#desk.ask(ask),
      () => ask.refuse(`the session ${this.#sessionId} was left`),
    );
  }

  /** Holds events until the next `bind`: the connection changed, and the answer to the attach tells where it goes on. */
  hold(): void {
    this.#inbox.hold();
  }

  /** Takes the place that a response told. Events that came before it and go beyond it are delivered from here. */
  bind(placement: Placement, kind: 'create' | 'resume' | 'tail' | 'attach'): void {
    if (this.#phase === 'closed') return;
    const { cursor, head, reset = false, items } = placement;
    const jump = reset || kind === 'tail';
    this.#journal = cursor.journal;
    if (reset || this.#head === undefined || head.seq > this.#head.seq) this.#head = head;
    this.#phase = 'open';
    if (reset || kind === 'resume' || kind === 'tail') this.#giveAt = head.seq;
    if (jump) {
      const snapshot = { cursor, head, items: items ?? [], more: placement.more ?? false };
      if (kind !== 'attach') this.#snapshot = snapshot;
      if (reset) this.#reset(snapshot);
    }
    this.#inbox.place(jump ? cursor.seq : undefined);
    this.#giveOpen();
  }

  /** Begins a stream of the events after a number. */
  stream(since: number): EventStream {
    const inbox = this.#inbox;
    const stream: EventStream = new EventStream(
      {
        get seq() {
          return inbox.cursor;
        },
        read: (after) => this.#page(after),
        isOver: (cursor) =>
          this.#phase === 'closed' || (this.#head?.ended === true && cursor >= this.#head.seq),
        detach: (done) => this.#streams.delete(done),
      },
      since,
    );
    this.#streams.add(stream);
    return stream;
  }

  /** Ends everything that waits here; with an error, the handler of `onLost` is told. Nothing is delivered afterwards. */
  close(reason: HoldfastError, lost: boolean): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#closedBy = reason;
    this.#inbox.stop();
    this.#desk.close();
    this.turns.fail(reason);
    for (const stream of [...this.#streams]) stream.end(lost ? reason : undefined);
    if (lost) guard(this.#log, this.sessionId, 'onLost', () => this.#handlers.onLost?.(reason));
  }

  #apply(envelope: Envelope, charge: Charge): void {
    this.#head = foldHead(this.#head, envelope);
    guard(this.#log, this.sessionId, 'onEvent', () => this.#handlers.onEvent?.(envelope));
    for (const stream of this.#streams) stream.offer(envelope, charge.each);
    this.#notice(envelope);
    this.#giveOpen();
  }

  async #page(seq: number): Promise<readonly Envelope[]> {
    return this.#journal === undefined ? [] : this.#read({ journal: this.#journal, seq });
  }

  /** What an event means to those who wait. */
  #notice({ event, seq, turnId }: Envelope): void {
    // `onEvent` may have left the session.
    if (this.#phase === 'closed') return;
    if (event.type === 'turn.ended') {
      const { type: _, ...end } = event;
      this.turns.end(end);
    } else if (event.type === 'interaction.settled') this.#desk.settle(event.interactionId);
    else if (event.type === 'interaction.opened' && this.#isOpen(event.interactionId, seq)) {
      this.#desk.give({ interactionId: event.interactionId, interaction: event.interaction, turnId });
    } else if (event.type === 'session.ended' && this.#head?.ended === true && seq >= this.#head.seq) {
      const words = `the session ${this.sessionId} ended: ${event.reason}`;
      this.turns.rejectAll(new HoldfastError('sessionEnded', words, { sessionId: this.sessionId }));
      for (const stream of this.#streams) stream.wake();
    }
  }

  /** A replayed interaction that a newer head knows to be settled is history. */
  #isOpen(interactionId: InteractionId, seq: number): boolean {
    const head = this.#head;
    return (
      head === undefined ||
      head.seq <= seq ||
      head.interactions.some((open) => open.interactionId === interactionId)
    );
  }

  #giveOpen(): void {
    if (this.#giveAt === undefined || this.#inbox.cursor < this.#giveAt) return;
    this.#giveAt = undefined;
    for (const open of this.#head?.interactions ?? []) this.#desk.give(open);
  }

  #reset(snapshot: Snapshot): void {
    this.#desk.keep(snapshot.head.interactions);
    this.turns.reset(snapshot.head, snapshot.items);
    const words = `the events of the session ${this.sessionId} were numbered anew: read it again from its snapshot`;
    for (const stream of this.#streams)
      stream.end(new HoldfastError('interrupted', words, { sessionId: this.sessionId }));
    guard(this.#log, this.sessionId, 'onReset', () => this.#handlers.onReset?.(snapshot));
  }
}
