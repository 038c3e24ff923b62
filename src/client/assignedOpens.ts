import type { Clock } from '../base/clock.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import { newCommandId, type SessionId } from '../protocol/ids.ts';
import type { Ask } from './ask.ts';
import type { Channel } from './channel.ts';
import type { Charge } from './credit.ts';
import { Hold, type HoldCounters } from './hold.ts';
import type { Registration } from './registration.ts';

/** How long the answer to an open that was given up, and the end of what it made, are waited for. */
const ABANDONED_MS = 30_000;

/** What came early was held without its frame's credit: what is held is bounded by itself. */
const free: Charge = { each: 0, retain() {}, release() {} };

/** What assigned opens need of their registry. */
export interface AssignedOpensOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  /** A registration has its id; throws `badAnswer` when another one has it here. */
  name(registration: Registration, sessionId: SessionId): void;
}

/**
 * Opens in flight with a host that assigns the ids of its sessions (O7). Until the answer names the id, a frame that echoes
 * the `openId` names it, and what comes for unknown ids is held. An open that fails though the host made a session, or that
 * is given up, has that session destroyed, as far as it can be; the hold lasts until then. Owned by the registry.
 */
export class AssignedOpens {
  readonly #options: AssignedOpensOptions;
  readonly #hold = new Hold();
  readonly #opening = new Map<string, Registration>();
  #inFlight = 0;

  constructor(options: AssignedOpensOptions) {
    this.#options = options;
  }

  get counters(): HoldCounters {
    return this.#hold.counters;
  }

  /** An open begins. */
  begin(openId: string, registration: Registration): void {
    this.#inFlight++;
    this.#opening.set(openId, registration);
  }

  /** The answer, or a frame, named the session of an open: what came for it before is delivered, in order. */
  named(registration: Registration, sessionId: SessionId): void {
    this.#options.name(registration, sessionId);
    for (const item of this.#hold.take(sessionId)) {
      if ('ask' in item) registration.ask(item.ask);
      else for (const envelope of item.events) registration.take(envelope, free);
    }
  }

  /** An open was bound. */
  bound(openId: string): void {
    this.#opening.delete(openId);
    this.#end();
  }

  /** An open failed with an error, or was given up before its request was settled. */
  async failed(
    openId: string,
    sent: Promise<{ readonly sessionId: SessionId }>,
    error: unknown,
  ): Promise<void> {
    this.#opening.delete(openId);
    const late = sent.then(({ sessionId }) => sessionId, idIn);
    const made = isHoldfastError(error, 'aborted') ? await this.#bounded(late) : idIn(error);
    if (made !== undefined) await this.#destroy(made);
    this.#end();
  }

  /** The registration of an open in flight that a frame or a question speaks of by its `openId`. */
  byOpenId(openId: unknown): Registration | undefined {
    return typeof openId === 'string' ? this.#opening.get(openId) : undefined;
  }

  /** Events of a frame for an id that is not known. */
  unknown(sessionId: SessionId, events: readonly Envelope[]): void {
    if (this.#inFlight === 0) return;
    const bytes = events.reduce((sum, envelope) => sum + JSON.stringify(envelope).length, 0);
    this.#hold.add({ sessionId, events, bytes });
  }

  /** A question for an id that is not known. */
  unknownAsk(ask: Ask): void {
    const { sessionId } = ask;
    if (sessionId === undefined || this.#inFlight === 0) {
      return this.#hold.refuse(ask, `the session ${sessionId ?? '(without an id)'} is not open here`);
    }
    this.#hold.add({ sessionId, ask, bytes: JSON.stringify(ask.interaction).length });
  }

  #end(): void {
    if (--this.#inFlight === 0) this.#hold.clear('its session was not opened here');
  }

  async #destroy(sessionId: SessionId): Promise<void> {
    const { channel } = this.#options;
    if (channel.state !== 'connected') return;
    const params = { sessionId, commandId: newCommandId(), force: true };
    await this.#bounded(
      channel.request('session/delete', params).then(
        () => undefined,
        () => undefined,
      ),
    );
  }

  #bounded<T>(promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(ABANDONED_MS, () => resolve(undefined));
      promise.then(resolve, reject).finally(() => timer.dispose());
    });
  }
}

/** The id that an answer named though it could not be understood. */
function idIn(error: unknown): SessionId | undefined {
  if (!isHoldfastError(error, 'badAnswer')) return undefined;
  const { sessionId } = error.details;
  return typeof sessionId === 'string' ? (sessionId as SessionId) : undefined;
}
