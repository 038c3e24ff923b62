import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Connection } from '../../src/client/index.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, gone, isAlive, runtimeBundle, testHome } from '../support/testHome.ts';

const agents = { scripted: fakeAgent('scripted'), silent: fakeAgent('silent') };

/** Opens a session and records it. */
async function open(connection: Connection, cwd: string, agent = 'shell') {
  const recorder = new Recorder();
  return { recorder, session: await connection.openSession({ cwd, agent, onEvent: recorder.onEvent }) };
}

test('a runtime that has worked for a while still holds the lock of its data directory (ARCHITECTURE.md)', async (t) => {
  const { connect, work, home } = testHome(t);
  const connection = await connect();
  const session = await connection.openSession({ cwd: work });
  // Enough for its garbage to be collected many times over.
  await (
    await session.command('seq 1 20000')
  ).ended;
  for (let page = 0; page < 200; page++) await session.history({ limit: 100 });
  const { stdout } = spawnSync(process.execPath, [runtimeBundle, '--home', home], {
    encoding: 'utf8',
    timeout: 90_000,
  });
  assert.deepEqual(JSON.parse(stdout), { taken: true });
});

test('each kind of pending state is settled once after kill -9: turns, questions, queues, openings (T9, W2, P5)', async (t) => {
  const { connect, work, kill, entry } = testHome(t);
  const connection = await connect({ agents });
  const running = await open(connection, work);
  const command = await open(connection, work);
  const asking = await open(connection, work, 'scripted');
  const queueing = await open(connection, work);
  const opening = await open(connection, work, 'silent');
  await running.session.prompt('sleep 1000');
  await command.session.command('sleep 1000');
  await asking.session.prompt('permission');
  await queueing.session.prompt('sleep 1000');
  await queueing.session.prompt('echo queued');
  await asking.recorder.next('interaction.opened');
  await queueing.recorder.next('turn.queued');
  for (const { recorder } of [running, command]) await recorder.next('commandRun.started');
  assert.equal(opening.session.head.phase, 'opening');
  const { pid } = entry();
  await kill();

  for (const { recorder } of [running, command, asking, queueing, opening])
    await recorder.next('session.detached');
  assert.notEqual(entry().pid, pid);
  for (const { recorder, session } of [running, command, asking, queueing]) {
    assert.deepEqual(
      recorder.all('turn.ended').map(({ outcome }) => outcome),
      ['interrupted'],
    );
    assert.equal(session.head.phase, 'detached');
    assert.equal(session.head.turn, undefined);
  }
  const settled = asking.recorder.all('interaction.settled').map(({ settlement }) => settlement.outcome);
  assert.deepEqual([settled, asking.session.head.interactions], [['interrupted'], []]);
  assert.equal(queueing.session.head.queue.length, 1, 'what waited is not lost');
  assert.equal(opening.session.head.phase, 'detached');
  await (
    await queueing.session.prompt('echo next')
  ).ended;
  assert.equal(queueing.recorder.output, 'queued\nnext\n');

  // And a second death finds nothing to settle again.
  await kill();
  await (
    await running.session.prompt('echo on')
  ).ended;
  assert.equal(
    running.recorder.all('turn.ended').filter(({ outcome }) => outcome === 'interrupted').length,
    1,
  );
});

test(
  'opens and prompts wait for a recovery that has something to sweep (P5)',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { connect, work, kill } = testHome(t);
    const connection = await connect();
    const { session, recorder } = await open(connection, work);
    // What ignores SIGTERM makes the sweep last for as long as it is patient. `recovering.test.ts` shows what goes on meanwhile.
    await session.prompt('trap "" TERM; echo deaf; sleep 1000');
    await recorder.until('the trap', () => recorder.output.includes('deaf'));
    connection.dispose();
    await kill();

    const order: string[] = [];
    const back = await connect();
    back.onRuntimeState(({ state }) => order.push(state));
    const created = back.openSession({ cwd: work }).then(() => order.push('created'));
    const prompted = back
      .request('session/prompt', { sessionId: session.id, content: [{ type: 'text', text: 'true' }] })
      .then(() => order.push('prompted'));
    await Promise.all([created, prompted]);
    assert.ok(order.indexOf('ready') < order.indexOf('created'), order.join());
    assert.ok(order.indexOf('ready') < order.indexOf('prompted'), order.join());
  },
);

test('recovery ends and serves the others when one session cannot be recovered (P5)', async (t) => {
  const { connect, work, kill, home } = testHome(t);
  const connection = await connect();
  const broken = await open(connection, work);
  const sound = await open(connection, work);
  for (const { session, recorder } of [broken, sound]) {
    await session.prompt('sleep 1000');
    await recorder.next('commandRun.started');
  }
  connection.dispose();
  await kill();
  {
    using database = new DatabaseSync(path.join(home, 'journal.db'));
    const { key } = database.prepare('SELECT key FROM session WHERE id = ?').get(broken.session.id) as {
      key: number;
    };
    const { body } = database.prepare('SELECT body FROM head WHERE session = ?').get(key) as { body: string };
    const head = JSON.stringify({ ...(JSON.parse(body) as object), interactions: 5, queue: 'x' });
    database.prepare('UPDATE head SET body = ? WHERE session = ?').run(head, key);
  }
  const back = await connect();
  const again = new Recorder();
  const session = await back.openSession({
    sessionId: sound.session.id,
    attach: true,
    onEvent: again.onEvent,
  });
  await again.next('session.detached');
  assert.deepEqual(
    again.all('turn.ended').map(({ outcome }) => outcome),
    ['interrupted'],
  );
  assert.equal((await (await session.prompt('true')).ended).outcome, 'completed');
  assert.equal((await (await back.openSession({ cwd: work })).prompt('true')).queued, false);
});

test(
  'what a killed runtime started is swept by the next, also what left its group, and nothing else (law 11)',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { connect, work, kill, home } = testHome(t);
    const connection = await connect({ agents });
    const shell = await open(connection, work);
    await shell.session.prompt(
      'setsid sh -c \'echo "escaped $$"; exec sleep 1000\' & sleep 1000 & echo "own $!"; wait',
    );
    const acp = await open(connection, work, 'scripted');
    await acp.session.prompt('child\nhang');
    await shell.recorder.until(
      'both pids',
      () => /escaped \d+/u.test(shell.recorder.output) && /own \d+/u.test(shell.recorder.output),
    );
    await acp.recorder.until('the pid of its child', () => /^\d+/u.test(acp.recorder.agentText));
    const { pid: agentPid } = await acp.recorder.next('agent.started');
    const pids =
      `${shell.recorder.output} ${acp.recorder.agentText} ${agentPid}`.match(/\d+/gu)?.map(Number) ?? [];
    assert.equal(pids.length, 4);
    assert.ok(pids.every(isAlive));
    // A number that an earlier runtime wrote down, and that has come to mean somebody else's process.
    const innocent = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    t.after(() => innocent.kill('SIGKILL'));
    writeFileSync(path.join(home, 'runtime', 'processes', String(innocent.pid)), '12345 another start');
    await kill();

    await shell.recorder.next('session.detached');
    await (
      await shell.session.prompt('true')
    ).ended;
    await Promise.all(pids.map(gone));
    assert.ok(isAlive(innocent.pid ?? 0));
  },
);
