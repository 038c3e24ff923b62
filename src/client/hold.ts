import type { Envelope } from '../protocol/events.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Ask } from './ask.ts';

/** What is held at most while an open is in flight: things, and bytes of them. */
const MOST_ITEMS = 128;
const MOST_BYTES = 8 * 1024 * 1024;

/** Something that came for a session whose id is not known yet: events of one frame, or a question. */
export type Held =
  | { readonly sessionId: SessionId; readonly bytes: number; readonly events: readonly Envelope[] }
  | { readonly sessionId: SessionId; readonly bytes: number; readonly ask: Ask };

/** What became of what came early, for diagnostics. */
export interface HoldCounters {
  /** Frames and questions that were held. */
  readonly held: number;
  /** Those of them that had to give way to newer ones. */
  readonly dropped: number;
  /** Questions that were answered without an answer. */
  readonly refused: number;
}

/**
 * One queue of what comes for unknown ids while an open is in flight with a host that assigns them (O7): bounded, the
 * oldest gives way. Events that were dropped leave a gap, which their session notices; a dropped question is answered.
 */
export class Hold {
  #items: Held[] = [];
  #bytes = 0;
  #held = 0;
  #dropped = 0;
  #refused = 0;

  get counters(): HoldCounters {
    return { held: this.#held, dropped: this.#dropped, refused: this.#refused };
  }

  add(item: Held): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
    this.#held++;
    while (this.#items.length > MOST_ITEMS || this.#bytes > MOST_BYTES) {
      const oldest = this.#items.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.bytes;
      this.#dropped++;
      if ('ask' in oldest) this.refuse(oldest.ask, 'too much came before its session was open');
    }
  }

  /** Takes out what came for a session, in the order in which it came. */
  take(sessionId: SessionId): readonly Held[] {
    const taken = this.#items.filter((item) => item.sessionId === sessionId);
    this.#items = this.#items.filter((item) => item.sessionId !== sessionId);
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }

  /** No open is in flight any more: nobody will want the rest. */
  clear(reason: string): void {
    const left = this.#items;
    this.#items = [];
    this.#bytes = 0;
    for (const item of left) if ('ask' in item) this.refuse(item.ask, reason);
  }

  /** Answers a question that nobody takes. */
  refuse(ask: Ask, reason: string): void {
    this.#refused++;
    ask.refuse(reason);
  }
}
