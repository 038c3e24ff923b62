import { Deferred } from '../base/deferred.ts';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Answer, Interaction } from '../protocol/interaction.ts';
import { hostRequestSchemas } from '../protocol/methods.ts';
import { parseParams } from '../protocol/parseParams.ts';

/**
 * A `session/ask` of a foreign host, on its way to a session's handlers (O7). It is answered exactly once: with what a
 * handler says, or with −32603 and the reason why there is no answer.
 */
export class Ask {
  readonly sessionId: SessionId | undefined;
  readonly openId: string | undefined;
  readonly interaction: Interaction;
  /** Aborted when the host takes its question back. */
  readonly signal: AbortSignal;
  readonly #answer = new Deferred<Answer>();

  /** Throws `invalidParams` for an ask that cannot be read. */
  constructor(params: unknown, signal: AbortSignal) {
    const read = parseParams('session/ask', hostRequestSchemas['session/ask'].params, params);
    this.sessionId = read.sessionId;
    this.openId = read.openId;
    this.interaction = read.interaction;
    this.signal = signal;
  }

  /** What the host gets. Rejects with `internalError` when there is none. */
  get answer(): Promise<Answer> {
    return this.#answer.promise;
  }

  /** Answers with what a handler says; one that says nothing, or fails, is no answer. */
  async settle(reply: Promise<Answer | undefined>): Promise<void> {
    try {
      const answer = await reply;
      if (answer === undefined) this.refuse('nobody here answers it');
      else this.#answer.resolve(answer);
    } catch (error) {
      this.refuse(errorText(error));
    }
  }

  /** There is no answer, and why. */
  refuse(reason: string): void {
    this.#answer.reject(new HoldfastError('internalError', `the question was not answered: ${reason}`));
  }
}
