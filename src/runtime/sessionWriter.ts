import type { Clock } from '../base/clock.ts';
import type { By, Envelope, KnownEvent } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { AgentEvent } from './agent/agent.ts';
import { BoundMessages } from './boundMessages.ts';
import { Coalescer } from './coalescer.ts';
import type { Entry, SessionLog } from './journal/journal.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { Redaction, type SecretNames } from './redaction.ts';
import type { SecretMatcher } from './secretMatcher.ts';
import { spill, type BlobStore } from './spill.ts';

/** Where an event of the runtime's own belongs. */
export interface Place {
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
  readonly durable?: boolean | undefined;
}

/**
 * The one way into a session's journal (ARCHITECTURE.md): translate → redact → bound → coalesce → spill → journal. What
 * an agent says goes through all of it; what the runtime itself records first sends on whatever text still waits, so that the order of
 * the wire is the order of the journal. Owned by the session.
 */
export class SessionWriter {
  readonly #log: SessionLog;
  readonly #clock: Clock;
  readonly #coalescer: Coalescer;
  readonly #redaction: Redaction;
  readonly #messages: BoundMessages;
  readonly #store: BlobStore | undefined;
  #turnId: TurnId | undefined;

  /** Without secrets nothing is looked for; without a store for large contents they stay in their events. */
  constructor(
    log: SessionLog,
    clock: Clock,
    secrets: () => SecretMatcher | undefined = () => undefined,
    { store, names }: { readonly store?: BlobStore; readonly names?: SecretNames } = {},
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#store = store;
    this.#coalescer = new Coalescer(clock, (entry) => this.#append(entry));
    this.#messages = new BoundMessages((event) =>
      this.#coalescer.push({ event, at: this.#clock.now(), turnId: this.#turnId }),
    );
    const out = (event: AgentEvent, turnId: TurnId | undefined): void => {
      this.#turnId = turnId;
      this.#messages.push(event);
    };
    this.#redaction = new Redaction(secrets, out, names);
  }

  /** Takes what an agent said; it is in the journal at most 20 ms later, but for what may be the beginning of a secret. */
  agentSaid(event: AgentEvent, turnId: TurnId | undefined): void {
    this.#redaction.agentSaid(event, turnId);
  }

  /** Records a fact of the runtime's own, at once. */
  record(event: KnownEvent, place: Place = {}): Envelope {
    const shown = this.#redaction.recorded(event);
    this.#coalescer.flush();
    return this.#append({ event: shown, at: this.#clock.now(), ...place });
  }

  /** What a queued prompt said before secrets were taken out of it, if any were, once. */
  original(turnId: TurnId): readonly ContentBlock[] | undefined {
    return this.#redaction.original(turnId);
  }

  /** A value as it may be shown and kept beside the journal. */
  redacted<T>(value: T): T {
    return this.#redaction.value(value);
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
