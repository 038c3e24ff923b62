import { systemClock, type Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Method, Result } from '../protocol/methods.ts';
import {
  listenTo,
  notConnected,
  requestError,
  type Channel,
  type ChannelState,
  type RequestOptions,
} from './channel.ts';
import { routeFrame } from './eventsFrame.ts';
import { consoleLog, type Log } from './log.ts';
import { prepare, type OpenConfig, type Opening } from './opening.ts';
import { Outbox, type CallParams } from './outbox.ts';
import { Reattacher } from './reattach.ts';
import { readPage } from './readPage.ts';
import { Registration } from './registration.ts';
import { Session } from './session.ts';

/** Who may be told, and what time it is. */
export interface RegistryOptions {
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * The sessions that one client has open over one channel. Knows only the channel (ARCHITECTURE.md): what makes and mends
 * the connection is not its business. Owned by who made it; disposing it leaves all sessions without ending them.
 */
export interface SessionRegistry extends Disposable {
  /**
   * Makes or opens a session, as one transaction (law 3): everything is registered before anything is sent, and nothing
   * stays behind when it fails. Rejects with `sessionOpening` while the id is being opened here, with `sessionExists` for
   * a create of an id that is open here or a resume of one that brings handlers of its own (they would miss events);
   * a resume or attach without handlers gives the open session back.
   */
  open(config: OpenConfig): Promise<Session>;
  /** An open session. */
  session(sessionId: string): Session | undefined;
  readonly sessions: readonly Session[];
  /**
   * Sends any request. It waits for a connection; one that changes something gets a `commandId` and is sent again after
   * a lost connection, before anything newer.
   */
  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>>;
}

/** Makes the registry of a channel. */
export function createRegistry(channel: Channel, options: RegistryOptions = {}): SessionRegistry {
  return new Registry(channel, options);
}

interface Open {
  readonly registration: Registration;
  readonly session: Session;
}

class Registry implements SessionRegistry {
  readonly #channel: Channel;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #reattacher: Reattacher;
  readonly #open = new Map<SessionId, Open>();
  readonly #subscriptions: readonly Disposable[];
  #generations = 0;
  #disposed = false;

  constructor(channel: Channel, { log = consoleLog, clock = systemClock }: RegistryOptions) {
    this.#channel = channel;
    this.#log = log;
    this.#clock = clock;
    this.#outbox = new Outbox(channel, clock);
    this.#reattacher = new Reattacher({
      channel,
      lose: (registration, error) => this.#lose(registration, error),
    });
    const summaries = listenTo(channel, 'session/summaries', log);
    this.#subscriptions = [
      channel.on('session/events', (params) =>
        routeFrame(params, {
          channel,
          log,
          take: (envelope, charge) => this.#open.get(envelope.sessionId)?.registration.take(envelope, charge),
        }),
      ),
      summaries,
      summaries(({ removed }) => this.#deleted(removed)),
      channel.onState((state) => this.#follow(state)),
    ];
    this.#follow(channel.state);
  }

  async open(config: OpenConfig): Promise<Session> {
    const opening = prepare(config);
    if (this.#disposed) throw closed();
    if (config.signal?.aborted === true)
      throw new HoldfastError('aborted', `opening the session ${opening.sessionId} was given up`);
    const present = this.#open.get(opening.sessionId);
    if (present !== undefined) return reuse(present, config);
    const open = this.#register(opening, config);
    const { registration, session } = open;
    try {
      await this.#bind(opening, config, registration);
      return session;
    } catch (error) {
      // Exactly this registration: a newer one of the same id stays.
      this.#unregister(registration);
      registration.close(requestError('opening a session', error), false);
      throw error;
    }
  }

  session(sessionId: string): Session | undefined {
    const open = this.#open.get(sessionId as SessionId);
    return open?.registration.phase === 'open' ? open.session : undefined;
  }

  get sessions(): readonly Session[] {
    return [...this.#open.values()]
      .filter(({ registration }) => registration.phase === 'open')
      .map(({ session }) => session);
  }

  request<M extends Method>(method: M, params: CallParams<M>, options?: RequestOptions): Promise<Result<M>> {
    return this.#disposed ? Promise.reject(closed()) : this.#outbox.request(method, params, options);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { registration } of [...this.#open.values()]) {
      if (registration.phase === 'open') this.#sayLeave(registration.sessionId);
      this.#lose(registration, closed());
    }
    this.#outbox.fail(closed());
  }

  #register(opening: Opening, config: OpenConfig): Open {
    const { sessionId, since, hold } = opening;
    const registration: Registration = new Registration({
      sessionId,
      generation: ++this.#generations,
      handlers: config,
      since,
      hold,
      log: this.#log,
      answer: async (interactionId, answer) => {
        try {
          await this.#outbox.request('session/answer', { sessionId, interactionId, answer });
        } catch (error) {
          // Somebody else was first: the interaction is closed for everyone, as it should be.
          if (!isHoldfastError(error, 'interactionSettled')) throw error;
        }
      },
      onGap: (envelope) => this.#reattacher.mend(registration, envelope),
      read: (cursor) => readPage(this.#outbox, registration.sessionId, cursor),
    });
    const session = new Session({
      registration,
      outbox: this.#outbox,
      clock: this.#clock,
      leave: (reason) => this.#leave(registration, reason),
    });
    const open = { registration, session };
    this.#open.set(sessionId, open);
    return open;
  }

  async #bind(opening: Opening, { signal }: OpenConfig, registration: Registration): Promise<void> {
    // Not sent again after a lost connection: that is a failed open, and the id can be retried at once (O3).
    const options = { signal, resend: false };
    try {
      const placement = await opening.send(this.#outbox, options);
      if (registration.phase === 'closed') throw closed();
      registration.bind(placement, opening.kind);
    } catch (error) {
      // Refused by the runtime, nothing is attached; given up here, it may be.
      const ours = isHoldfastError(error, 'aborted') || isHoldfastError(error, 'badAnswer');
      if (ours) this.#sayLeave(opening.sessionId);
      throw error;
    }
  }

  #follow(state: ChannelState): void {
    switch (state) {
      case 'connected':
        this.#reattacher.all(
          [...this.#open.values()]
            .map(({ registration }) => registration)
            .filter(({ phase }) => phase === 'open'),
        );
        return this.#outbox.flush();
      case 'incompatible': {
        const error = notConnected(this.#channel, 'the request');
        for (const { registration } of this.#open.values()) registration.turns.rejectAll(error);
        return this.#outbox.fail(error);
      }
      case 'closed': {
        const error = notConnected(this.#channel, 'the request');
        for (const { registration } of [...this.#open.values()]) this.#lose(registration, error);
        return this.#outbox.fail(error);
      }
      case 'starting':
      case 'reconnecting':
        return;
    }
  }

  /** Somebody deleted sessions: what is open of them here ends, saying so. */
  #deleted(removed: readonly SessionId[]): void {
    for (const sessionId of removed) {
      const registration = this.#open.get(sessionId)?.registration;
      const words = `the session ${sessionId} was deleted`;
      if (registration !== undefined)
        this.#lose(registration, new HoldfastError('sessionNotFound', words, { sessionId }));
    }
  }

  #lose(registration: Registration, error: HoldfastError): void {
    this.#unregister(registration);
    registration.close(error, true);
  }

  #leave(registration: Registration, reason: HoldfastError): void {
    if (registration.phase === 'closed') return;
    this.#unregister(registration);
    registration.close(reason, false);
    this.#sayLeave(registration.sessionId);
  }

  /** Compares the registration, not the id (O3). */
  #unregister(registration: Registration): void {
    if (this.#open.get(registration.sessionId)?.registration.generation === registration.generation) {
      this.#open.delete(registration.sessionId);
    }
  }

  /** Best effort: without a connection there is nothing to leave. */
  #sayLeave(sessionId: SessionId): void {
    if (this.#channel.state !== 'connected') return;
    this.#channel.request('session/leave', { sessionId }).catch(() => {});
  }
}

function reuse({ registration, session }: Open, config: OpenConfig): Session {
  const { sessionId } = registration;
  if (registration.phase === 'opening') {
    throw new HoldfastError(
      'sessionOpening',
      `the session ${sessionId} is being opened on this connection already`,
      { sessionId },
    );
  }
  const handlers =
    config.onEvent ?? config.onPermission ?? config.onQuestion ?? config.onReset ?? config.onLost;
  if ((config.resume ?? config.attach) !== undefined && handlers === undefined) return session;
  throw new HoldfastError(
    'sessionExists',
    `the session ${sessionId} is open on this connection already: use that one, and session.events() for another reader`,
    { sessionId },
  );
}

function closed(): HoldfastError {
  return new HoldfastError('connectionClosed', 'the connection was closed by this program');
}
