import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { fakeAgent } from '../support/testHome.ts';
import { sideBySide, temporaryFolder, timed, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';

const EVENTS = 20_000;
const bare = fileURLToPath(new URL('./bareServer.ts', import.meta.url));

/**
 * Events from an agent's side to a client, committed on the way. Baseline: a bare `ws` server in a process of its own
 * that sends the same number of like envelopes, one frame each, over a Unix socket, and a client that parses them;
 * nothing is read from anywhere and nothing stored.
 */
export async function throughput(cleanup: Cleanup): Promise<Figure> {
  const home = benchHome(cleanup);
  const connection = await home.connect({ agents: { counting: fakeAgent('counting') } });
  const session = await connection.openSession({ cwd: home.work, agent: 'counting' });
  await (
    await session.prompt('100')
  ).ended;
  const socket = path.join(temporaryFolder(cleanup), 's');
  const server = fork(bare, [socket, String(EVENTS)]);
  cleanup.after(() => server.kill());
  await once(server, 'message');
  const ours = async (): Promise<number> => {
    const time = await timed(async () => (await session.prompt(String(EVENTS))).ended);
    return (EVENTS / time) * 1000;
  };
  const baseline = async (): Promise<number> => {
    const client = new WebSocket('ws://localhost/', {
      createConnection: () => net.connect({ path: socket }),
    });
    await once(client, 'open');
    let count = 0;
    const time = await timed(
      () =>
        new Promise<void>((resolve) => {
          client.on('message', (data) => {
            if (Buffer.isBuffer(data)) JSON.parse(data.toString());
            if (++count === EVENTS) resolve();
          });
          client.send('go');
        }),
    );
    client.terminate();
    return (EVENTS / time) * 1000;
  };
  const found = await sideBySide(5, ours, baseline);
  const ratio = found.ours / found.baseline;
  return {
    name: 'events a second, agent side to client, committed',
    unit: '1/s',
    ...found,
    against: 'a bare ws sending one frame an event',
    ...{ ratio, aim: 'ratio > 1.5', met: ratio > 1.5 },
  };
}
