import type { Readable, Writable } from 'node:stream';
import {
  client,
  RequestError,
  type AnyMessage,
  type ClientConnection,
  type JsonRpcId,
} from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import type { Disposable } from '../../base/disposable.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { readJsonLines } from './jsonLines.ts';
import { loose, textOf, type Loose } from './loose.ts';

/** What an agent may ask of us (A4 to A6). All else is answered −32601. */
const SERVED = new Set([
  'session/request_permission',
  'elicitation/create',
  'fs/read_text_file',
  'fs/write_text_file',
  'terminal/create',
  'terminal/output',
  'terminal/wait_for_exit',
  'terminal/kill',
  'terminal/release',
]);

/** Something an agent asks for. */
export interface AgentRequest {
  readonly method: string;
  readonly params: Loose;
  /** Aborted when the agent withdraws it, or can no longer be answered. */
  readonly signal: AbortSignal;
}

/** Who takes what the agent says. Calls are synchronous and in the order of the wire. */
export interface AgentListener {
  onUpdate(agentSessionId: string, update: Loose): void;
  /** Resolves with the answer. Rejects with a `RequestError`, or with anything that is then an internal error. */
  onRequest(agentSessionId: string, request: AgentRequest): Promise<unknown>;
  /** A URL that a person was asked to open has done its work. */
  onElicitationComplete(elicitationId: string): void;
  /** What it said could not be taken in. */
  onFailed(error: unknown): void;
  /** A line that is no message, or a notification nobody knows. */
  onStray(line: string): void;
  /** The agent can no longer be talked to, though its process may live. */
  onBroken(reason: string): void;
  /** As `onBroken`, for what the agent itself did: this is why its process ends. */
  onUnreadable(reason: string): void;
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
  /** Of a prompt: its answer was read, where it stands on the wire; a result or an error. */
  readonly onAnswer?: (answer: Loose) => void;
  /** Asks the agent to give the request up; its answer is waited for all the same. */
  readonly cancelled?: AbortSignal;
}

const PROMPT = 'session/prompt';

/** A prompt that was written and has no answer yet. */
interface Prompted {
  readonly agentSessionId: string;
  readonly onAnswer: RequestOptions['onAnswer'];
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
  readonly #closed = new AbortController();
  readonly #prompts = new Map<JsonRpcId, Prompted>();
  /** Who hears the answers to prompts that are not written yet, in order. */
  readonly #unwritten: Prompted['onAnswer'][] = [];
  /** What the agent asked and has no answer to yet. */
  readonly #asked = new Map<JsonRpcId, AbortController>();
  #toSdk!: ReadableStreamDefaultController<AnyMessage>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const readable = new ReadableStream<AnyMessage>({
      start: (controller) => void (this.#toSdk = controller),
    });
    const writable = new WritableStream<AnyMessage>({ write: (message) => this.#write(message) });
    this.#sdk = client({ name: 'holdfast' }).connect({ readable, writable });
    const { listener, stdout, maxLineBytes } = options;
    this.#reading = readJsonLines(
      stdout,
      {
        onMessage: (message) => this.#tap(message),
        onFailed: (error) => listener.onFailed(error),
        onStray: (line) => listener.onStray(line),
        onTooLong: (most) => listener.onUnreadable(tooLong(most)),
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
    { deadlineMs, signal, onLate, onAnswer, cancelled }: RequestOptions = {},
  ): Promise<unknown> {
    const given = new Deferred<never>();
    const giveUp = (error: HoldfastError): void => {
      given.reject(error);
      if (onLate !== undefined) answer.then(onLate, () => undefined);
    };
    if (signal?.aborted === true)
      throw new HoldfastError('aborted', `${method} was not sent: nobody waits for it any more.`);
    if (method === PROMPT) this.#unwritten.push(onAnswer);
    const sent = cancelled === undefined ? {} : { cancellationSignal: cancelled };
    const answer = this.#sdk.agent.request<unknown, unknown>(method, params, sent);
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

  get isClosed(): boolean {
    return this.#sdk.signal.aborted;
  }

  /** Aborted when it is closed, with the reason. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Rejects all that is pending with the reason, and reads no further. */
  close(reason: HoldfastError): void {
    this.#reading.dispose();
    this.#sdk.close(reason);
    this.#closed.abort(reason);
    for (const abort of this.#asked.values()) abort.abort();
    this.#asked.clear();
  }

  /** Takes from the wire what concerns sessions; the rest is the SDK's. */
  #tap(message: Loose): void {
    const { listener } = this.#options;
    const id = message['id'] as JsonRpcId;
    const params = loose(message['params']);
    const agentSessionId = textOf(params['sessionId']) ?? '';
    if (message['method'] === 'session/update')
      return listener.onUpdate(agentSessionId, loose(params['update']));
    if ('method' in message && 'id' in message && SERVED.has(String(message['method'])))
      return void this.#serve(id, { method: String(message['method']), params }, agentSessionId);
    if (message['method'] === 'elicitation/complete')
      return listener.onElicitationComplete(textOf(params['elicitationId']) ?? '');
    if (message['method'] === '$/cancel_request') {
      const asked = this.#asked.get(params['requestId'] as JsonRpcId);
      if (asked !== undefined) return asked.abort();
    } else if ('method' in message && !('id' in message)) {
      return listener.onStray(JSON.stringify(message));
    } else if (!('method' in message)) {
      const prompted = this.#prompts.get(id);
      prompted?.onAnswer?.(message);
      this.#prompts.delete(id);
    }
    try {
      this.#toSdk.enqueue(message as AnyMessage);
    } catch {
      // The SDK closed its end by itself, which it does when it cannot write.
      listener.onBroken('it could not be written to');
    }
  }

  /** Answers a request that came from the wire, where it stood on the wire. */
  async #serve(
    id: JsonRpcId,
    { method, params }: Omit<AgentRequest, 'signal'>,
    agentSessionId: string,
  ): Promise<void> {
    const abort = new AbortController();
    this.#asked.set(id, abort);
    const session =
      agentSessionId === ''
        ? this.#prompts.get(params['requestId'] as JsonRpcId)?.agentSessionId
        : agentSessionId;
    const request = { method, params, signal: abort.signal };
    let answer: object;
    try {
      answer = { result: (await this.#options.listener.onRequest(session ?? '', request)) ?? {} };
    } catch (error) {
      const { code, message, data } =
        error instanceof RequestError ? error : RequestError.internalError(undefined, errorText(error));
      answer = { error: { code, message, ...(data !== undefined && { data }) } };
    }
    if (this.#asked.get(id) === abort) this.#asked.delete(id);
    await this.#write({ jsonrpc: '2.0', id, ...answer } as AnyMessage);
  }

  /** Resolves when the agent's pipe took it. A pipe that is gone is told of by the process's end. */
  #write(message: AnyMessage): Promise<void> {
    if ('method' in message && message.method === PROMPT && 'id' in message) {
      const agentSessionId = textOf(loose(message.params)['sessionId']) ?? '';
      this.#prompts.set(message.id, { agentSessionId, onAnswer: this.#unwritten.shift() });
    }
    return new Promise((resolve) => {
      this.#options.stdin.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }
}

function tooLong(most: number): string {
  return `it sent a line of more than ${most} bytes; "maxLineBytes" in its definition sets that bound`;
}
