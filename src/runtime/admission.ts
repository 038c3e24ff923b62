import { timingSafeEqual } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { authorization, UPGRADE_PATH } from '../protocol/discovery.ts';
import type { Log } from './log.ts';

/** A frame larger than this closes its connection (1009), in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Bytes of a connection that says nothing but headers are not waited for longer than this, in milliseconds. */
const HEADERS_MS = 10_000;

/** Limits of an HTTP server that only upgrades. */
export const httpLimits = { headersTimeout: HEADERS_MS, requestTimeout: HEADERS_MS };

/** Who is let in, and what becomes of them. */
export interface AdmissionOptions {
  readonly token: string;
  readonly log: Log;
  /** Whether a `Host` header, without its port, is one under which this server may be addressed. */
  isHost(host: string): boolean;
  onSocket(socket: WebSocket): void;
}

/** Upgrades of one or more HTTP servers, with the connections that came of them. */
export interface Admission {
  /** Guards a server's upgrades; every other request is answered 426. */
  guard(server: Server): void;
  /** Says goodbye to every connection. */
  close(): void;
  /** Ends the connections that did not listen. */
  terminate(): void;
}

/**
 * The security edge (S1): whoever reaches a socket must send the token in `Authorization`, no `Origin` at all, a `Host` that
 * is meant and the one path, all checked before the upgrade, so that not a byte of theirs is parsed as a frame.
 */
export function createAdmission({ token, log, isHost, onSocket }: AdmissionOptions): Admission {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, token, isHost);
    if (refusal !== undefined) {
      log.warn(`refused a connection: ${refusal.reason}`);
      return refuse(socket, refusal);
    }
    webSockets.handleUpgrade(request, socket, head, onSocket);
  };
  return {
    guard(server) {
      server.on('request', (_, response) => {
        response.writeHead(426, { connection: 'close' }).end('This is a WebSocket.\n');
      });
      server.on('upgrade', upgrade);
      server.on('clientError', (_, socket) => socket.destroy());
    },
    close() {
      for (const client of webSockets.clients) client.close(1001, 'the runtime stops');
    },
    terminate() {
      for (const client of webSockets.clients) client.terminate();
    },
  };
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

function refusalOf(
  request: IncomingMessage,
  token: string,
  isHost: AdmissionOptions['isHost'],
): Refusal | undefined {
  const { origin, host, authorization: given } = request.headers;
  if (origin !== undefined) return { status: 403, reason: 'it came from a browser (it has an Origin)' };
  if (request.url !== UPGRADE_PATH) return { status: 404, reason: 'it asked for another path' };
  if (host === undefined || !isHost(host.replace(/:\d+$/u, '')))
    return { status: 403, reason: 'its Host is not one of this runtime' };
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
