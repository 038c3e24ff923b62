import { Deferred } from '../../base/deferred.ts';
import type { TurnResult } from './agent.ts';
import { loose, textOf, type Loose } from './loose.ts';
import { turnResultOf } from './turnResult.ts';

/** One prompt at a time, and how its end is found on the wire; there is one for each version of ACP. */
export interface PromptLifecycle {
  /** A prompt is about to be sent. */
  begin(): void;
  /** Takes one `session/update`, before it is translated. */
  update(update: Loose): void;
  /** The answer to the prompt was read from the wire. */
  answered(message: Loose): void;
  /** How the turn ends; rejects when the request does, or the connection. */
  ended(answer: Promise<unknown>): Promise<TurnResult>;
  /** The agent closed the session: whatever ran there is over. */
  closed(): void;
}

interface Running {
  /** The user messages that were told of since the prompt was sent. */
  readonly told: Set<string>;
  inserted: boolean;
  /** Work that ended before the prompt's answer was read, and what had been told of by then. */
  over?: { readonly told: ReadonlySet<string>; readonly idle: Loose };
  readonly done: Deferred<TurnResult>;
}

/** What foreground work is found with. */
export interface ForegroundOptions {
  /** The agent's name, for words. */
  readonly name: string;
  /** Aborted when the agent can no longer be talked to; the reason is the error. */
  readonly lost: AbortSignal;
  /** The prompt's work is over, told where that stands on the wire. */
  onEnd(): void;
}

/**
 * The lifecycle of prompts in ACP v2 (https://agentclientprotocol.com/protocol/v2/prompt-lifecycle): the answer to a prompt
 * says that it was inserted, and the turn is over when foreground work ends after that. An idle state that ends nothing, and the
 * end of work that was there before the prompt, end no turn.
 */
export class ForegroundWork implements PromptLifecycle {
  readonly #options: ForegroundOptions;
  #isActive = false;
  #running: Running | undefined;

  constructor(options: ForegroundOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#running = { told: new Set(), inserted: false, done: new Deferred() };
  }

  update(update: Loose): void {
    const { sessionUpdate, messageId, state } = update;
    if (sessionUpdate === 'user_message' || sessionUpdate === 'user_message_chunk')
      return void this.#running?.told.add(String(messageId));
    if (sessionUpdate !== 'state_update') return;
    if (state === 'running' || state === 'requires_action') this.#isActive = true;
    if (state !== 'idle' || !this.#isActive) return;
    this.#isActive = false;
    const running = this.#running;
    if (running?.inserted === true) this.#end(running, update);
    else if (running !== undefined) running.over = { told: new Set(running.told), idle: update };
  }

  answered(message: Loose): void {
    const running = this.#running;
    if (running === undefined || 'error' in message) return;
    const { over } = running;
    running.inserted = true;
    const messageId = textOf(loose(message['result'])['messageId']);
    // All was done before the answer came: the message was told of, and then work ended.
    if (over !== undefined && (messageId === undefined || over.told.has(messageId)))
      this.#end(running, over.idle);
  }

  async ended(answer: Promise<unknown>): Promise<TurnResult> {
    const running = this.#running;
    const { lost } = this.#options;
    const failed = new Deferred<never>();
    const fail = (): void => failed.reject(lost.reason);
    lost.addEventListener('abort', fail, { once: true });
    failed.promise.catch(() => undefined);
    try {
      await answer;
      if (lost.aborted) throw lost.reason;
      return await Promise.race([running?.done.promise ?? failed.promise, failed.promise]);
    } finally {
      lost.removeEventListener('abort', fail);
      if (this.#running === running) this.#running = undefined;
    }
  }

  closed(): void {
    this.#isActive = false;
    if (this.#running !== undefined) this.#end(this.#running, { stopReason: 'cancelled' });
  }

  #end(running: Running, idle: Loose): void {
    const said = textOf(idle['stopReason']) !== undefined;
    running.done.resolve(said ? turnResultOf(idle, this.#options.name) : { outcome: 'completed' });
    this.#options.onEnd();
  }
}

/** The lifecycle of prompts in ACP v1: the answer to a prompt is the end of its turn. */
export class AnsweredPrompt implements PromptLifecycle {
  readonly #options: Pick<ForegroundOptions, 'name' | 'onEnd'>;

  constructor(options: Pick<ForegroundOptions, 'name' | 'onEnd'>) {
    this.#options = options;
  }

  begin(): void {}
  update(): void {}
  closed(): void {}

  answered(): void {
    this.#options.onEnd();
  }

  async ended(answer: Promise<unknown>): Promise<TurnResult> {
    return turnResultOf(loose(await answer), this.#options.name);
  }
}
