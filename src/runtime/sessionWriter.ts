import type { Clock } from '../base/clock.ts';
import type { By, Envelope, KnownEvent } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import { Coalescer } from './coalescer.ts';
import type { AgentEvent } from './agent/agent.ts';
import type { SessionLog } from './journal/journal.ts';

/** Where an event of the runtime's own belongs. */
export interface Place {
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
  readonly durable?: boolean | undefined;
}

/** Takes secrets out of an event before anything keeps it (C5). */
export type Redact = (event: AgentEvent) => AgentEvent;

/**
 * The one way into a session's journal (DESIGN section 4): translate → redact → coalesce → journal. What an agent says
 * goes through all of it; what the runtime itself records first sends on whatever text still waits, so that the order of
 * the wire is the order of the journal. Owned by the session.
 */
export class SessionWriter {
  readonly #log: SessionLog;
  readonly #clock: Clock;
  readonly #coalescer: Coalescer;
  readonly #redact: Redact;

  constructor(log: SessionLog, clock: Clock, redact: Redact) {
    this.#log = log;
    this.#clock = clock;
    this.#redact = redact;
    this.#coalescer = new Coalescer(clock, (entry) => log.append(entry));
  }

  /** Takes what an agent said; it is in the journal at most 20 ms later. */
  agentSaid(event: AgentEvent, turnId: TurnId | undefined): void {
    this.#coalescer.push({ event: this.#redact(event), at: this.#clock.now(), turnId });
  }

  /** Records a fact of the runtime's own, at once. */
  record(event: KnownEvent, place: Place = {}): Envelope {
    this.#coalescer.flush();
    return this.#log.append({ event, at: this.#clock.now(), ...place });
  }

  /** Resolves when everything written so far is safely stored. */
  committed(): Promise<void> {
    this.#coalescer.flush();
    return this.#log.committed();
  }
}
