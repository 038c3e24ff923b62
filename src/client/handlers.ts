import { errorText } from '../base/errorText.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import type { Head, OpenInteraction } from '../protocol/head.ts';
import { newInteractionId, type InteractionId, type SessionId, type TurnId } from '../protocol/ids.ts';
import type { Answer, Interaction } from '../protocol/interaction.ts';
import type { Item } from '../protocol/items.ts';
import type { Cursor } from '../protocol/methods.ts';
import type { Ask } from './ask.ts';
import { unlessAborted } from './limit.ts';
import type { Log } from './log.ts';

/** An interaction that wants an answer, as its handler gets it. */
export interface InteractionRequest<I extends Interaction = Interaction> {
  readonly sessionId: SessionId;
  readonly interactionId: InteractionId;
  readonly interaction: I;
  readonly turnId?: TurnId | undefined;
  /** Aborted when somebody else answered, the interaction was withdrawn, or the session was left. */
  readonly signal: AbortSignal;
}

/** What a handler answers; nothing leaves the interaction open, for somebody else or for later. */
export type InteractionReply = Answer | undefined | void | Promise<Answer | undefined | void>;

/** A session’s state at a cursor, in place of the events up to it. */
export interface Snapshot {
  readonly cursor: Cursor;
  readonly head: Head;
  /** The last rows of the transcript, oldest first. */
  readonly items: readonly Item[];
  /** Whether there are rows before them. */
  readonly more: boolean;
}

/**
 * What a session tells its opener, from the first event on. Handlers are called synchronously and in order; a promise
 * they return is not waited for. One that throws or rejects is logged with the session's id and stops nothing.
 */
export interface SessionHandlers {
  readonly onEvent?: ((envelope: Envelope) => unknown) | undefined;
  /** A permission is wanted. Called after `onEvent` saw the event. */
  readonly onPermission?:
    | ((request: InteractionRequest<Extract<Interaction, { kind: 'permission' }>>) => InteractionReply)
    | undefined;
  /** A question, a form or a URL waits. Called after `onEvent` saw the event. */
  readonly onQuestion?:
    | ((request: InteractionRequest<Exclude<Interaction, { kind: 'permission' }>>) => InteractionReply)
    | undefined;
  /** The events known so far do not count any more (law 6): what follows comes after this snapshot. */
  readonly onReset?: ((snapshot: Snapshot) => unknown) | undefined;
  /** The session was lost for this client: deleted, or the connection was closed. Not called after `leave`. */
  readonly onLost?: ((error: HoldfastError) => unknown) | undefined;
}

/** Runs a handler so that its failure, now or later, is a line in the log and nothing else (O2). */
export function guard(log: Log, sessionId: SessionId, name: string, run: () => unknown): void {
  const failed = (error: unknown): void =>
    log(`session ${sessionId}: the ${name} handler failed: ${errorText(error)}`);
  try {
    const result = run();
    if (isThenable(result)) void Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/**
 * The interactions that were given to handlers: each once, and each with a signal that ends when it is settled. Answers
 * that handlers give are sent with `answer`.
 */
export class InteractionDesk {
  readonly #handlers: SessionHandlers;
  readonly #id: () => SessionId;
  readonly #log: Log;
  readonly #answer: (interactionId: InteractionId, answer: Answer) => Promise<unknown>;
  readonly #open = new Map<InteractionId, AbortController>();
  readonly #asked = new Set<AbortController>();

  constructor(options: {
    readonly handlers: SessionHandlers;
    /** The session's id; a host that assigns it does so only when the session is opened. */
    readonly id: () => SessionId;
    readonly log: Log;
    readonly answer: (interactionId: InteractionId, answer: Answer) => Promise<unknown>;
  }) {
    this.#handlers = options.handlers;
    this.#id = options.id;
    this.#log = options.log;
    this.#answer = options.answer;
  }

  /** Gives an open interaction to its handler, unless it has it already. */
  give({ interactionId, interaction, turnId }: Omit<OpenInteraction, 'openedAt'>): void {
    if (this.#open.has(interactionId)) return;
    const controller = new AbortController();
    this.#open.set(interactionId, controller);
    const request = { sessionId: this.#id(), interactionId, turnId, signal: controller.signal };
    const name = interaction.kind === 'permission' ? 'onPermission' : 'onQuestion';
    const send = async (reply: InteractionReply): Promise<void> => {
      const answer = await reply;
      if (answer !== undefined && !controller.signal.aborted) await this.#answer(interactionId, answer);
    };
    guard(this.#log, this.#id(), name, () => send(this.#call(interaction, request)));
  }

  /** Gives a question that a foreign host asks by a request (O7), and answers it with what its handler says. */
  ask(ask: Ask): void {
    const interactionId = newInteractionId();
    const controller = new AbortController();
    this.#asked.add(controller);
    const { signal } = controller;
    const withdraw = (): void => controller.abort();
    ask.signal.addEventListener('abort', withdraw, { once: true });
    const request = { sessionId: this.#id(), interactionId, turnId: undefined, signal };
    const reply = (async () => (await this.#call(ask.interaction, request)) ?? undefined)();
    reply.catch((error: unknown) =>
      this.#log(`session ${this.#id()}: a handler failed: ${errorText(error)}`),
    );
    void ask.settle(unlessAborted(reply, signal, 'the question')).finally(() => {
      ask.signal.removeEventListener('abort', withdraw);
      this.#asked.delete(controller);
    });
  }

  /** Nothing is asked here any more. */
  close(): void {
    this.keep([]);
    for (const controller of this.#asked) controller.abort();
  }

  /** Whoever settled it: its handler need not go on. */
  settle(interactionId: InteractionId): void {
    this.#open.get(interactionId)?.abort();
    this.#open.delete(interactionId);
  }

  /** Settles all but those that are still open. */
  keep(open: readonly OpenInteraction[]): void {
    const ids = new Set(open.map(({ interactionId }) => interactionId));
    for (const id of this.#open.keys()) if (!ids.has(id)) this.settle(id);
  }

  #call(interaction: Interaction, request: Omit<InteractionRequest, 'interaction'>): InteractionReply {
    const { onPermission, onQuestion } = this.#handlers;
    return interaction.kind === 'permission'
      ? onPermission?.({ ...request, interaction })
      : onQuestion?.({ ...request, interaction });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
