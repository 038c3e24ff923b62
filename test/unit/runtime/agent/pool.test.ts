import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAgentPool, type AgentPoolOptions } from '../../../../src/runtime/agent/pool.ts';
import type { AgentPool, ResolvedAgent } from '../../../../src/runtime/agent/agent.ts';
import { readProcess } from '../../../../src/runtime/work/processTable.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { clockWithManual } from '../../../support/manualClock.ts';
import { open, QUICK } from './harness.ts';

const linux = { skip: process.platform !== 'linux' };
const lives = (pid: number | undefined): boolean => pid !== undefined && readProcess(pid)?.zombie === false;
const shell: ResolvedAgent = { record: { id: 'shell', name: 'Shell', kind: 'shell' }, env: {} };

function pool(options: AgentPoolOptions = {}): AgentPool & AsyncDisposable {
  const made = createAgentPool({ grace: QUICK, ...options });
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.dispose() });
}

test('O6: concurrent acquires share one start and one process', async () => {
  await using agents = pool();
  const agent = fakeAgent('scripted');
  const [one, two, three] = await Promise.all([
    agents.acquire(agent),
    agents.acquire(agent),
    agents.acquire(agent),
  ]);
  assert.equal(one, two);
  assert.equal(two, three);
  assert.deepEqual(agents.processes, [one]);
});

test('P1: another environment is another process, and the agent sees its own', async () => {
  await using agents = pool();
  const [one, two] = await Promise.all(
    ['a', 'b'].map((value) => agents.acquire(fakeAgent('scripted', { env: { FLAVOUR: value } }))),
  );
  assert.ok(one !== undefined && two !== undefined);
  assert.notEqual(one, two);
  const { host, type } = await open(two);
  await type('env FLAVOUR');
  assert.equal(host.said, 'FLAVOUR=b');
});

test('an agent inherits nothing that belongs to the editor', async () => {
  await using agents = pool({
    environment: { ...process.env, ELECTRON_RUN_AS_NODE: '1', VSCODE_IPC_HOOK: 'x', KEPT: 'yes' },
  });
  const { host, type } = await open(await agents.acquire(fakeAgent('scripted')));
  await type('env ELECTRON_RUN_AS_NODE\nenv VSCODE_IPC_HOOK\nenv KEPT');
  assert.equal(host.said, 'ELECTRON_RUN_AS_NODE=VSCODE_IPC_HOOK=KEPT=yes');
});

test('P2: an isolated agent has one process a session, which ends with it', linux, async () => {
  await using agents = pool();
  const agent = fakeAgent('scripted', { isolate: true });
  const [one, two] = [await agents.acquire(agent), await agents.acquire(agent)];
  assert.notEqual(one, two);
  const { session } = await open(one);
  await session.close();
  assert.equal((await one.exited).expected, true);
  assert.equal(lives(one.pid), false);
  assert.deepEqual(agents.processes, [two]);
});

test('P4: a process that has died is never handed out', async () => {
  await using agents = pool();
  const agent = fakeAgent('scripted');
  const first = await agents.acquire(agent);
  const { type } = await open(first);
  await assert.rejects(type('crash'));
  const second = await agents.acquire(agent);
  assert.notEqual(first, second);
  const next = await open(second);
  await next.type('say alive');
  assert.equal(next.host.said, 'alive');
  await first.exited;
  assert.deepEqual(agents.processes, [second]);
});

test('a failed start is told to all who wait for it, and the next acquire tries again', async () => {
  await using agents = pool();
  const agent = fakeAgent('crashAtStart');
  const attempts = await Promise.allSettled([agents.acquire(agent), agents.acquire(agent)]);
  const reasons = attempts.map((attempt) =>
    attempt.status === 'rejected' ? (attempt.reason as Error).message : '',
  );
  assert.match(reasons[0] ?? '', /no API key found/);
  assert.equal(reasons[0], reasons[1]);
  await assert.rejects(agents.acquire(agent), { kind: 'agentStartFailed' });
  assert.deepEqual(agents.processes, []);
});

test('P2: a process without a session is stopped after a while, one with a session is not', async () => {
  const { clock, manual } = clockWithManual(12_345);
  await using agents = pool({ clock, idleMs: 12_345 });
  const agent = await agents.acquire(fakeAgent('scripted'));
  const { session, type, host } = await open(agent);
  manual.advance(20_000);
  await type('say still here');
  assert.equal(host.said, 'still here');
  await session.close();
  manual.advance(12_344);
  assert.equal(agents.processes.length, 1);
  manual.advance(1);
  assert.equal((await agent.exited).expected, true);
  const next = await agents.acquire(fakeAgent('scripted'));
  assert.notEqual(next, agent);
});

/** The scripted agent with more in its record. */
const scripted = (change: Partial<ResolvedAgent['record']>, caps = '{}'): ResolvedAgent => {
  const { record, env } = fakeAgent('scripted', { env: { FAKE_CAPS: caps } });
  return { record: { ...record, ...change }, env };
};

test('P1: another bundle of MCP servers is another process', async () => {
  await using agents = pool();
  const agent = fakeAgent('scripted');
  const server = { command: 'x', args: [], env: {} };
  const one = await agents.acquire({ ...agent, mcpServers: { a: server, b: server } });
  assert.equal(await agents.acquire({ ...agent, mcpServers: { b: server, a: server } }), one);
  assert.notEqual(await agents.acquire({ ...agent, mcpServers: { a: server } }), one);
  assert.notEqual(await agents.acquire(agent), one);
});

test('P2: a process hosts no more sessions than its definition says, also when all open at once', async () => {
  await using agents = pool();
  const agent = scripted({ maxSessions: 2 });
  const opened = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const acquired = await agents.acquire(agent);
      return { acquired, ...(await open(acquired)) };
    }),
  );
  assert.deepEqual(agents.processes.map(({ sessions }) => sessions.size).sort(), [1, 2, 2]);
  await opened[0]?.session.close();
  await open(await agents.acquire(agent));
  assert.equal(agents.processes.length, 3, 'room that became free is used');
});

test('P2: no more processes run than the cap; one that nobody uses makes room, else the cap is named', async () => {
  await using agents = pool({ maxProcesses: 2 });
  const [one, two] = await Promise.all(
    ['a', 'b'].map((value) => agents.acquire(fakeAgent('scripted', { env: { X: value } }))),
  );
  assert.ok(one !== undefined && two !== undefined);
  await open(one);
  const third = await agents.acquire(fakeAgent('scripted', { env: { X: 'c' } }));
  assert.equal((await two.exited).reason, 'Another agent needed its place.');
  await open(third);
  await assert.rejects(
    agents.acquire(fakeAgent('scripted', { env: { X: 'd' } })),
    /2 agent processes run already/u,
  );
});

test('P2: a process whose sessions do nothing is stopped where its definition says so, and never one that works or would forget', async () => {
  const { clock, manual } = clockWithManual(5000);
  await using agents = pool({ clock });
  const resumable = scripted({ idleMs: 5000 }, '{"sessionCapabilities":{"resume":{}}}');
  const agent = await agents.acquire(resumable);
  const { session, host, type } = await open(agent);
  const turn = type('say up\nhang');
  await host.until(() => host.said === 'up');
  manual.advance(20_000);
  session.cancel();
  await turn;
  const forgetful = await agents.acquire(scripted({ idleMs: 5000 }));
  await open(forgetful);
  manual.advance(5000);
  assert.equal((await agent.exited).reason, 'It was idle, and was stopped to free its memory.');
  assert.deepEqual(agents.processes, [forgetful]);
});

test('P2: with a warm process ready, a new session waits for no start', async () => {
  const { clock, manual } = clockWithManual(12_345);
  await using agents = pool({ clock, idleMs: 12_345 });
  const agent = scripted({ isolate: true, warm: true });
  const first = await agents.acquire(agent);
  await open(first);
  while (agents.processes.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const [, spare] = agents.processes;
  manual.advance(1e6);
  const second = await agents.acquire(agent);
  assert.equal(second, spare);
  await open(second);
});

test('P4: a Shell that was stopped leaves its place to the next one, also while it ends', async () => {
  await using agents = pool();
  const first = await agents.acquire(shell);
  await open(first);
  const stopping = first.stop('A person stopped it.');
  const second = await agents.acquire(shell);
  assert.notEqual(second, first);
  await stopping;
  assert.equal((await first.exited).reason, 'A person stopped it.');
  assert.deepEqual(agents.processes, [second]);
  const { host, type } = await open(second);
  await type('echo again');
  assert.match(JSON.stringify(host), /again/u);
  await second.stop();
  await second.exited;
  assert.deepEqual(agents.processes, []);
});

test('law 11: the pool ends only when a Shell that another one replaced has ended, with what it began', async () => {
  const agents = pool();
  const first = await agents.acquire(shell);
  const { type } = await open(first);
  const typed = type("trap '' TERM; echo ready; while :; do sleep 0.05; done").catch(() => undefined);
  let hasEnded = false;
  void first.exited.then(() => (hasEnded = true));
  void first.stop('A person stopped it.');
  await agents.acquire(shell);
  await agents[Symbol.asyncDispose]();
  assert.ok(hasEnded);
  await typed;
});

test('the Shell agent is one process of the pool, without a pid', async () => {
  await using agents = pool();
  const [one, two] = await Promise.all([agents.acquire(shell), agents.acquire(shell)]);
  assert.equal(one, two);
  assert.equal(one.pid, undefined);
  assert.deepEqual(agents.processes, [one]);
});

test(
  'law 11: what an agent that crashed left running is ended, at the latest with the pool',
  linux,
  async () => {
    const agents = pool();
    const { host, type } = await open(await agents.acquire(fakeAgent('scripted')));
    await type('child');
    const child = Number(host.said);
    assert.ok(lives(child));
    await assert.rejects(type('crash'));
    await agents.dispose();
    assert.equal(lives(child), false);
  },
);

test(
  'law 11: disposing the pool stops all, also what is only starting, and lets nothing start',
  linux,
  async () => {
    const agents = pool();
    const running = await agents.acquire(fakeAgent('scripted'));
    const silent = assert.rejects(agents.acquire(fakeAgent('silent')), { kind: 'agentStartFailed' });
    const deaf = await agents.acquire(fakeAgent('ignoresCancel'));
    await Promise.all([agents.dispose(), agents.dispose(), silent]);
    assert.deepEqual(
      [running, deaf].map(({ pid }) => lives(pid)),
      [false, false],
    );
    assert.deepEqual(agents.processes, []);
    await assert.rejects(agents.acquire(fakeAgent('scripted')), { kind: 'agentStartFailed' });
  },
);
