import { timingSafeEqual } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { authorization, UPGRADE_PATH } from '../protocol/discovery.ts';
import type { FrameSocket } from '../protocol/frames.ts';
import { frameSocketOf } from '../protocol/frameSocket.ts';
import type { Log } from './log.ts';

/** A frame larger than this closes its connection (1009), in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Bytes of a connection that says nothing but headers are not waited for longer than this, in milliseconds. */
const HEADERS_MS = 10_000;

/** What the local server needs. */
export interface ServerOptions {
  readonly token: string;
  readonly log: Log;
  onConnection(socket: FrameSocket): void;
}

/** A server on one Unix domain socket or Windows pipe. */
export interface LocalServer {
  /** Resolves when it listens; rejects with the system's error. */
  listen(socketPath: string): Promise<void>;
  /** Closes the listening socket and every connection. */
  close(): Promise<void>;
}

/**
 * The security edge (S1): whoever reaches the socket must send the token in `Authorization`, no `Origin` at all, a local
 * `Host` and the one path, all checked before the upgrade, so that not a byte of theirs is parsed as a frame.
 */
export function createLocalServer({ token, log, onConnection }: ServerOptions): LocalServer {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  let server: Server | undefined;

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, token);
    if (refusal !== undefined) {
      log.warn(`refused a connection: ${refusal.reason}`);
      return refuse(socket, refusal);
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => onConnection(frameSocketOf(webSocket)));
  };

  const make = (): Server => {
    const made = createServer({ headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS }, (_, response) => {
      response.writeHead(426, { connection: 'close' }).end('This is a WebSocket.\n');
    });
    made.on('upgrade', upgrade);
    made.on('clientError', (_, socket) => socket.destroy());
    return made;
  };

  return {
    async listen(socketPath) {
      // Closing a server takes the file of its socket away, so the old one goes first; its connections stay.
      server?.close();
      const next = make();
      await new Promise<void>((resolve, reject) => {
        next.once('error', reject);
        next.listen({ path: socketPath }, () => {
          next.off('error', reject);
          next.on('error', (error) => log.error('the server', error));
          resolve();
        });
      });
      server = next;
    },
    async close() {
      for (const client of webSockets.clients) client.close(1001, 'the runtime stops');
      await new Promise<void>((resolve) => {
        if (server === undefined) return resolve();
        server.close(() => resolve());
        setImmediate(() => {
          for (const client of webSockets.clients) client.terminate();
          server?.closeAllConnections();
        });
      });
    },
  };
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

function refusalOf(request: IncomingMessage, token: string): Refusal | undefined {
  const { origin, host, authorization: given } = request.headers;
  if (origin !== undefined) return { status: 403, reason: 'it came from a browser (it has an Origin)' };
  if (request.url !== UPGRADE_PATH) return { status: 404, reason: 'it asked for another path' };
  if (host?.replace(/:\d+$/u, '') !== 'localhost') return { status: 403, reason: 'its Host is not local' };
  if (given === undefined) return { status: 401, reason: 'it brought no token' };
  if (!sameToken(given, authorization(token))) return { status: 401, reason: 'it brought a wrong token' };
  return undefined;
}

/** Compares in constant time, also when the lengths differ. */
function sameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return timingSafeEqual(a.length === b.length ? a : b, b) && a.length === b.length;
}

function refuse(socket: Duplex, { status, reason }: Refusal): void {
  const body = `Refused: ${reason}.\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
