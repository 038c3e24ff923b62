import { HoldfastError } from '../protocol/errors.ts';
import type { By, EventOf } from '../protocol/events.ts';
import { formProblem, questionProblem } from '../protocol/formAnswer.ts';
import { newInteractionId, type InteractionId, type TurnId } from '../protocol/ids.ts';
import type { Answer, Interaction, Settlement } from '../protocol/interaction.ts';

/** Writes an event of this session. */
type Record = (
  event: EventOf<'interaction.opened' | 'interaction.settled'>,
  place: { readonly turnId?: TurnId | undefined; readonly by?: By | undefined; readonly durable?: boolean },
) => void;

interface Open {
  readonly interaction: Interaction;
  readonly turnId: TurnId | undefined;
  readonly settle: (settlement: Settlement) => void;
}

/** How many settled interactions are remembered, to tell a late answer who won. */
const REMEMBERED = 200;

/**
 * The interactions of one session that an agent waits for (law 2): each is opened by one event, settled once by another,
 * and only then is the agent told. Owned by the session.
 */
export class Interactions {
  readonly #record: Record;
  readonly #open = new Map<InteractionId, Open>();
  readonly #settled = new Map<
    InteractionId,
    { readonly settlement: Settlement; readonly by: By | undefined }
  >();

  constructor(record: Record) {
    this.#record = record;
  }

  /** Opens an interaction; resolves when it is settled. Aborting the signal settles it as cancelled. */
  ask(interaction: Interaction, turnId: TurnId | undefined, signal?: AbortSignal): Promise<Settlement> {
    const interactionId = newInteractionId();
    if (signal?.aborted === true)
      return Promise.resolve({ outcome: 'cancelled', reason: 'the agent withdrew it' });
    return new Promise((resolve) => {
      const withdrawn = (): void => {
        this.#settle(interactionId, { outcome: 'cancelled', reason: 'the agent withdrew it' }, undefined);
      };
      const settle = (settlement: Settlement): void => {
        signal?.removeEventListener('abort', withdrawn);
        resolve(settlement);
      };
      this.#open.set(interactionId, { interaction, turnId, settle });
      signal?.addEventListener('abort', withdrawn, { once: true });
      this.#record({ type: 'interaction.opened', interactionId, interaction }, { turnId });
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

/** Whether an answer fits what was asked; throws `invalidAnswer` where it does not. */
export function checkAnswer(interaction: Interaction, answer: Answer): void {
  const refuse = (problem: string): never => {
    throw new HoldfastError('invalidAnswer', problem);
  };
  if (answer.kind === 'reject' || answer.kind === 'dismiss') return;
  switch (interaction.kind) {
    case 'permission': {
      if (answer.kind !== 'option') return refuse('a permission is answered with one of its options');
      const ids = interaction.options.map((option) => option.optionId);
      if (!ids.includes(answer.optionId))
        return refuse(`no option ${answer.optionId}; there are ${ids.join(', ')}`);
      return;
    }
    case 'question':
    case 'form': {
      if (answer.kind !== 'values') return refuse(`a ${interaction.kind} is answered with values`);
      const problem =
        interaction.kind === 'question'
          ? questionProblem(interaction.questions, answer.values)
          : formProblem(interaction.schema, answer.values);
      if (problem !== undefined) return refuse(problem);
      return;
    }
    case 'url':
      if (answer.kind !== 'accept') return refuse('a URL is accepted, rejected or dismissed');
      return;
  }
}
