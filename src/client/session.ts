import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { Head } from '../protocol/head.ts';
import type { InteractionId, SessionId, TurnId } from '../protocol/ids.ts';
import type { Answer } from '../protocol/interaction.ts';
import type { Cursor, Result } from '../protocol/methods.ts';
import type { RuleDraft } from '../protocol/permission.ts';
import type { RequestOptions } from './channel.ts';
import type { SessionEvents } from './eventStream.ts';
import type { Snapshot } from './handlers.ts';
import type { CallParams, Outbox } from './outbox.ts';
import type { Registration } from './registration.ts';
import { sendTurn, type Turn } from './turn.ts';

/** How a prompt is sent. What else it can carry is said in protocol.md, at `session/prompt`. */
export interface PromptOptions
  extends
    RequestOptions,
    Partial<
      Pick<
        CallParams<'session/prompt'>,
        'deadlineMs' | 'waitLimitMs' | 'unattended' | 'downloads' | 'before' | 'after' | 'until'
      >
    > {
  /**
   * What happens when a turn runs already: wait behind it (default), be taken in by it where the agent can (`steer`; else it
   * waits, and the turn says so), cancel it, or be refused with `sessionBusy`.
   */
  readonly mode?: 'queue' | 'steer' | 'interrupt' | 'reject' | undefined;
  /** Who speaks; `api` for a program that acts on its own. Default `person`. */
  readonly origin?: 'person' | 'api' | undefined;
  /** More directories whose files are artifacts, from now on. */
  readonly artifacts?: readonly string[] | undefined;
}

/** How a shell command is run. */
export interface CommandOptions extends RequestOptions {
  /** Default: the session's working directory. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** After which the runtime kills the command; `timeoutMs` is this client's own patience. */
  readonly killAfterMs?: number | undefined;
  /** After which the runtime stops the whole turn, which then ends `failed`. */
  readonly deadlineMs?: number | undefined;
}

/** What a session needs of its registry. */
export interface SessionOptions {
  readonly registration: Registration;
  readonly outbox: Outbox;
  readonly clock: Clock;
  leave(reason: HoldfastError): void;
}

/**
 * A session that is open for this client. It outlives connections: after a lost one it is attached again from where it
 * had come to, and what waits here goes on waiting. Every wait settles, and its error's kind says why: `connectionClosed`,
 * `aborted`, `timedOut`, `sessionEnded`, `notAttached` (left) and so on.
 */
export class Session implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #registration: Registration;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#registration = options.registration;
  }

  get id(): SessionId {
    return this.#registration.sessionId;
  }

  /** The newest head that is known; always there once the session is open. */
  get head(): Head {
    const { head } = this.#registration;
    if (head === undefined)
      throw new HoldfastError('sessionOpening', `the session ${this.id} is not open yet`, {
        sessionId: this.id,
      });
    return head;
  }

  /** How far events were delivered, in which lineage. */
  get cursor(): Cursor {
    const { cursor } = this.#registration;
    if (cursor === undefined)
      throw new HoldfastError('sessionOpening', `the session ${this.id} is not open yet`, {
        sessionId: this.id,
      });
    return cursor;
  }

  /** The rows that the opening brought, when it asked for a tail or its cursor could not be served. */
  get snapshot(): Snapshot | undefined {
    return this.#registration.snapshot;
  }

  /** Whether events are still delivered: not left, not lost. */
  get isOpen(): boolean {
    return this.#registration.phase === 'open';
  }

  /**
   * Sends a prompt; resolves when it is durably accepted. `timeoutMs` and `signal` cover the whole turn: when they fire,
   * the turn is cancelled, and a time-out waits a bounded time for its end.
   */
  prompt(prompt: string | readonly ContentBlock[], options: PromptOptions = {}): Promise<Turn> {
    const content = typeof prompt === 'string' ? [{ type: 'text' as const, text: prompt }] : [...prompt];
    const { timeoutMs, signal, artifacts, ...given } = options;
    const more = artifacts === undefined ? {} : { artifacts: [...artifacts] };
    const params = { ...given, ...more, sessionId: this.id, content };
    return this.#turn('session/prompt', params, { timeoutMs, signal });
  }

  /** Runs a shell command as a turn of its own. */
  command(command: string, options: CommandOptions = {}): Promise<Turn> {
    const { cwd, env, killAfterMs, deadlineMs, ...limits } = options;
    return this.#turn(
      'session/command',
      { sessionId: this.id, command, cwd, env: env && { ...env }, timeoutMs: killAfterMs, deadlineMs },
      limits,
    );
  }

  /** Cancels a turn, or the running one. Harmless when there is none. */
  cancel(turnId?: TurnId, options?: RequestOptions): Promise<Result<'session/cancel'>> {
    return this.#send('session/cancel', { sessionId: this.id, turnId }, options);
  }

  /** Acts on the prompts that wait: lists, edits, moves and removes them. */
  queue(
    action: CallParams<'session/queue'>['action'] = { kind: 'list' },
    options?: RequestOptions,
  ): Promise<Result<'session/queue'>> {
    return this.#send('session/queue', { sessionId: this.id, action }, options);
  }

  /** Settles an interaction, and saves a permission rule with it where one is given. Rejects with `interactionSettled`, saying who won, when somebody was faster. */
  answer(
    interactionId: InteractionId,
    answer: Answer,
    options: RequestOptions & { readonly saveRule?: RuleDraft | undefined } = {},
  ): Promise<Result<'session/answer'>> {
    const { saveRule, ...limits } = options;
    return this.#send('session/answer', { sessionId: this.id, interactionId, answer, saveRule }, limits);
  }

  /** Changes settings; only what is given changes. */
  configure(
    settings: Omit<CallParams<'session/configure'>, 'sessionId' | 'commandId'>,
    options?: RequestOptions,
  ): Promise<Result<'session/configure'>> {
    return this.#send('session/configure', { ...settings, sessionId: this.id }, options);
  }

  /** Ends the session; refused with `sessionBusy` while a turn runs, unless forced. */
  end(
    options: RequestOptions & { readonly force?: boolean | undefined } = {},
  ): Promise<Result<'session/end'>> {
    const { force, ...limits } = options;
    return this.#send('session/end', { sessionId: this.id, force }, limits);
  }

  /** Folded rows of the transcript before a position, or the last ones; oldest first. */
  history(
    page: { readonly before?: number | undefined; readonly limit?: number | undefined } = {},
    options?: RequestOptions,
  ): Promise<Result<'session/history'>> {
    return this.#send('session/history', { ...page, sessionId: this.id }, options);
  }

  /**
   * The events after a number, as `for await` reads them; 0 is from the beginning, and by default it is from here on. Its
   * reader sets the pace and delays nobody: what it has no room for is read from the journal later. Ends when the session
   * is left or ended, throws when it is lost or reset.
   */
  events({ since }: { readonly since?: number | undefined } = {}): SessionEvents {
    const { seq } = this.#registration;
    const stream = this.#registration.stream(since ?? seq);
    if (!this.isOpen) stream.end();
    return stream;
  }

  /** Stops the events of this session for this client; the session itself goes on. */
  leave(): void {
    this.#options.leave(
      new HoldfastError('notAttached', `the session ${this.id} was left`, { sessionId: this.id }),
    );
  }

  /** The same as `leave`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
  }

  #turn<M extends 'session/prompt' | 'session/command'>(
    method: M,
    params: CallParams<M>,
    limits: RequestOptions,
  ): Promise<Turn> {
    if (!this.isOpen) return Promise.reject(this.#left());
    const { outbox, clock } = this.#options;
    const { turns } = this.#registration;
    return sendTurn({
      method,
      params,
      limits,
      outbox,
      clock,
      turns,
      cancel: (turnId) => this.cancel(turnId),
    });
  }

  #send: Outbox['request'] = (method, params, options) =>
    this.isOpen ? this.#options.outbox.request(method, params, options) : Promise.reject(this.#left());

  #left(): HoldfastError {
    const words = `the session ${this.id} is not open`;
    return this.#registration.closedBy ?? new HoldfastError('notAttached', words, { sessionId: this.id });
  }
}
