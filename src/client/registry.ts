import { systemClock, type Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { Answer } from '../protocol/interaction.ts';
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
import { Ask } from './ask.ts';
import { AssignedOpens } from './assignedOpens.ts';
import type { HoldCounters } from './hold.ts';
import { unlessAborted } from './limit.ts';
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
  /** What came before the answer that named its session, with a host that assigns ids (O7). */
  readonly diagnostics: HoldCounters;
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
  readonly #assigned: AssignedOpens;
  /** By id; where the host assigns it, by what stands for it until then. */
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
    this.#assigned = new AssignedOpens({
      channel,
      clock,
      name: (registration, sessionId) => this.#name(registration, sessionId),
    });
    const summaries = listenTo(channel, 'session/summaries', log);
    this.#subscriptions = [
      channel.on('session/events', (params) =>
        routeFrame(params, {
          channel,
          log,
          named: (openId, sessionId) => this.#frameNames(openId, sessionId),
          take: (envelope, charge) => {
            const registration = this.#open.get(envelope.sessionId)?.registration;
            registration?.take(envelope, charge);
            return registration !== undefined;
          },
          unknown: (sessionId, envelopes) => this.#assigned.unknown(sessionId, envelopes),
        }),
      ),
      ...(channel.answer === undefined
        ? []
        : [channel.answer('session/ask', (params, signal) => this.#asked(new Ask(params, signal)))]),
      summaries,
      summaries(({ removed }) => this.#deleted(removed)),
      channel.onState((state) => this.#follow(state)),
    ];
    this.#follow(channel.state);
  }

  async open(config: OpenConfig): Promise<Session> {
    const opening = prepare(config, this.#channel.hello?.sessionIds);
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

  get diagnostics(): HoldCounters {
    return this.#assigned.counters;
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
          await this.#outbox.request('session/answer', {
            ...{ sessionId: registration.sessionId, interactionId, answer },
          });
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
    const { openId, kind } = opening;
    if (openId !== undefined) this.#assigned.begin(openId, registration);
    // Not sent again after a lost connection: that is a failed open, and the id can be retried at once (O3). Where the host
    // assigns the id, only the answer tells what an open that was given up made: it is let come.
    const sent = opening.send(this.#outbox, {
      resend: false,
      ...(openId === undefined && { signal }),
    });
    try {
      const placement = await (openId === undefined
        ? sent
        : unlessAborted(sent, signal, 'opening a session'));
      if (registration.phase === 'closed') throw closed();
      if (openId !== undefined) this.#assigned.named(registration, placement.sessionId);
      registration.bind(placement, kind);
      if (openId !== undefined) this.#assigned.bound(openId);
    } catch (error) {
      if (openId !== undefined) void this.#assigned.failed(openId, sent, error);
      // Refused by the runtime, nothing is attached; given up here, it may be.
      const ours = isHoldfastError(error, 'aborted') || isHoldfastError(error, 'badAnswer');
      if (ours && openId === undefined) this.#sayLeave(opening.sessionId);
      throw error;
    }
  }

  /** A host said what an open's session is called. Throws `badAnswer` for an id that cannot be its own. */
  #name(registration: Registration, sessionId: SessionId): void {
    const { sessionId: known } = registration;
    if (known === sessionId) return;
    const open = this.#open.get(known);
    if (open === undefined || registration.isNamed || this.#open.has(sessionId)) {
      const words = `the host called a new session ${sessionId}, which is ${registration.isNamed ? `${known} already` : 'open here already'}`;
      throw new HoldfastError('badAnswer', words, { given: sessionId });
    }
    this.#open.delete(known);
    registration.name(sessionId);
    this.#open.set(sessionId, open);
  }

  #frameNames(openId: unknown, sessionId: unknown): void {
    const registration = this.#assigned.byOpenId(openId);
    if (registration === undefined || typeof sessionId !== 'string') return;
    try {
      this.#assigned.named(registration, sessionId as SessionId);
    } catch (error) {
      this.#log(errorText(error));
    }
  }

  #asked(ask: Ask): Promise<Answer> {
    const registration =
      this.#assigned.byOpenId(ask.openId) ?? (ask.sessionId && this.#open.get(ask.sessionId)?.registration);
    if (registration === undefined) this.#assigned.unknownAsk(ask);
    else registration.ask(ask);
    return ask.answer;
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
