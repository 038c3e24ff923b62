import { createServer, type Server } from 'node:http';
import type { FrameSocket } from '../protocol/frames.ts';
import { frameSocketOf } from '../protocol/frameSocket.ts';
import { createAdmission, httpLimits } from './admission.ts';
import type { Log } from './log.ts';

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

/** Serves the runtime's own socket; who is let in says `createAdmission`. */
export function createLocalServer({ token, log, onConnection }: ServerOptions): LocalServer {
  const admission = createAdmission({
    token,
    log,
    isHost: (host) => host === 'localhost',
    onSocket: (socket) => onConnection(frameSocketOf(socket)),
  });
  let server: Server | undefined;

  return {
    async listen(socketPath) {
      // Closing a server takes the file of its socket away, so the old one goes first; its connections stay.
      server?.close();
      const next = createServer(httpLimits);
      admission.guard(next);
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
      admission.close();
      await new Promise<void>((resolve) => {
        if (server === undefined) return resolve();
        server.close(() => resolve());
        setImmediate(() => {
          admission.terminate();
          server?.closeAllConnections();
        });
      });
    },
  };
}
