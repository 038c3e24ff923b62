import { Deferred } from '../../../src/base/deferred.ts';
import type { Disposable } from '../../../src/base/disposable.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import {
  notConnected,
  readResult,
  type Channel,
  type ChannelState,
  type RequestOptions,
} from '../../../src/client/channel.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { Head } from '../../../src/protocol/head.ts';
import { foldHead } from '../../../src/protocol/head.ts';
import type { RuntimeHello } from '../../../src/protocol/handshake.ts';
import type { JournalId, SessionId } from '../../../src/protocol/ids.ts';
import type {
  ClientNotification,
  HostRequest,
  Method,
  NotificationParams,
  ParamsIn,
  Result,
  RuntimeNotification,
} from '../../../src/protocol/methods.ts';
import { parseEnvelope } from '../../../src/protocol/parseEnvelope.ts';

/** A request as the other side sees it, to be answered when the test wants. */
export interface SentRequest {
  readonly method: Method;
  readonly params: Record<string, unknown>;
  readonly generation: number;
  readonly signal: AbortSignal | undefined;
  respond(result: unknown): void;
  fail(error: HoldfastError): void;
}

/** The other side of a channel, played by the test. Everything is synchronous but promises. */
export class FakeChannel implements Channel {
  state: ChannelState = 'starting';
  generation = 0;
  hello: RuntimeHello | undefined = undefined;
  problem: HoldfastError | undefined;
  /** All requests, in the order they were sent. */
  readonly requests: SentRequest[] = [];
  readonly notifications: { readonly method: string; readonly params: unknown }[] = [];
  /** Answers a method at once. */
  readonly answers = new Map<Method, (params: Record<string, unknown>) => unknown>();
  readonly #changed = new Emitter<ChannelState>();
  readonly #handlers = new Map<string, (params: unknown) => void>();
  readonly #pending = new Set<Deferred<unknown>>();

  readonly onState = this.#changed.listen;

  connect(): this {
    this.generation++;
    this.become('connected');
    return this;
  }

  /** The connection goes: what is in flight fails. */
  drop(): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    this.become('reconnecting');
    for (const each of pending) each.reject(new HoldfastError('connectionLost', 'dropped'));
  }

  become(state: ChannelState, problem?: HoldfastError): void {
    this.state = state;
    this.problem = problem;
    this.#changed.fire(state);
  }

  async request<M extends Method>(
    method: M,
    params: ParamsIn<M>,
    options: RequestOptions = {},
  ): Promise<Result<M>> {
    if (this.state !== 'connected') throw notConnected(this, method);
    const answer = new Deferred<unknown>();
    this.#pending.add(answer);
    const settle = (action: () => void) => (): void => {
      if (this.#pending.delete(answer)) action();
    };
    this.requests.push({
      method,
      params,
      generation: this.generation,
      signal: options.signal,
      respond: (result) => settle(() => answer.resolve(result))(),
      fail: (error) => settle(() => answer.reject(error))(),
    });
    options.signal?.addEventListener(
      'abort',
      settle(() => answer.reject(options.signal?.reason)),
    );
    const ready = this.answers.get(method);
    if (ready !== undefined) this.requests.at(-1)?.respond(ready(params));
    return readResult(method, await answer.promise);
  }

  notify<N extends ClientNotification>(method: N, params: NotificationParams<N>): void {
    this.notifications.push({ method, params });
  }

  on(notification: RuntimeNotification, handler: (params: unknown) => void): Disposable {
    this.#handlers.set(notification, handler);
    return { dispose: () => this.#handlers.delete(notification) };
  }

  #answerer: ((params: unknown, signal: AbortSignal) => Promise<unknown>) | undefined;

  answer(_: HostRequest, handler: (params: unknown, signal: AbortSignal) => Promise<unknown>): Disposable {
    this.#answerer = handler;
    return { dispose: () => (this.#answerer = undefined) };
  }

  /** Asks as a foreign host does. */
  async ask(params: object, signal = new AbortController().signal): Promise<unknown> {
    return this.#answerer?.({ interaction: mayI, ...params }, signal);
  }

  /** Says that this host assigns the ids of its sessions. */
  assigning(): this {
    this.hello = { sessionIds: 'host' } as RuntimeHello;
    return this;
  }

  emit(notification: RuntimeNotification, params: unknown): void {
    this.#handlers.get(notification)?.(params);
  }

  /** Sends envelopes in one frame. */
  events(...events: readonly unknown[]): void {
    this.emit('session/events', { events, bytes: 100 });
  }

  /** The last request of a method. */
  last(method: Method): SentRequest {
    const found = this.requests.findLast((request) => request.method === method);
    if (found === undefined)
      throw new Error(`no ${method} was sent, only ${this.requests.map((each) => each.method).join(', ')}`);
    return found;
  }

  /** What was given back so far. */
  get credit(): number {
    return this.notifications
      .filter(({ method }) => method === 'feed/credit')
      .reduce((sum, { params }) => sum + (params as { bytes: number }).bytes, 0);
  }
}

const mayI = {
  kind: 'permission',
  title: 'May I?',
  options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
};

export const journal = 'journal-1' as JournalId;

/** A wire envelope. */
export function envelope(
  sessionId: string,
  seq: number,
  event: object,
  extra: object = {},
): Record<string, unknown> {
  return { sessionId, seq, at: seq, event, ...extra };
}

export const started = (sessionId: string): Record<string, unknown> =>
  envelope(sessionId, 1, {
    type: 'session.started',
    agent: { id: 'shell', name: 'Shell', kind: 'shell' },
    cwd: '/work',
  });

export const notice = (sessionId: string, seq: number, text = `notice ${seq}`): Record<string, unknown> =>
  envelope(sessionId, seq, { type: 'notice', level: 'info', text });

export const permission = (sessionId: string, seq: number, interactionId: string): Record<string, unknown> =>
  envelope(sessionId, seq, {
    type: 'interaction.opened',
    interactionId,
    interaction: {
      kind: 'permission',
      title: 'May I?',
      options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
    },
  });

export const settled = (sessionId: string, seq: number, interactionId: string): Record<string, unknown> =>
  envelope(sessionId, seq, {
    type: 'interaction.settled',
    interactionId,
    settlement: { outcome: 'answered', answer: { kind: 'option', optionId: 'yes' } },
  });

export const turnStarted = (sessionId: string, seq: number, turnId: string): Record<string, unknown> =>
  envelope(sessionId, seq, { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' }, { turnId });

export const turnEnded = (
  sessionId: string,
  seq: number,
  turnId: string,
  outcome = 'completed',
): Record<string, unknown> => envelope(sessionId, seq, { type: 'turn.ended', turnId, outcome }, { turnId });

/** The head after some wire envelopes. */
export function headAfter(...envelopes: readonly unknown[]): Head {
  let head: Head | undefined;
  for (const each of envelopes) head = foldHead(head, parseEnvelope(each));
  if (head === undefined) throw new Error('the first envelope must be session.started');
  return head;
}

/** The answer to a create. */
export const created = (sessionId: string): object => ({
  sessionId,
  cursor: { journal, seq: 1 },
  head: headAfter(started(sessionId)),
});

/** The answer to a resume or an attach. */
export const attached = (sessionId: string, seq: number, extra: object = {}): object => ({
  sessionId,
  cursor: { journal, seq },
  head: headAfter(started(sessionId)),
  reset: false,
  ...extra,
});

/** Lets everything that is settled be told. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

export const idOf = (id: string): SessionId => id as SessionId;
