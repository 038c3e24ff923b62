import type { Clock } from '../base/clock.ts';
import type { By, Envelope, KnownEvent } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { AgentEvent } from './agent/agent.ts';
import { BoundMessages } from './boundMessages.ts';
import { Coalescer } from './coalescer.ts';
import type { Entry, SessionLog } from './journal/journal.ts';
import { spill, type BlobStore } from './spill.ts';

/** Where an event of the runtime's own belongs. */
export interface Place {
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
  readonly durable?: boolean | undefined;
}

/** Takes secrets out of an event before anything keeps it (C5). */
export type Redact = (event: AgentEvent) => AgentEvent;

/**
 * The one way into a session's journal (ARCHITECTURE.md): translate → redact → bound → coalesce → spill → journal. What
 * an agent says goes through all of it; what the runtime itself records first sends on whatever text still waits, so that the order of
 * the wire is the order of the journal. Owned by the session.
 */
export class SessionWriter {
  readonly #log: SessionLog;
  readonly #clock: Clock;
  readonly #coalescer: Coalescer;
  readonly #redact: Redact;
  readonly #messages: BoundMessages;
  readonly #store: BlobStore | undefined;
  #turnId: TurnId | undefined;

  /** Without a store for large contents they stay in their events. */
  constructor(log: SessionLog, clock: Clock, redact: Redact, store?: BlobStore) {
    this.#log = log;
    this.#clock = clock;
    this.#redact = redact;
    this.#store = store;
    this.#coalescer = new Coalescer(clock, (entry) => this.#append(entry));
    this.#messages = new BoundMessages((event) =>
      this.#coalescer.push({ event, at: this.#clock.now(), turnId: this.#turnId }),
    );
  }

  /** Takes what an agent said; it is in the journal at most 20 ms later. */
  agentSaid(event: AgentEvent, turnId: TurnId | undefined): void {
    this.#turnId = turnId;
    this.#messages.push(this.#redact(event));
  }

  /** Records a fact of the runtime's own, at once. */
  record(event: KnownEvent, place: Place = {}): Envelope {
    this.#coalescer.flush();
    return this.#append({ event, at: this.#clock.now(), ...place });
  }

  /** Resolves when everything written so far is safely stored. */
  committed(): Promise<void> {
    this.#coalescer.flush();
    return this.#log.committed();
  }
  #append(entry: Entry): Envelope {
    return this.#log.append({ ...entry, event: spill(entry.event, this.#store) });
  }
}
