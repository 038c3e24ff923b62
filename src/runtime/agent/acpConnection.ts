import type { Readable, Writable } from 'node:stream';
import {
  client,
  RequestError,
  type AnyMessage,
  type ClientConnection,
  type JsonRpcId,
  type RequestPermissionResponse,
} from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import type { Disposable } from '../../base/disposable.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { readJsonLines } from './jsonLines.ts';
import { loose, textOf, type Loose } from './loose.ts';

/** Who takes what the agent says. Calls are synchronous and in the order of the wire. */
export interface AgentListener {
  onUpdate(agentSessionId: string, update: Loose): void;
  onPermission(
    agentSessionId: string,
    params: Loose,
    signal: AbortSignal,
  ): Promise<RequestPermissionResponse>;
  /** The answer to a prompt was read: what was said before belongs to its turn, what follows does not. */
  onPromptAnswered(agentSessionId: string): void;
  /** A line that is no message, or a notification nobody knows. */
  onStray(line: string): void;
  /** The agent can no longer be talked to, though its process may live. */
  onBroken(reason: string): void;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly clock: Clock;
  readonly listener: AgentListener;
  readonly maxLineBytes?: number | undefined;
}

/** How a request may end without its answer. */
export interface RequestOptions {
  /** Milliseconds; without it the answer is waited for as long as the process lives. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Takes an answer that came when it was no longer waited for. */
  readonly onLate?: (answer: unknown) => void;
}

/**
 * ACP over an agent's stdio. Requests go through the SDK; what the agent says by itself is taken from the wire before the
 * SDK sees it, because the SDK resolves a response before it has handled the updates that came earlier, and drops kinds it
 * does not know (A1). Owned by the agent process.
 */
export class AcpConnection {
  readonly #options: ConnectionOptions;
  readonly #reading: Disposable;
  readonly #sdk: ClientConnection;
  readonly #prompts = new Map<JsonRpcId, string>();
  readonly #permissions = new Map<
    JsonRpcId,
    { readonly answer: Promise<RequestPermissionResponse>; readonly abort: AbortController }
  >();
  #toSdk!: ReadableStreamDefaultController<AnyMessage>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const readable = new ReadableStream<AnyMessage>({
      start: (controller) => void (this.#toSdk = controller),
    });
    const writable = new WritableStream<AnyMessage>({ write: (message) => this.#write(message) });
    this.#sdk = client({ name: 'holdfast' })
      .onRequest('session/request_permission', loose, ({ requestId, signal }) =>
        this.#permissionAnswer(requestId, signal),
      )
      .connect({ readable, writable });
    const { listener, stdout, maxLineBytes } = options;
    this.#reading = readJsonLines(
      stdout,
      {
        onMessage: (message) => this.#tap(message),
        onStray: (line) => listener.onStray(line),
        onTooLong: () => listener.onBroken('it sent a line that is too long'),
        onEnd: () => listener.onBroken('it closed its output'),
      },
      maxLineBytes,
    );
  }

  /**
   * Sends a request and gives the answer as it came. Rejects with the agent's `RequestError`, with `timedOut` after the
   * deadline, with `aborted`, or with what the connection was closed with.
   */
  async request(
    method: string,
    params: unknown,
    { deadlineMs, signal, onLate }: RequestOptions = {},
  ): Promise<unknown> {
    const given = new Deferred<never>();
    const giveUp = (error: HoldfastError): void => {
      given.reject(error);
      if (onLate !== undefined) answer.then(onLate, () => undefined);
    };
    if (signal?.aborted === true)
      throw new HoldfastError('aborted', `${method} was not sent: nobody waits for it any more.`);
    const answer = this.#sdk.agent.request<unknown, unknown>(method, params);
    const abort = (): void =>
      giveUp(new HoldfastError('aborted', `Nobody waits for the answer to ${method} any more.`));
    signal?.addEventListener('abort', abort, { once: true });
    const late = (ms: number): HoldfastError =>
      new HoldfastError('timedOut', `The agent did not answer ${method} within ${ms / 1000} s.`, { method });
    const { clock } = this.#options;
    const timer =
      deadlineMs === undefined ? undefined : clock.after(deadlineMs, () => giveUp(late(deadlineMs)));
    try {
      return await Promise.race([answer, given.promise]);
    } finally {
      timer?.dispose();
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Sends a notification; one that cannot be written any more is lost. */
  notify(method: string, params: unknown): void {
    this.#sdk.agent.notify<unknown>(method, params).catch(() => undefined);
  }

  /** Rejects all that is pending with the reason, and reads no further. */
  close(reason: HoldfastError): void {
    this.#reading.dispose();
    this.#sdk.close(reason);
    for (const { abort } of this.#permissions.values()) abort.abort();
    this.#permissions.clear();
  }

  /** Takes from the wire what concerns sessions; the rest is the SDK's. */
  #tap(message: Loose): void {
    const { listener } = this.#options;
    const id = message['id'] as JsonRpcId;
    const params = loose(message['params']);
    const agentSessionId = textOf(params['sessionId']) ?? '';
    if (message['method'] === 'session/update')
      return listener.onUpdate(agentSessionId, loose(params['update']));
    if (message['method'] === 'session/request_permission' && 'id' in message)
      this.#permission(id, agentSessionId, params);
    else if ('method' in message && !('id' in message) && message['method'] !== '$/cancel_request') {
      return listener.onStray(JSON.stringify(message));
    } else if (!('method' in message)) {
      const prompted = this.#prompts.get(id);
      if (prompted !== undefined) listener.onPromptAnswered(prompted);
      this.#prompts.delete(id);
    }
    try {
      this.#toSdk.enqueue(message as AnyMessage);
    } catch {
      // The SDK closed its end by itself, which it does when it cannot write.
      listener.onBroken('it could not be written to');
    }
  }

  #permission(id: JsonRpcId, agentSessionId: string, params: Loose): void {
    const abort = new AbortController();
    const answer = this.#options.listener.onPermission(agentSessionId, params, abort.signal);
    // The SDK fetches it a little later; until then nobody listens.
    answer.catch(() => undefined);
    this.#permissions.set(id, { answer, abort });
  }

  async #permissionAnswer(
    id: JsonRpcId | undefined,
    signal: AbortSignal,
  ): Promise<RequestPermissionResponse> {
    const asked = this.#permissions.get(id ?? null);
    if (asked === undefined) throw RequestError.internalError(undefined, 'the request was lost');
    signal.addEventListener('abort', () => asked.abort.abort(), { once: true });
    try {
      return await asked.answer;
    } finally {
      this.#permissions.delete(id ?? null);
    }
  }

  /** Resolves when the agent's pipe took it. A pipe that is gone is told of by the process's end. */
  #write(message: AnyMessage): Promise<void> {
    if ('method' in message && message.method === 'session/prompt' && 'id' in message) {
      this.#prompts.set(message.id, textOf(loose(message.params)['sessionId']) ?? '');
    }
    return new Promise((resolve) => {
      this.#options.stdin.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }
}
