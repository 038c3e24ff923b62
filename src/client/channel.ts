import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import { fromErrorResponse, HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { RuntimeHello } from '../protocol/handshake.ts';
import {
  requestSchemas,
  runtimeNotificationSchemas,
  type ClientNotification,
  type HostRequest,
  type Method,
  type NotificationParams,
  type ParamsIn,
  type Result,
  type RuntimeNotification,
} from '../protocol/methods.ts';
import { issueText, parseParams } from '../protocol/parseParams.ts';
import type { Log } from './log.ts';

/**
 * Where a channel stands. `starting`: never connected yet. `connected`: `initialize` was answered and requests go out.
 * `reconnecting`: was connected, and is being connected again. `incompatible`: the runtime speaks no common version;
 * every request is refused until a new attempt finds another runtime. `closed`: for good.
 */
export type ChannelState = 'starting' | 'connected' | 'reconnecting' | 'incompatible' | 'closed';

/** How one request may be limited. Both reject the promise at once; the other side gets `$/cancelRequest`. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * The one seam between reaching a runtime and talking to it (ARCHITECTURE.md). A channel knows no sessions and queues
 * nothing: while it is not `connected`, `request` rejects with `connectionLost` (or `incompatible`, `connectionClosed`)
 * and `notify` does nothing; a request in flight when the connection goes rejects with `connectionLost`.
 *
 * On `onState('connected')` the `generation` has already grown, and requests made inside the listener go out before any
 * other: that is how the session registry re-attaches before anything new.
 */
export interface Channel {
  readonly state: ChannelState;
  readonly onState: Listen<ChannelState>;
  /** Counts the connections made; 0 before the first. */
  readonly generation: number;
  /** What the runtime said of itself, at the last connection. */
  readonly hello: RuntimeHello | undefined;
  /** Why the channel is `incompatible` or `closed`. */
  readonly problem: HoldfastError | undefined;
  /** Sends a request; resolves with its validated result, rejects with a `HoldfastError`. */
  request<M extends Method>(method: M, params: ParamsIn<M>, options?: RequestOptions): Promise<Result<M>>;
  notify<N extends ClientNotification>(notification: N, params: NotificationParams<N>): void;
  /** Handles a notification; its params come as they are on the wire, see `readNotification`. Survives reconnects. */
  on(notification: RuntimeNotification, handler: (params: unknown) => void): Disposable;
  /**
   * Answers a request of a foreign host; its signal is aborted when the host takes it back. Absent where the other side is
   * always a runtime of ours, which asks nothing.
   */
  answer?(
    request: HostRequest,
    handler: (params: unknown, signal: AbortSignal) => Promise<unknown>,
  ): Disposable;
}

/** Reads a result off the wire. Throws `badAnswer` naming the method and the field. */
export function readResult<M extends Method>(method: M, value: unknown): Result<M> {
  const parsed = requestSchemas[method].result.safeParse(value);
  if (parsed.success) return parsed.data as Result<M>;
  throw new HoldfastError(
    'badAnswer',
    `the answer to ${method} cannot be understood: ${issueText(parsed.error)}`,
    { method, ...sessionNamedBy(value) },
  );
}

/** The session that an answer is about, when it says at least that. */
function sessionNamedBy(value: unknown): { readonly sessionId?: string } {
  const named = typeof value === 'object' && value !== null && 'sessionId' in value;
  return named && typeof value.sessionId === 'string' ? { sessionId: value.sessionId } : {};
}

/** Reads the params of a notification off the wire. Throws `invalidParams` naming the field. */
export function readNotification<N extends RuntimeNotification>(
  notification: N,
  params: unknown,
): NotificationParams<N> {
  return parseParams(
    notification,
    runtimeNotificationSchemas[notification].params,
    params,
  ) as NotificationParams<N>;
}

/** A subscription to a notification as typed values; one that cannot be read is logged and left out. */
export function listenTo<N extends RuntimeNotification>(
  channel: Channel,
  notification: N,
  log: Log,
): Listen<NotificationParams<N>> & Disposable {
  const emitter = new Emitter<NotificationParams<N>>((error) =>
    log(`a listener of ${notification} failed: ${errorText(error)}`),
  );
  const subscription = channel.on(notification, (params) => {
    let value: NotificationParams<N>;
    try {
      value = readNotification(notification, params);
    } catch (error) {
      return log(errorText(error));
    }
    emitter.fire(value);
  });
  const listen: Listen<NotificationParams<N>> = (listener) => emitter.listen(listener);
  return Object.assign(listen, {
    dispose() {
      subscription.dispose();
      emitter.dispose();
    },
  });
}

/**
 * vscode-jsonrpc's own codes for a connection that is gone: inactive, pending rejected, read and write errors, and the
 * three of its `ConnectionError`.
 */
const lostCodes: ReadonlySet<number> = new Set([-32096, -32097, -32098, -32099, 1, 2, 3]);

/**
 * Makes our error of what vscode-jsonrpc (or the language client above it) rejected a request with: a response of the
 * runtime becomes its error, everything that means "the connection is gone" becomes `connectionLost`.
 */
export function requestError(method: string, error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const words = errorText(error);
  if (code === -32800) return new HoldfastError('aborted', `${method} was cancelled`, { method }, error);
  if (typeof code !== 'number' || lostCodes.has(code)) {
    return new HoldfastError(
      'connectionLost',
      `the connection was lost before ${method} was answered: ${words}`,
      { method },
      error,
    );
  }
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined;
  return fromErrorResponse({ code, message: words, data });
}

/** The error of a request that a channel in this state refuses. */
export function notConnected(channel: Pick<Channel, 'state' | 'problem'>, method: string): HoldfastError {
  if (channel.problem !== undefined) return channel.problem;
  if (channel.state === 'closed')
    return new HoldfastError('connectionClosed', `the connection is closed: ${method} was not sent`, {
      method,
    });
  return new HoldfastError(
    'connectionLost',
    `there is no connection to the runtime yet: ${method} was not sent`,
    { method },
  );
}
