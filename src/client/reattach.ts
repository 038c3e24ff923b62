import { fromErrorResponse, HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import { requestError, type Channel } from './channel.ts';
import type { Registration } from './registration.ts';

/** The most sessions that one request attaches. */
const MOST = 1000;

/** What a reattacher works with. */
export interface ReattacherOptions {
  readonly channel: Channel;
  /** The session is gone for this client. */
  lose(registration: Registration, error: HoldfastError): void;
}

/**
 * Moves the place from which the runtime sends the events of open sessions: all of them on a new connection, one of them
 * when an envelope is missing. Owned by the registry.
 */
export class Reattacher {
  readonly #options: ReattacherOptions;
  /** Where a gap was last asked for; a second one at the same place is not mended by asking again. */
  readonly #gaps = new WeakMap<Registration, { readonly after: number; asking: boolean }>();

  constructor(options: ReattacherOptions) {
    this.#options = options;
  }

  /** On a new connection: attaches to all sessions in one request, each from where it had come to. */
  all(registrations: readonly Registration[]): void {
    for (const registration of registrations) registration.hold();
    for (let start = 0; start < registrations.length; start += MOST) {
      void this.#attach(registrations.slice(start, start + MOST));
    }
  }

  /** Asks again for what is missing before an envelope. */
  mend(registration: Registration, envelope: Envelope): void {
    // What an earlier hold on the same session is still being sent: the answer to the opening comes after all of it, and
    // what this one needs comes after the answer.
    if (registration.phase === 'opening') return;
    const after = registration.seq;
    const known = this.#gaps.get(registration);
    if (known?.after === after) {
      if (known.asking) return;
      const words = `event ${after + 1} of the session ${registration.sessionId} does not come, though ${envelope.seq} did`;
      return this.#options.lose(
        registration,
        new HoldfastError('badAnswer', words, { sessionId: registration.sessionId }),
      );
    }
    const gap = { after, asking: true };
    this.#gaps.set(registration, gap);
    // Without a connection the next one does it.
    const asked =
      this.#options.channel.state === 'connected' ? this.#attach([registration]) : Promise.resolve();
    void asked.finally(() => (gap.asking = false));
  }

  async #attach(registrations: readonly Registration[]): Promise<void> {
    const { channel, lose } = this.#options;
    const { generation } = channel;
    const wanted = registrations.flatMap(({ sessionId, cursor }) =>
      cursor === undefined ? [] : [{ sessionId, cursor }],
    );
    try {
      const { sessions } = await channel.request('session/attach', { sessions: wanted });
      if (channel.generation !== generation) return;
      const answers = new Map(sessions.map((answer) => [answer.sessionId, answer]));
      for (const registration of registrations) {
        const answer = answers.get(registration.sessionId);
        if (answer === undefined) lose(registration, unanswered(registration));
        else if ('error' in answer)
          lose(
            registration,
            fromErrorResponse({ code: 0, message: answer.error.message, data: answer.error }),
          );
        else registration.bind(answer, 'attach');
      }
    } catch (error) {
      // The next connection attaches again.
      if (isHoldfastError(error, 'connectionLost') || isHoldfastError(error, 'connectionClosed')) return;
      for (const registration of registrations) lose(registration, requestError('session/attach', error));
    }
  }
}

function unanswered({ sessionId }: Registration): HoldfastError {
  return new HoldfastError('badAnswer', `session/attach did not answer for the session ${sessionId}`, {
    sessionId,
  });
}
