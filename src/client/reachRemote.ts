import net from 'node:net';
import { systemClock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { beat } from '../protocol/heartbeat.ts';
import type { Log } from './log.ts';
import type { Reached } from './reach.ts';
import type { ResolvedRemote } from './remote.ts';
import { connectWebSocket, SocketAgent } from './socket.ts';
import { UPGRADE_PATH } from '../protocol/discovery.ts';

/** What an HTTP answer in place of a connection means. */
const meanings: Readonly<Record<number, string>> = {
  401: 'it does not take the token',
  403: 'it does not take connections under this name; start it with --allow-host',
  404: 'there is no Holdfast runtime at this address',
};

/**
 * One attempt to connect to a runtime on another machine, or over a forwarded socket: nothing is ever started there. Rejects
 * with `accessRefused` when it does not let this client in, else `runtimeUnreachable`, or `aborted`.
 */
export async function reachRemote(remote: ResolvedRemote, log: Log, signal?: AbortSignal): Promise<Reached> {
  const { name, url, socket, token, ca } = remote;
  if (url?.protocol === 'ws:' && !isLoopback(url.hostname)) {
    log(`the connection to ${name} is not encrypted: its token can be read on the way. Use wss://.`);
  }
  const transport = await connectWebSocket(
    {
      url:
        url === undefined ? `ws://localhost${UPGRADE_PATH}` : `${url.protocol}//${url.host}${UPGRADE_PATH}`,
      token,
      ...(socket !== undefined && { agent: new SocketAgent(socket) }),
      ...(ca !== undefined && { ca }),
      // Over a forwarded socket, who forwards it reports its death.
      ...(socket === undefined && { onOpen: (opened) => void beat(opened, systemClock) }),
      refused: (error, status) => refused(name, error, status),
    },
    signal,
  );
  return { transport };
}

function refused(name: string, error: Error, status: number | undefined): HoldfastError {
  const meaning = status === undefined ? undefined : meanings[status];
  const kind = status === 401 || status === 403 ? 'accessRefused' : 'runtimeUnreachable';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const help = /CERT|SIGNED|ISSUER/u.test(code)
    ? '; give its certificate as "ca" where the remote is defined'
    : '';
  return new HoldfastError(
    kind,
    `the remote ${name} cannot be reached: ${meaning ?? error.message}${help}`,
    { remote: name, ...(status !== undefined && { status }) },
    error,
  );
}

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/gu, '');
  return address === 'localhost' || address === '::1' || (net.isIPv4(address) && address.startsWith('127.'));
}
