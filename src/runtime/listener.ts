import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { isIP, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { FrameSocket } from '../protocol/frames.ts';
import { frameSocketOf } from '../protocol/frameSocket.ts';
import { beat } from '../protocol/heartbeat.ts';
import type { Params } from '../protocol/methods.ts';
import { createAdmission, httpLimits } from './admission.ts';
import type { Log } from './log.ts';

/** What a listener needs. */
export interface ListenerOptions extends Params<'runtime/listen'> {
  readonly log: Log;
  readonly clock: Clock;
  onConnection(socket: FrameSocket): void;
}

/** A port that takes connections until it is disposed, with all that came over it. */
export interface Listener extends Disposable {
  /** Where clients reach it, as far as it knows: a URL without the token. */
  readonly url: string;
}

/** Names of this machine that no page of another site can stand behind. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Listens on a TCP port (ARCHITECTURE.md): only because somebody asked for it, with the same checks as the local socket, a
 * heartbeat, and TLS where a certificate is given. Throws `listenFailed`, naming what is wrong.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, port, token, log, clock, onConnection, names } = options;
  const secure = options.tls !== undefined;
  const admission = createAdmission({
    token,
    log,
    isHost: hostCheck(host, names),
    onSocket(socket) {
      beat(socket, clock);
      onConnection(frameSocketOf(socket));
    },
  });
  const server = secure
    ? createSecureServer({ ...httpLimits, ...readTls(options.tls) })
    : createServer(httpLimits);
  admission.guard(server);
  const address = await bound(server, host, port);
  server.on('error', (error) => log.error('the port', error));
  log.info(`listening on ${address.address} port ${address.port}${secure ? ' with TLS' : ''}`);
  const shown = host.includes(':') ? `[${host.replace(/^\[|\]$/gu, '')}]` : host;
  return {
    url: `${secure ? 'wss' : 'ws'}://${shown}:${address.port}`,
    dispose() {
      admission.close();
      server.close();
      setImmediate(() => {
        admission.terminate();
        server.closeAllConnections();
      });
    },
  };
}

function bound(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new HoldfastError(
          'listenFailed',
          `the runtime cannot listen on ${host} port ${port}: ${error.message}`,
          { host, port },
          error,
        ),
      ),
    );
    server.listen({ host: host.replace(/^\[|\]$/gu, ''), port }, () =>
      resolve(server.address() as AddressInfo),
    );
  });
}

/**
 * The `Host` headers that are meant: this machine's own names, the one it listens under, and those it was told. On all
 * addresses any address is one of them, since no name stands behind it.
 */
function hostCheck(host: string, names: readonly string[]): (given: string) => boolean {
  const known = new Set([...loopback, host, hostname(), ...names].map((name) => name.toLowerCase()));
  const everywhere = host === '0.0.0.0' || host === '::' || host === '[::]';
  return (given) => {
    const name = given.toLowerCase();
    return known.has(name) || (everywhere && isIP(name.replace(/^\[|\]$/gu, '')) !== 0);
  };
}

function readTls(
  tls: Params<'runtime/listen'>['tls'],
): { readonly cert: string; readonly key: string } | object {
  if (tls === undefined) return {};
  try {
    return { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
  } catch (error) {
    throw new HoldfastError(
      'listenFailed',
      `the certificate or its key cannot be read: ${errorText(error)}`,
      { ...tls },
      error,
    );
  }
}
