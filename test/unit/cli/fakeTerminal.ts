import { Readable } from 'node:stream';
import type { Connection } from '../../../src/client/connect.ts';
import { createRegistry } from '../../../src/client/registry.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import { idOf, type FakeChannel } from '../client/fakeChannel.ts';

/** A terminal whose output the test reads. */
export function fakeTerminal(
  options: { isTTY?: boolean; input?: string; env?: NodeJS.ProcessEnv; columns?: number } = {},
) {
  const { isTTY = false, env = {}, columns = 80 } = options;
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    columns,
    write(text: string) {
      written[name] += text;
      return true;
    },
    once: () => process.stdout,
  });
  const stdin = Object.assign(Readable.from([Buffer.from(options.input ?? '')]), { isTTY: false });
  const terminal = new Terminal({
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stream('out'),
    stderr: stream('err'),
    env,
  });
  return { terminal, written };
}

/** A connection over a channel whose other side the test plays. */
export function fakeConnection(channel: FakeChannel): Connection {
  const registry = createRegistry(channel, { log: () => {} });
  return {
    openSession: (config) => registry.open(config),
    list: (filter = {}) => registry.request('session/list', filter),
    get: (sessionId) => registry.request('session/get', { sessionId: idOf(sessionId) }),
    request: (method, params, options) => registry.request(method, params, options),
    onState: channel.onState,
    hello: { pid: 2 ** 30 },
    dispose: () => registry.dispose(),
  } as Connection;
}

/** Runs a command line against a channel; tells what it printed and how it ended. */
export async function holdfast(
  argv: readonly string[],
  channel: FakeChannel,
  options: { input?: string } = {},
) {
  const { terminal, written } = fakeTerminal(options);
  const connected: object[] = [];
  const exitCode = await runProgram(argv, {
    terminal,
    version: '1.2.3',
    connect: async (connect) => {
      connected.push(connect);
      return fakeConnection(channel);
    },
  });
  return { exitCode, connected, ...written };
}
