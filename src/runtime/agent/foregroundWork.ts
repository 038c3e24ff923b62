import { Deferred } from '../../base/deferred.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Taken, TurnResult } from './agent.ts';
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
  /** Something is about to be given to the running prompt's work; absent where that cannot be. */
  steer?(): SteeredPrompt;
}

/** Something that was given to a running prompt's work, as far as the wire tells of it. */
export interface SteeredPrompt {
  /** Its answer was read from the wire. */
  answered(message: Loose): void;
  /** What became of it; settles when the request did, and rejects when that does. */
  taken(answer: Promise<unknown>): Promise<Taken>;
  /** How the work ends that it began; rejects with the connection. */
  ended(): Promise<TurnResult>;
}

/** What a prompt's place in foreground work is found with. */
interface Prompt {
  /** The user messages that were told of since the prompt was sent. */
  readonly told: Set<string>;
  inserted: boolean;
  readonly done: Deferred<TurnResult>;
}

interface Running extends Prompt {
  /** Work that ended before the prompt's answer was read, and what had been told of by then. */
  over?: Ended;
}

interface Steered extends Prompt {
  /** Each work that ended before its answer was read. */
  readonly over: Ended[];
  how: 'joined' | 'began' | 'unknown';
}

interface Ended {
  readonly told: ReadonlySet<string>;
  readonly idle: Loose;
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

/** How what ran in a session ends that is closed. */
const STOPPED = { stopReason: 'cancelled' };

/**
 * The lifecycle of prompts in ACP v2 (https://agentclientprotocol.com/protocol/v2/prompt-lifecycle): the answer to a prompt
 * says that it was inserted, and the turn is over when foreground work ends after that. An idle state that ends nothing, and the
 * end of work that was there before the prompt, end no turn.
 */
export class ForegroundWork implements PromptLifecycle {
  readonly #options: ForegroundOptions;
  #isActive = false;
  /** Aborted when the session is closed: nothing more will be heard of what was given to it. */
  readonly #closed = new AbortController();
  #running: Running | undefined;
  readonly #steered = new Set<Steered>();

  constructor(options: ForegroundOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#running = { told: new Set(), inserted: false, done: new Deferred() };
  }

  update(update: Loose): void {
    const { sessionUpdate, messageId, state } = update;
    if (sessionUpdate === 'user_message' || sessionUpdate === 'user_message_chunk')
      return this.#tell(String(messageId));
    if (sessionUpdate !== 'state_update') return;
    if (state === 'running' || state === 'requires_action') this.#isActive = true;
    if (state !== 'idle' || !this.#isActive) return;
    this.#isActive = false;
    const running = this.#running;
    if (running?.inserted === true) this.#end(running, update);
    else if (running !== undefined) running.over = { told: new Set(running.told), idle: update };
    for (const steered of this.#steered) {
      if (!steered.inserted) steered.over.push({ told: new Set(steered.told), idle: update });
      else if (steered.how === 'began') this.#endSteered(steered, update);
    }
  }

  /**
   * What is inserted while the prompt's work goes on is part of it. What is inserted when that was over begins other work, which
   * ends like the prompt's own.
   */
  steer(): SteeredPrompt {
    const steered: Steered = {
      ...{ told: new Set(), inserted: false, done: new Deferred(), over: [] },
      how: 'unknown',
    };
    this.#steered.add(steered);
    const { lost } = this.#options;
    return {
      answered: (message) => this.#insert(steered, message),
      taken: async (answer) => {
        try {
          await unlessLost(answer, this.#closed.signal);
        } catch (error) {
          // What was read before the connection or the session was closed holds.
          if (!steered.inserted) throw error;
        } finally {
          if (steered.how !== 'began') this.#steered.delete(steered);
        }
        return { how: steered.how };
      },
      ended: () => unlessLost(steered.done.promise, lost),
    };
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
    try {
      await answer;
      return await unlessLost(running?.done.promise ?? new Deferred<never>().promise, lost);
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  closed(): void {
    this.#isActive = false;
    this.#closed.abort(
      new HoldfastError('agentFailed', `The session with ${this.#options.name} was closed.`),
    );
    if (this.#running !== undefined) this.#end(this.#running, STOPPED);
    for (const steered of this.#steered) if (steered.how === 'began') this.#endSteered(steered, STOPPED);
  }

  #tell(messageId: string): void {
    this.#running?.told.add(messageId);
    for (const { told } of this.#steered) told.add(messageId);
  }

  #insert(steered: Steered, message: Loose): void {
    if ('error' in message) {
      this.#steered.delete(steered);
      return;
    }
    steered.inserted = true;
    const messageId = textOf(loose(message['result'])['messageId']);
    const [first] = steered.over;
    const last = steered.over.at(-1);
    const isTold = (ended: Ended): boolean => messageId === undefined || ended.told.has(messageId);
    steered.how = first === undefined || isTold(first) ? 'joined' : 'began';
    // All was done before the answer came.
    if (steered.how !== 'began') return;
    if (last !== undefined && isTold(last)) this.#endSteered(steered, last.idle);
    else if (this.#closed.signal.aborted) this.#endSteered(steered, STOPPED);
  }

  #endSteered(steered: Steered, idle: Loose): void {
    this.#steered.delete(steered);
    this.#end(steered, idle);
  }

  #end(running: Prompt, idle: Loose): void {
    const said = textOf(idle['stopReason']) !== undefined;
    running.done.resolve(said ? turnResultOf(idle, this.#options.name) : { outcome: 'completed' });
    this.#options.onEnd();
  }
}

/** What comes, unless the agent can no longer be talked to: then it rejects with why. */
async function unlessLost<T>(coming: Promise<T>, lost: AbortSignal): Promise<T> {
  const failed = new Deferred<never>();
  const fail = (): void => failed.reject(lost.reason);
  lost.addEventListener('abort', fail, { once: true });
  failed.promise.catch(() => undefined);
  try {
    if (lost.aborted) throw lost.reason;
    return await Promise.race([coming, failed.promise]);
  } finally {
    lost.removeEventListener('abort', fail);
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
