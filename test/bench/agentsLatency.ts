import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Deferred } from '../../src/base/deferred.ts';
import { fakeAgentFile } from '../support/fakeAgents/agents.ts';
import { fakeAgent } from '../support/testHome.ts';
import { sideBySide, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';

/** The agent of ARCHITECTURE.md: the first chunk after 200 ms, and then one every 10 ms. */
const PACED = '200 10 20';
const INSTANT = '0 0 1';

/** What Holdfast adds to the time until an agent's first chunk, against the same agent driven directly over stdio. */
export async function agentsLatency(cleanup: Cleanup): Promise<Figure[]> {
  const direct = await drivenDirectly(cleanup);
  const through = await throughHoldfast(cleanup);
  for (const drive of [direct, through]) for (let n = 0; n < 20; n++) await drive(INSTANT);
  const paced = await sideBySide(
    15,
    () => through(PACED),
    () => direct(PACED),
  );
  const instant = await sideBySide(
    200,
    () => through(INSTANT),
    () => direct(INSTANT),
  );
  const ratio = paced.ours / paced.baseline;
  return [
    {
      name: 'first chunk of an agent that needs 200 ms for it',
      ...{ unit: 'ms', ours: paced.ours, against: 'driven directly', baseline: paced.baseline, ratio },
      ...{ aim: 'ratio < 1.1', met: ratio < 1.1 },
    },
    {
      name: 'first chunk of an agent that answers at once, median',
      ...{ unit: 'ms', ours: instant.ours, against: 'driven directly', baseline: instant.baseline },
      ...{ aim: 'as it is', met: true },
    },
  ];
}

type Drive = (prompt: string) => Promise<number>;

async function throughHoldfast(cleanup: Cleanup): Promise<Drive> {
  const home = benchHome(cleanup);
  const connection = await home.connect({ agents: { paced: fakeAgent('paced') } });
  let first = new Deferred<number>();
  const session = await connection.openSession({
    cwd: home.work,
    agent: 'paced',
    onEvent: ({ event }) => {
      if (event.type === 'message.started' && event.role === 'agent') first.resolve(performance.now());
    },
  });
  return async (prompt) => {
    first = new Deferred();
    const start = performance.now();
    const turn = await session.prompt(prompt);
    const at = await first.promise;
    await turn.ended;
    return at - start;
  };
}

async function drivenDirectly(cleanup: Cleanup): Promise<Drive> {
  const child = spawn(process.execPath, [fakeAgentFile('paced')], { stdio: ['pipe', 'pipe', 'inherit'] });
  cleanup.after(() => child.stdin.end());
  let first = new Deferred<number>();
  const answers = new Map<number, Deferred<unknown>>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, method, result } = JSON.parse(line) as { id?: number; method?: string; result?: unknown };
    if (method === 'session/update') first.resolve(performance.now());
    else if (id !== undefined) answers.get(id)?.resolve(result);
  });
  let last = 0;
  const request = (method: string, params: object): Promise<unknown> => {
    const id = ++last;
    const answer = new Deferred<unknown>();
    answers.set(id, answer);
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answer.promise;
  };
  await request('initialize', { protocolVersion: 1 });
  await request('session/new', { cwd: '/', mcpServers: [] });
  return async (text) => {
    first = new Deferred();
    const start = performance.now();
    const answer = request('session/prompt', { sessionId: 'paced', prompt: [{ type: 'text', text }] });
    const at = await first.promise;
    await answer;
    return at - start;
  };
}
