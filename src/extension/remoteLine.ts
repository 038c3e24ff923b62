import { randomUUID } from 'node:crypto';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import {
  createDialer,
  createJsonRpcChannel,
  createRegistry,
  listenTo,
  type ChannelState,
  type Dialer,
  type JsonRpcChannel,
  type Log,
  type SessionRegistry,
} from '../client/index.ts';
import { reachRemote } from '../client/reachRemote.ts';
import type { ResolvedRemote } from '../client/remote.ts';
import type { NotificationParams } from '../protocol/methods.ts';
import { PROTOCOL } from '../protocol/version.ts';

/** As good as without end; but a token that is refused is told at once, not tried again. */
const ATTEMPTS = Number.MAX_SAFE_INTEGER;

/** What a line is made with, and who hears of it. */
export interface RemoteLineOptions {
  /** Where the host is, and its token, read anew for each attempt: what was true for the last one may have changed since. */
  readonly resolve: () => Promise<ResolvedRemote>;
  readonly name: string;
  /** How this program is called, for people over there. */
  readonly clientName: string;
  readonly home: string;
  readonly log: Log;
  readonly onSummaries: (told: NotificationParams<'session/summaries'>) => void;
  /** Told why the host cannot store anything, and that it can again. */
  readonly onStorage: (problem: string | undefined) => void;
  /** Told every change of the connection, and how the next one is coming along. */
  readonly onState: (state: ChannelState) => void;
}

/** A connection to a remote host that is there, or is being made. Owned by `RemoteHost`; disposing it leaves the host. */
export interface RemoteLine extends Disposable {
  readonly dialer: Dialer;
  readonly channel: JsonRpcChannel;
  readonly registry: SessionRegistry;
}

/** Makes a line, and begins to connect. */
export function createRemoteLine(options: RemoteLineOptions): RemoteLine {
  const { name, clientName, home, resolve, onSummaries, onStorage, onState } = options;
  const log: Log = (line, level) => options.log(`${name}: ${line}`, level);
  const owned = new DisposableStore();
  const dialer = createDialer({
    ...{ home, log, mayLaunch: false, attempts: ATTEMPTS },
    reach: async (_, signal) => reachRemote(await resolve(), log, signal),
  });
  const channel = createJsonRpcChannel({
    dialer,
    // Folders and agents of this machine mean nothing over there.
    hello: {
      protocol: PROTOCOL,
      client: { id: `editor-${randomUUID()}`, kind: 'editor', name: clientName },
      ...{ summaries: true, folders: [], agents: {} },
    },
    log,
  });
  const registry = createRegistry(channel, { log });
  const summaries = owned.add(listenTo(channel, 'session/summaries', log));
  const runtimeState = owned.add(listenTo(channel, 'runtime/state', log));
  owned.add(summaries(onSummaries));
  owned.add(
    runtimeState(({ storage, reason }) => onStorage(storage === 'failed' ? (reason ?? '?') : undefined)),
  );
  owned.add(dialer.onState(() => onState(channel.state)));
  owned.add(channel.onState(onState));
  return {
    ...{ dialer, channel, registry },
    dispose() {
      owned.dispose();
      registry.dispose();
      channel.dispose();
    },
  };
}
