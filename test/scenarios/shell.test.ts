import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { gone, testHome } from '../support/testHome.ts';

test('what is typed to the Shell agent runs in the working directory and its output streams (O1, C1)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const turn = await session.prompt('pwd; echo oops >&2');
  assert.equal(turn.queued, false);
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(recorder.output.includes(realpathSync(work)), true, recorder.output);
  assert.ok(
    recorder.all('commandRun.output').some(({ stream, text }) => stream === 'stderr' && text === 'oops\n'),
  );
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
    'numbers are contiguous from 1 (law 1)',
  );
  assert.equal(recorder.types[0], 'session.started');
  assert.equal(session.head.phase, 'idle');
  assert.equal(session.head.title, 'pwd; echo oops >&2');
});

test('directory and environment persist from one prompt to the next', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  await (
    await session.prompt('mkdir deep && cd deep && export TIDE=high')
  ).ended;
  await (
    await session.prompt('echo "$PWD $TIDE"')
  ).ended;
  assert.equal(recorder.output, `${realpathSync(work)}/deep high\n`);
});

test('a command that exits with another code than 0 ends its turn failed, with the code and what it printed', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const end = await (await session.prompt('echo before; exit 3')).ended;
  assert.deepEqual([end.outcome, end.exitCode], ['failed', 3]);
  assert.equal(recorder.output, 'before\n');
  assert.equal(session.head.attention, 'failed');
});

test('two sessions run at the same time over one connection, and each hears only its own', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const [a, b] = [new Recorder(), new Recorder()];
  const one = await connection.openSession({ cwd: work, onEvent: a.onEvent });
  const two = await connection.openSession({ cwd: work, onEvent: b.onEvent });
  const slow = await one.prompt('until [ -e go ]; do sleep 0.02; done; echo one');
  const fast = await two.prompt('touch go; echo two');
  assert.equal((await fast.ended).outcome, 'completed');
  assert.equal((await slow.ended).outcome, 'completed');
  assert.equal(a.output, 'one\n');
  assert.equal(b.output, 'two\n');
  const { clients, sessions } = await connection.request('runtime/status', {});
  assert.deepEqual([clients, sessions.total], [1, 2]);
});

test('cancel ends the named turn with all that it started, and the session goes on (T3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const turn = await session.prompt('sleep 1000 & echo "pid $!"; wait');
  await recorder.until('the pid', () => /pid (\d+)/u.test(recorder.output));
  const pid = Number(/pid (\d+)/u.exec(recorder.output)?.[1]);
  const { cancelled, turnId } = await session.cancel();
  assert.deepEqual([cancelled, turnId], [true, turn.turnId]);
  assert.equal((await turn.ended).outcome, 'cancelled');
  await gone(pid);
  assert.equal((await session.cancel()).cancelled, false, 'cancelling while idle is harmless');
  assert.equal((await (await session.prompt('echo again')).ended).outcome, 'completed');
});

test('a prompt sent while one runs waits its turn; one that asked not to wait is refused (T2)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const first = await session.prompt('until [ -e go ]; do sleep 0.02; done; echo first');
  const second = await session.prompt('echo second');
  assert.deepEqual([first.queued, second.queued], [false, true]);
  await assert.rejects(session.prompt('echo never', { mode: 'reject' }), { kind: 'sessionBusy' });
  await recorder.next('turn.queued');
  assert.equal(session.head.queue.length, 1);
  await (await connection.openSession({ cwd: work, onEvent: () => undefined })).command('touch go');
  await second.ended;
  assert.equal(recorder.output, 'first\nsecond\n');
});

test('what was typed for a directory that is gone does not run elsewhere, nor do the prompts that wait behind it (T2)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const leave = await session.prompt(
    `mkdir lost && cd lost && until [ -e '${join(work, 'go')}' ]; do sleep 0.02; done; rmdir '${join(work, 'lost')}'`,
  );
  const first = await session.prompt('touch first');
  const second = await session.prompt('touch second');
  assert.deepEqual([first.queued, second.queued], [true, true]);
  writeFileSync(join(work, 'go'), '');
  assert.equal((await leave.ended).outcome, 'completed');
  const { outcome, failure } = await first.ended;
  assert.equal(outcome, 'failed');
  assert.match(failure?.message ?? '', /lost does not exist any more, so the command did not run/u);
  assert.equal((await second.ended).outcome, 'cancelled');
  assert.equal((await (await session.prompt('ls')).ended).outcome, 'completed');
  assert.equal(recorder.output, 'go\n');
});

test('a session command runs in a directory that it makes, with its environment, and gives its exit code (C1)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  const turn = await session.command('echo "$(basename "$PWD") $TIDE"; exit 4', {
    cwd: 'made/here',
    env: { TIDE: 'low' },
  });
  const end = await turn.ended;
  assert.deepEqual([end.outcome, end.exitCode], ['failed', 4]);
  assert.equal(recorder.output, 'here low\n');
});

test('what a prompt leaves in the background ends with the session', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  await (
    await session.prompt('sleep 1000 & echo "pid $!"')
  ).ended;
  const pid = Number(/pid (\d+)/u.exec(recorder.output)?.[1]);
  assert.ok(process.kill(pid, 0), 'it outlives the turn');
  await session.end();
  await gone(pid);
  await recorder.next('session.ended');
  await assert.rejects(session.prompt('echo'), { kind: 'sessionEnded' });
});

test('an ended session is resumed and goes on with its transcript (law 3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
  await (
    await session.prompt('echo one')
  ).ended;
  await session.end();
  const again = await connect();
  const recorder = new Recorder();
  const resumed = await again.openSession({ sessionId: session.id, resume: true, onEvent: recorder.onEvent });
  await (
    await resumed.prompt('echo two')
  ).ended;
  assert.equal(recorder.output, 'one\ntwo\n');
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
  );
});
