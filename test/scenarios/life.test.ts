import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { endProcess, gone, isAlive, runtimeBundle, testHome } from '../support/testHome.ts';

test('three first opens at once start one runtime (O6)', async (t) => {
  const { connect } = testHome(t);
  const connections = await Promise.all([connect(), connect(), connect()]);
  assert.equal(new Set(connections.map(({ hello }) => hello.pid)).size, 1);
  assert.equal((await connections[0].request('runtime/status', {})).clients, 3);
});

test('a runtime outlives its clients and goes when nobody needs it any more', async (t) => {
  process.env['HOLDFAST_LINGER_MS'] = '50';
  t.after(() => delete process.env['HOLDFAST_LINGER_MS']);
  const { connect, work, home, entry } = testHome(t);
  const connection = await connect();
  const { pid } = entry();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  await session.prompt('until [ -e go ]; do sleep 0.02; done');
  await recorder.next('commandRun.started');
  connection.dispose();
  const back = await connect();
  assert.equal(back.hello.pid, pid, 'a running turn keeps it');
  await (await back.openSession({ cwd: work, onEvent: () => undefined })).command('touch go');
  back.dispose();
  await gone(pid);
  assert.equal(
    existsSync(path.join(home, 'runtime', 'runtime.json')),
    false,
    'it takes its discovery entry with it',
  );
});

test('after a clean stop the next runtime has everything, and the next prompt goes on', async (t) => {
  const { connect, work, entry } = testHome(t);
  const connection = await connect();
  const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
  await (
    await session.prompt('echo one')
  ).ended;
  const { pid } = entry();
  connection.dispose();
  await endProcess(pid, 'SIGTERM');

  const recorder = new Recorder();
  const again = await (
    await connect()
  ).openSession({ sessionId: session.id, resume: true, onEvent: recorder.onEvent });
  assert.notEqual(entry().pid, pid);
  assert.equal(again.head.phase, 'detached');
  await (
    await again.prompt('echo two')
  ).ended;
  assert.equal(recorder.output, 'one\ntwo\n');
});

test('after kill -9 in mid-turn the turn is ended interrupted, once, and nothing that was seen is lost (T9, J4)', async (t) => {
  const { connect, work, kill } = testHome(t);
  const connection = await connect();
  const before = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: before.onEvent });
  await session.prompt('echo "pid $$"; sleep 1000');
  await before.until('the pid', () => /pid \d+/u.test(before.output));
  const pid = Number(/pid (\d+)/u.exec(before.output)?.[1]);
  const queued = await session.prompt('echo queued');
  assert.equal(queued.queued, true);
  const seen = before.envelopes.length;
  await kill();

  // The connection comes back by itself, to a new runtime, and goes on from its cursor.
  await before.next('turn.ended');
  assert.deepEqual(
    before.all('turn.ended').map(({ outcome }) => outcome),
    ['interrupted'],
  );
  assert.deepEqual(
    before.seqs,
    before.seqs.map((_, index) => index + 1),
  );
  assert.ok(before.envelopes.length > seen);
  await gone(pid);

  const next = await session.prompt('echo next');
  assert.equal((await next.ended).outcome, 'completed');
  assert.match(before.output, /queued\nnext\n$/u, 'the queue is durable and runs first');
  assert.deepEqual(
    before.all('turn.ended').map(({ outcome }) => outcome),
    ['interrupted', 'completed', 'completed'],
  );
});

test('a stale discovery entry, of a dead process or of nonsense, is in nobody’s way', async (t) => {
  const { connect, home, entry, kill } = testHome(t);
  (await connect()).dispose();
  const file = path.join(home, 'runtime', 'runtime.json');
  const stale = readFileSync(file, 'utf8');
  await kill();
  for (const text of [stale, '{"pid":', '', JSON.stringify({ ...JSON.parse(stale), pid: process.pid })]) {
    writeFileSync(file, text);
    const connection = await connect();
    assert.equal(connection.hello.pid, entry().pid);
    connection.dispose();
    await kill();
  }
});

test('an entry from another host is refused with words (ARCHITECTURE.md)', async (t) => {
  const { connect, home, entry, kill } = testHome(t);
  (await connect()).dispose();
  const there = { ...entry(), host: 'elsewhere' };
  await kill();
  writeFileSync(path.join(home, 'runtime', 'runtime.json'), JSON.stringify(there));
  await assert.rejects(connect(), /elsewhere/u);
  rmSync(path.join(home, 'runtime', 'runtime.json'));
});

test(
  'a socket and an entry that vanish are made again',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { connect, home, entry } = testHome(t);
    const first = await connect();
    const { socket, pid } = entry();
    rmSync(socket);
    rmSync(path.join(home, 'runtime', 'runtime.json'));
    first.dispose();
    const back = await connect();
    assert.equal(back.hello.pid, pid, 'the same runtime is found again');
  },
);

test(
  'a data directory whose socket path is too long for the platform works all the same',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { connect, home, work } = testHome(t);
    const deep = path.join(home, 'deep/'.repeat(30));
    const connection = await connect({ home: deep });
    const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
    assert.equal((await (await session.prompt('true')).ended).outcome, 'completed');
    const { pid, socket } = await connection.request('runtime/status', {});
    assert.ok(Buffer.byteLength(socket) <= 100, socket);
    connection.dispose();
    await endProcess(pid, 'SIGTERM');
    assert.equal(existsSync(socket), false);
  },
);

test('a data directory that cannot be used is named, with what helps', async (t) => {
  const { connect, home } = testHome(t);
  writeFileSync(home, 'a file is in the way');
  await assert.rejects(connect({ attempts: 1 }), (error: Error) => error.message.includes(home));
  rmSync(home);
  if (process.getuid?.() === 0) return;
  mkdirSync(home);
  chmodSync(home, 0o500);
  await assert.rejects(connect({ attempts: 1 }), (error: Error) => error.message.includes(home));
});

test('a runtime on a Node without node:sqlite says so in one line, and leaves nothing behind', (t) => {
  const { home } = testHome(t);
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--no-experimental-sqlite', runtimeBundle, '--home', home],
    {
      encoding: 'utf8',
    },
  );
  assert.notEqual(status, 0);
  const { failed } = JSON.parse(stdout) as { failed: { kind: string; message: string } };
  assert.equal(failed.kind, 'noUsableNode');
  assert.match(failed.message, /node:sqlite/u);
  assert.equal(existsSync(path.join(home, 'runtime', 'runtime.json')), false);
});

test('a runtime that is told to retire does so when idle, and only then', async (t) => {
  const { connect, work, entry } = testHome(t);
  const connection = await connect();
  const { pid } = entry();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  await session.prompt('until [ -e go ]; do sleep 0.02; done');
  assert.equal((await connection.request('runtime/retire', {})).retiring, false);
  await (await connection.openSession({ cwd: work, onEvent: () => undefined })).command('touch go');
  await recorder.next('turn.ended');
  assert.equal((await connection.request('runtime/retire', {})).retiring, true);
  connection.dispose();
  await gone(pid);
  assert.equal(isAlive(pid), false);
});

test('the data directory taken away ends the runtime', { skip: process.platform === 'win32' }, async (t) => {
  const { connect, home, entry } = testHome(t);
  const connection = await connect();
  const { pid } = entry();
  connection.dispose();
  // The runtime may make a file in it at that moment.
  rmSync(home, { recursive: true, maxRetries: 20, retryDelay: 10 });
  await gone(pid);
});

for (const [what, config, kind, words] of [
  ['a working directory that does not exist', { cwd: '/no/such/place' }, 'cwdMissing', /\/no\/such\/place/u],
  ['a working directory that is a file', { cwd: process.execPath }, 'cwdUnusable', /node/u],
  ['a relative working directory', { cwd: 'here' }, 'cwdUnusable', /absolute/u],
  ['an agent nobody knows', { agent: 'nobody' }, 'agentUnknown', /nobody/u],
] as const) {
  test(`${what} is refused by name, and leaves the id free (O3)`, async (t) => {
    const { connect, work } = testHome(t);
    const connection = await connect();
    const sessionId = '00000000-0000-4000-8000-000000000001';
    const recorder = new Recorder();
    await assert.rejects(
      connection.openSession({ cwd: work, sessionId, onEvent: recorder.onEvent, ...config }),
      (error: Error & { kind: string }) => {
        assert.equal(error.kind, kind);
        assert.match(error.message, words);
        return true;
      },
    );
    const session = await connection.openSession({ cwd: work, sessionId, onEvent: recorder.onEvent });
    assert.equal(session.id, sessionId);
    await recorder.next('session.started');
  });
}

test('a create that its client gave up is opened again by the same client, with the journal it has (law 3, O3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const sessionId = '00000000-0000-4000-8000-000000000002';
  const abort = new AbortController();
  const lost = connection.openSession({
    cwd: work,
    sessionId,
    onEvent: () => undefined,
    signal: abort.signal,
  });
  abort.abort();
  await assert.rejects(lost, { kind: 'aborted' });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, sessionId, onEvent: recorder.onEvent });
  await (
    await session.prompt('echo here')
  ).ended;
  assert.equal(recorder.types[0], 'session.started');
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
  );
  await assert.rejects((await connect()).openSession({ cwd: work, sessionId, onEvent: () => undefined }), {
    kind: 'sessionExists',
  });
});
