import { systemClock, type Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By, EventOf } from '../protocol/events.ts';
import { newInteractionId, type InteractionId, type TurnId } from '../protocol/ids.ts';
import type { Answer, Interaction, Settlement } from '../protocol/interaction.ts';
import type { RulePreview } from '../protocol/permission.ts';
import { checkAnswer } from './answerCheck.ts';

/** Writes an event of this session. */
type Record = (
  event: EventOf<'interaction.opened' | 'interaction.warned' | 'interaction.settled'>,
  place: { readonly turnId?: TurnId | undefined; readonly by?: By | undefined; readonly durable?: boolean },
) => void;

interface Open {
  readonly interaction: Interaction;
  readonly turnId: TurnId | undefined;
  readonly settle: (settlement: Settlement) => void;
}

/** What an interaction is opened with besides itself. */
export interface Asked {
  readonly turnId: TurnId | undefined;
  /** Aborted when the agent withdraws it. */
  readonly signal?: AbortSignal | undefined;
  /** So long it waits for an answer, then it is settled as cancelled (W4); 0 and absent are without end. */
  readonly limitMs?: number | undefined;
  /** The rules that an answer can save. */
  readonly rulePreviews?: readonly RulePreview[] | undefined;
}

const WITHDRAWN: Settlement = { outcome: 'cancelled', reason: 'the agent withdrew it' };

/** Why a question is withdrawn that was settled without an answer to it: what it wanted is there. */
export class SettledElsewhere {
  readonly settlement: Settlement;

  constructor(settlement: Settlement) {
    this.settlement = settlement;
  }
}

/** The warning comes a minute before the end, and no later than when a quarter of the time is left. */
const WARNING_MS = 60_000;

/** How many may be open in one session: they stand in its head (law 7). */
export const MOST_OPEN = 200;

/** How many settled interactions are remembered, to tell a late answer who won. */
const REMEMBERED = 200;

/**
 * The interactions of one session that an agent waits for (law 2): each is opened by one event, settled once by another,
 * and only then is the agent told. Owned by the session.
 */
export class Interactions {
  readonly #record: Record;
  readonly #clock: Clock;
  readonly #open = new Map<InteractionId, Open>();
  readonly #settled = new Map<
    InteractionId,
    { readonly settlement: Settlement; readonly by: By | undefined }
  >();

  constructor(record: Record, clock: Clock = systemClock) {
    this.#record = record;
    this.#clock = clock;
  }

  /** Whether anything of a turn waits for a person. */
  isWaiting(turnId: TurnId): boolean {
    for (const open of this.#open.values()) if (open.turnId === turnId) return true;
    return false;
  }

  /** What is open under an id. Throws `interactionSettled` (with who won) or `interactionNotFound`. */
  get(interactionId: InteractionId): Interaction {
    const open = this.#open.get(interactionId);
    if (open === undefined) throw this.#gone(interactionId);
    return open.interaction;
  }

  /** Opens an interaction; resolves when it is settled. Aborting the signal settles it as cancelled; too many at once are not opened. */
  ask(
    interaction: Interaction,
    { turnId, signal, limitMs = 0, rulePreviews = [] }: Asked,
  ): Promise<Settlement> {
    const interactionId = newInteractionId();
    if (signal?.aborted === true) return Promise.resolve(WITHDRAWN);
    if (this.#open.size >= MOST_OPEN)
      return Promise.resolve({ outcome: 'cancelled', reason: `${MOST_OPEN} questions are open already` });
    return new Promise((resolve) => {
      const withdrawn = (): void => {
        const isSettled = signal?.reason instanceof SettledElsewhere;
        const settlement = isSettled ? signal.reason.settlement : WITHDRAWN;
        this.#settle(interactionId, settlement, undefined);
      };
      let timer: Disposable | undefined;
      const settle = (settlement: Settlement): void => {
        signal?.removeEventListener('abort', withdrawn);
        timer?.dispose();
        resolve(settlement);
      };
      this.#open.set(interactionId, { interaction, turnId, settle });
      signal?.addEventListener('abort', withdrawn, { once: true });
      const expiresAt = limitMs > 0 ? this.#clock.now() + limitMs : undefined;
      this.#record(
        {
          type: 'interaction.opened',
          interactionId,
          interaction,
          ...(rulePreviews.length > 0 && { rulePreviews: [...rulePreviews] }),
          ...(expiresAt !== undefined && { expiresAt }),
        },
        { turnId },
      );
      if (expiresAt === undefined) return;
      const warning = Math.min(WARNING_MS, limitMs / 4);
      timer = this.#clock.after(limitMs - warning, () => {
        this.#record({ type: 'interaction.warned', interactionId, expiresAt }, { turnId });
        timer = this.#clock.after(warning, () =>
          this.#settle(interactionId, { outcome: 'cancelled', reason: 'time limit' }, undefined),
        );
      });
    });
  }

  /**
   * A person's answer. The first one wins. Throws `interactionSettled` (with who won), `interactionNotFound`, or
   * `invalidAnswer` with words that name what does not fit.
   */
  answer(interactionId: InteractionId, answer: Answer, by: By): Settlement {
    const open = this.#open.get(interactionId);
    if (open === undefined) throw this.#gone(interactionId);
    checkAnswer(open.interaction, answer);
    const settlement: Settlement = { outcome: 'answered', answer };
    this.#settle(interactionId, settlement, by);
    return settlement;
  }

  /** Settles what is open, of one turn or of all, as cancelled. */
  cancel(reason: string, which: { readonly turnId?: TurnId; readonly by?: By | undefined } = {}): void {
    for (const [interactionId, open] of [...this.#open]) {
      if (which.turnId !== undefined && open.turnId !== which.turnId) continue;
      this.#settle(interactionId, { outcome: 'cancelled', reason }, which.by);
    }
  }

  #settle(interactionId: InteractionId, settlement: Settlement, by: By | undefined): void {
    const open = this.#open.get(interactionId);
    if (open === undefined) return;
    this.#open.delete(interactionId);
    this.#settled.set(interactionId, { settlement, by });
    const oldest = this.#settled.keys().next().value;
    if (this.#settled.size > REMEMBERED && oldest !== undefined) this.#settled.delete(oldest);
    this.#record(
      { type: 'interaction.settled', interactionId, settlement },
      { turnId: open.turnId, by, durable: true },
    );
    open.settle(settlement);
  }

  #gone(interactionId: InteractionId): HoldfastError {
    const settled = this.#settled.get(interactionId);
    if (settled === undefined) {
      return new HoldfastError('interactionNotFound', `no open interaction ${interactionId} in this session`);
    }
    const { settlement, by } = settled;
    const how =
      settlement.outcome === 'answered'
        ? `answered${by === undefined ? '' : ` by ${by.name}`}`
        : settlement.outcome;
    return new HoldfastError('interactionSettled', `already ${how}`, { settlement, by });
  }
}
