import net from 'node:net';
import path from 'node:path';
import {
  createDialer,
  createJsonRpcChannel,
  createRegistry,
  type Dialer,
  type DialOptions,
  type JsonRpcChannel,
  type SessionRegistry,
} from '../../src/client/index.ts';
import { reach, type Reached, type ReachOptions } from '../../src/client/reach.ts';
import { openSocket } from '../../src/client/socket.ts';
import { PROTOCOL } from '../../src/protocol/version.ts';
import { runtimeBundle, type TestHome } from './testHome.ts';

let count = 0;

/** A socket between clients and a runtime that can be cut at any byte, held, and counted. */
export class Wire {
  readonly socket: string;
  readonly #home: TestHome;
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>();
  readonly #server: net.Server;
  readonly #opened = new Set<() => void>();
  #held = false;
  #budget = Infinity;
  #cutAt: (() => number) | undefined;
  /** Connections that were taken so far. */
  connections = 0;
  /** Bytes that the runtime sent. */
  received = 0;
  /** Bytes that clients sent. */
  sent = 0;
  /** Bytes that the runtime sent since `hear`. */
  #heard: Buffer[] | undefined;
  /** How often a connection was cut. */
  cuts = 0;

  private constructor(home: TestHome) {
    this.#home = home;
    const name = `wire-${process.pid}-${++count}`;
    this.socket = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(home.home, '..', name);
    this.#server = net.createServer((client) => this.#join(client));
  }

  /** Opens one in front of whatever runtime a test's home has; it is closed with the test. */
  static async open(home: TestHome): Promise<Wire> {
    const wire = new Wire(home);
    await new Promise<void>((resolve) => wire.#server.listen(wire.socket, resolve));
    home.own({ dispose: () => wire.close() });
    return wire;
  }

  /** Keeps what the runtime sends from now on; the function gives it as text. */
  hear(): () => string {
    const heard = (this.#heard = [] as Buffer[]);
    return () => Buffer.concat(heard).toString();
  }

  /** Cuts every connection at once, as the loss of a socket does: nobody is told anything. */
  cut(): void {
    for (const [client, runtime] of this.#pairs) {
      this.cuts++;
      client.destroy();
      runtime.destroy();
    }
    this.#pairs.clear();
  }

  /** From now on cuts by itself after so many bytes of the runtime, asked for anew each time; nothing stops it. */
  cutAfter(bytes: (() => number) | undefined): void {
    this.#cutAt = bytes;
    this.#budget = bytes?.() ?? Infinity;
  }

  /** Stops or lets flow what the runtime sends. */
  hold(held: boolean): void {
    this.#held = held;
    for (const [, runtime] of this.#pairs) {
      if (held) runtime.pause();
      else runtime.resume();
    }
  }

  /** Resolves when the next connection is taken. */
  nextConnection(): Promise<void> {
    return new Promise((resolve) => this.#opened.add(resolve));
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: net.Socket): void {
    let entry;
    try {
      entry = this.#home.entry();
    } catch {
      client.destroy();
      return;
    }
    const runtime = net.connect({ path: entry.socket });
    const pair = [client, runtime] as const;
    this.#pairs.add(pair);
    this.connections++;
    for (const resolve of this.#opened) resolve();
    this.#opened.clear();
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      runtime.destroy();
    };
    for (const side of pair) side.on('error', end).on('close', end);
    client.on('data', (bytes) => {
      this.sent += bytes.length;
      runtime.write(bytes);
    });
    runtime.on('data', (bytes) => this.#pass(bytes, client));
    if (this.#held) runtime.pause();
  }

  #pass(bytes: Buffer, client: net.Socket): void {
    this.received += bytes.length;
    this.#heard?.push(bytes);
    if (bytes.length < this.#budget) {
      this.#budget -= bytes.length;
      client.write(bytes);
      return;
    }
    // What comes before the cut still arrives, in the middle of whatever it is.
    const last = bytes.subarray(0, this.#budget);
    this.#budget = this.#cutAt?.() ?? Infinity;
    client.write(last, () => this.cut());
  }
}

/** A client on a wire, made of the same parts as `connect`, with all of them in reach. */
export interface WiredClient {
  readonly channel: JsonRpcChannel;
  readonly registry: SessionRegistry;
  readonly dialer: Dialer;
  /** Resolves when the channel is connected. */
  connected(): Promise<void>;
}

/** How a wired client differs from an ordinary one. */
export interface WiredOptions extends Pick<DialOptions, 'clock' | 'random' | 'log'> {
  readonly name?: string | undefined;
  /** Bytes of events that it takes unacknowledged. */
  readonly creditBytes?: number | undefined;
  readonly agents?: Readonly<Record<string, unknown>> | undefined;
}

/** Connects a client through a wire, starting the runtime if need be; it is closed with the test. */
export function wiredClient(home: TestHome, wire: Wire, options: WiredOptions = {}): WiredClient {
  const { name = 'wired', creditBytes, agents = {}, clock, random, log = () => undefined } = options;
  const dialer = createDialer({
    ...{ home: home.home, bundle: runtimeBundle, log, clock, random },
    reach: (given, signal) => reachThrough(home, wire, given, signal),
  });
  const client = { id: `library-${name}`, kind: 'library' as const, name };
  const hello = { protocol: PROTOCOL, client, creditBytes, agents };
  const channel = createJsonRpcChannel({ dialer, hello, log, clock });
  const registry = createRegistry(channel, { log, clock });
  home.own(registry);
  home.own(channel);
  return {
    ...{ channel, registry, dialer },
    connected: () =>
      new Promise((resolve) => {
        const look = (): unknown => channel.state === 'connected' && resolve();
        channel.onState(look);
        look();
      }),
  };
}

/** One attempt: a runtime that runs is reached through the wire; where none does, one is started first. */
async function reachThrough(
  home: TestHome,
  wire: Wire,
  options: ReachOptions,
  signal: AbortSignal | undefined,
): Promise<Reached> {
  const through = async (): Promise<Reached> => {
    const entry = home.entry();
    return { entry, transport: await openSocket({ ...entry, socket: wire.socket }, signal) };
  };
  try {
    return await through();
  } catch {
    const direct = await reach(options, signal);
    direct.transport.writer.end();
    return through();
  }
}
