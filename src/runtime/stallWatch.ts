import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { TurnId } from '../protocol/ids.ts';

/** A turn that gives no sign of life for so long is shown as stalled (T8), in milliseconds. */
export const STALLED_MS = 2 * 60_000;

/** Share of a processor that what a turn runs must have used to count as alive: an idle process uses some as well. */
const BUSY_SHARE = 0.02;

/** What watching a turn needs. */
export interface StallParts {
  readonly clock: Clock;
  readonly stalledMs?: number | undefined;
  /** Whether silence means nothing now: a person is asked, or nothing is read. */
  isExcused(): boolean;
  /** Processor time, in milliseconds, that what the turn runs has used so far; `undefined` where that cannot be told. */
  usedMs(): Promise<number | undefined>;
  waitingFor(): string;
  onStalled(turnId: TurnId, since: number, waitingFor: string): void;
  onProgressed(turnId: TurnId): void;
}

/**
 * Tells a quiet turn from a dead one (T8). A sign of life is anything that is heard of it, or processor time that its
 * processes use. It looks twice in the time that makes a stall, and only then. Owned by the session.
 */
export class StallWatch {
  readonly #parts: StallParts;
  readonly #everyMs: number;
  #turnId: TurnId | undefined;
  #since = 0;
  #heardAt = 0;
  #usedMs: number | undefined;
  #stalled = false;
  #timer: Disposable | undefined;

  constructor(parts: StallParts) {
    this.#parts = parts;
    this.#everyMs = (parts.stalledMs ?? STALLED_MS) / 2;
  }

  started(turnId: TurnId): void {
    this.ended();
    this.#turnId = turnId;
    this.heard();
    this.#later();
  }

  ended(): void {
    this.#timer?.dispose();
    this.#turnId = undefined;
    this.#stalled = false;
    this.#usedMs = undefined;
  }

  /** A sign of life. Costs nothing: what streams calls it for every event. */
  heard(): void {
    if (this.#turnId === undefined) return;
    this.#since = this.#parts.clock.now();
    this.#heardAt = this.#parts.clock.monotonic();
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#parts.onProgressed(this.#turnId);
  }

  #later(): void {
    this.#timer = this.#parts.clock.after(this.#everyMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, isExcused, usedMs, waitingFor, onStalled } = this.#parts;
    const turnId = this.#turnId;
    const before = this.#usedMs;
    // Whatever goes wrong while looking is no sign of life.
    this.#usedMs = await usedMs().catch(() => undefined);
    if (turnId === undefined || this.#turnId !== turnId) return;
    const used = (this.#usedMs ?? 0) - (before ?? this.#usedMs ?? 0);
    if (isExcused() || used > this.#everyMs * BUSY_SHARE) this.heard();
    const silent = clock.monotonic() - this.#heardAt;
    if (!this.#stalled && silent >= 2 * this.#everyMs) {
      this.#stalled = true;
      onStalled(turnId, this.#since, waitingFor());
    }
    this.#later();
  }
}
