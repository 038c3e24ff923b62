import type { Clock } from '../base/clock.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { By, EventOf } from '../protocol/events.ts';
import type { SessionWriter } from './sessionWriter.ts';

/** Refusals that one session writes down in a minute; more are counted. */
const MOST_A_MINUTE = 30;
const MOST_TEXT = 500;

/**
 * Writes down who asked for what, where the action itself leaves no event: because it was refused, found nothing to act on, or
 * acted on the agent alone (P8). Owned by the session.
 */
export class Audit {
  readonly #writer: SessionWriter;
  readonly #clock: Clock;
  #minute = 0;
  #written = 0;
  #left = 0;

  constructor(writer: SessionWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  /** A control action was asked for and refused. What is no failure of ours to name is not recorded. */
  refused(action: string, by: By, error: unknown): void {
    if (!isHoldfastError(error)) return;
    const { kind, message } = error;
    this.#take({ action, outcome: 'refused', error: { kind, message: message.slice(0, MOST_TEXT) } }, by);
  }

  /** A control action was done, or found nothing to act on. */
  taken(action: string, by: By, outcome: 'done' | 'nothing', detail?: string): void {
    this.#take({ action, outcome, ...(detail !== undefined && { detail: detail.slice(0, MOST_TEXT) }) }, by);
  }

  #take(taken: Omit<EventOf<'action.taken'>, 'type'>, by: By): void {
    const minute = Math.floor(this.#clock.monotonic() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#written = 0;
    }
    if (this.#written >= MOST_A_MINUTE) return void this.#left++;
    this.#written++;
    const more = this.#left === 0 ? {} : { detail: `${this.#left} more before this were not written down` };
    this.#left = 0;
    this.#writer.record({ type: 'action.taken', ...taken, ...more }, { by });
  }
}
