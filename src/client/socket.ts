import http from 'node:http';
import net from 'node:net';
import WebSocket from 'ws';
import { systemClock } from '../base/clock.ts';
import { authorization, UPGRADE_PATH, type Discovery } from '../protocol/discovery.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { frameTransport, type FrameTransport } from '../protocol/frames.ts';
import { frameSocketOf } from '../protocol/frameSocket.ts';

const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const HANDSHAKE_MS = 10_000;
const CLOSE_MS = 500;
/** Else Node looks for a name in the host, with an expression that it takes milliseconds to build (law 8). */
const withoutTls = { servername: '' };

/** A WebSocket to be made. */
export interface WebSocketOptions {
  readonly url: string;
  readonly token: string;
  readonly agent?: http.Agent | undefined;
  readonly ca?: string | undefined;
  /** Called with the socket once it is open. */
  readonly onOpen?: ((socket: WebSocket) => void) | undefined;
  /** Makes the error of a connection that failed; `status` is that of an HTTP answer in place of it. */
  refused(error: Error, status?: number): HoldfastError;
}

/**
 * Connects to a runtime's socket or pipe and gives the transport for JSON-RPC over it. Rejects with `runtimeUnreachable`,
 * saying what refused, or `aborted`.
 */
export function openSocket(
  entry: Pick<Discovery, 'socket' | 'token' | 'pid'>,
  signal?: AbortSignal,
): Promise<FrameTransport> {
  return connectWebSocket(
    {
      // The host is a placeholder: `ws+unix:` breaks on a colon in the path, and editors patch connections by host.
      url: `ws://localhost${UPGRADE_PATH}`,
      token: entry.token,
      agent: new SocketAgent(entry.socket),
      refused: (error) => refused(entry, error),
    },
    signal,
  );
}

/** Makes a WebSocket. The token goes in a header and nowhere else. Rejects with what `refused` makes of it, or `aborted`. */
export function connectWebSocket(options: WebSocketOptions, signal?: AbortSignal): Promise<FrameTransport> {
  const { url, token, agent, ca, onOpen, refused: toError } = options;
  const socket = new WebSocket(url, {
    agent,
    ca,
    ...(url.startsWith('ws:') ? withoutTls : {}),
    headers: { Authorization: authorization(token) },
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
  });
  const frames = frameSocketOf(socket);
  const transport = frameTransport({
    ...frames,
    close(code, reason) {
      frames.close(code, reason);
      // The other side may hang, and this process wants to exit.
      systemClock.after(CLOSE_MS, () => socket.terminate());
    },
  });
  return new Promise((resolve, reject) => {
    let status: number | undefined;
    const abort = (): void => {
      socket.terminate();
      reject(new HoldfastError('aborted', 'connecting to the runtime was given up'));
    };
    const settle = (action: () => void) => (): void => {
      signal?.removeEventListener('abort', abort);
      action();
    };
    socket.once('unexpected-response', (request, response) => {
      status = response.statusCode;
      response.resume();
      request.destroy(new Error(`it answered ${status}`));
      socket.terminate();
    });
    socket.once(
      'open',
      settle(() => {
        onOpen?.(socket);
        resolve(transport);
      }),
    );
    socket.once('error', (error) => settle(() => reject(toError(error, status)))());
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/**
 * Connects to a socket or a pipe, whatever the host. An agent, since VS Code's extension host puts one of its own in place
 * of `createConnection`, and keeps one that is given.
 */
export class SocketAgent extends http.Agent {
  readonly #path: string;

  constructor(path: string) {
    super({ keepAlive: false });
    this.#path = path;
  }

  override createConnection(): net.Socket {
    return net.connect({ path: this.#path });
  }
}

function refused(entry: Pick<Discovery, 'socket' | 'pid'>, error: Error): HoldfastError {
  const words = `the runtime (process ${entry.pid}) does not take a connection on ${entry.socket}: ${error.message}`;
  return new HoldfastError('runtimeUnreachable', words, { pid: entry.pid, socket: entry.socket }, error);
}
