import type { LogOutputChannel } from 'vscode';
import { systemClock } from '../base/clock.ts';
import { turn } from '../base/turn.ts';
import type { Disposable } from '../base/disposable.ts';
import {
  createDialer,
  createRegistry,
  listenTo,
  watchForUpgrade,
  type Dialer,
  type Log,
  type SessionRegistry,
} from '../client/index.ts';
import { reach } from '../client/reach.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import type { ClientHello } from '../protocol/handshake.ts';
import type { Method, NotificationParams, RuntimeNotification } from '../protocol/methods.ts';
import { readAgentSettings } from './agentSettings.ts';
import { createLanguageClientChannel, type LanguageClientChannel } from './languageClientChannel.ts';

/** What a wire is made of. */
export interface WireOptions {
  readonly home: string;
  /** The runtime's bundle that came with this extension. */
  readonly bundle: string;
  /** Whether a runtime may be started, asked at each attempt (law 10). */
  readonly mayLaunch: () => boolean;
  /** What `initialize` says of this window besides its agents, which are those of the settings. */
  readonly hello: () => ClientHello;
  readonly refuse: (method: Method) => HoldfastError | undefined;
  readonly output: LogOutputChannel;
  readonly log: Log;
}

/** All that talks to the runtime. Owned by `WindowConnection`, which loads it after activation (`loadWire`). */
export interface Wire extends Disposable {
  readonly dialer: Dialer;
  readonly channel: LanguageClientChannel;
  readonly registry: SessionRegistry;
  /** Subscribes for as long as the wire lives. */
  listen<N extends RuntimeNotification>(
    notification: N,
    listener: (params: NotificationParams<N>) => void,
  ): void;
  /** From now on, takes the runtime over to this version when it is free. */
  watchForUpgrade(): void;
}

/** Makes the wire; nothing happens before its channel is started. */
export function createWire(options: WireOptions): Wire {
  const { home, bundle, mayLaunch, hello, refuse, output, log } = options;
  const dialer = createDialer({
    ...{ home, bundle, log },
    async reach(how, signal) {
      await turn();
      return reach({ ...how, mayLaunch: mayLaunch() }, signal);
    },
  });
  const channel = createLanguageClientChannel({
    ...{ dialer, refuse, output, log },
    hello: () => {
      const said = hello();
      return said.readOnly === true ? said : { ...said, agents: { ...readAgentSettings().agents } };
    },
  });
  const registry = createRegistry(channel, { log });
  const owned: Disposable[] = [registry];
  return {
    ...{ dialer, channel, registry },
    listen(notification, listener) {
      const listen = listenTo(channel, notification, log);
      listen(listener);
      owned.push(listen);
    },
    watchForUpgrade() {
      owned.push(watchForUpgrade({ channel, home, bundle, clock: systemClock, log }));
    },
    dispose() {
      for (const each of owned.splice(0)) each.dispose();
    },
  };
}
