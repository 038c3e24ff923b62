import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalId } from '../../src/protocol/ids.ts';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';

const stripped = (recorder: Recorder) => recorder.envelopes.map(({ seq, event }) => [seq, event.type]);

test('two windows and a terminal on one session see the same stream, and what one does the others see (J3)', async (t) => {
  const { connect, work } = testHome(t);
  const [a, b, c] = [new Recorder(), new Recorder(), new Recorder()];
  const first = await (
    await connect({ clientName: 'window one' })
  ).openSession({ cwd: work, onEvent: a.onEvent });
  const open = { sessionId: first.id, resume: true } as const;
  const second = await (
    await connect({ clientName: 'window two' })
  ).openSession({ ...open, onEvent: b.onEvent });
  const third = await (
    await connect({ clientName: 'terminal', kind: 'cli' })
  ).openSession({ ...open, onEvent: c.onEvent });
  await (
    await first.prompt('echo from one')
  ).ended;
  await (
    await second.prompt('echo from two')
  ).ended;
  const slow = await third.prompt('sleep 1000');
  await first.cancel();
  assert.equal((await slow.ended).outcome, 'cancelled');
  for (const recorder of [a, b, c]) await recorder.next('turn.ended', ({ turnId }) => turnId === slow.turnId);
  assert.deepEqual(stripped(b), stripped(a));
  assert.deepEqual(stripped(c), stripped(a));
  const last = c.envelopes.findLast(({ event }) => event.type === 'turn.ended');
  assert.equal(last?.by?.name, 'window one', 'who cancelled is known');
});

test('a turn runs on while nobody is connected, and who comes back with a cursor misses nothing (J1)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const before = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: before.onEvent });
  await session.prompt('echo one; until [ -e go ]; do sleep 0.02; done; echo two');
  await before.until('the first line', () => before.output.includes('one'));
  const { cursor } = session;
  connection.dispose();

  const after = new Recorder();
  const back = await connect();
  const again = await back.openSession({ sessionId: session.id, resume: { cursor }, onEvent: after.onEvent });
  assert.equal(again.head.phase, 'running');
  await (await back.openSession({ cwd: work, onEvent: () => undefined })).command('touch go');
  await after.next('turn.ended');
  assert.equal(after.output, 'two\n');
  assert.deepEqual(
    after.seqs,
    after.seqs.map((_, index) => cursor.seq + 1 + index),
    'each once, in order',
  );
});

test('a cursor of another lineage, or beyond the end, is answered with a reset and a snapshot (law 6, J1)', async (t) => {
  const { connect, work } = testHome(t);
  const session = await (await connect()).openSession({ cwd: work, onEvent: () => undefined });
  await (
    await session.prompt('echo hello')
  ).ended;
  const { cursor } = session;
  for (const bad of [
    { ...cursor, journal: 'another' as JournalId },
    { ...cursor, seq: cursor.seq + 100 },
  ]) {
    const { sessions } = await (
      await connect()
    ).request('session/attach', { sessions: [{ sessionId: session.id, cursor: bad }] });
    const answer = sessions[0];
    assert.ok(answer !== undefined && 'reset' in answer && answer.reset);
    assert.deepEqual(answer.cursor, cursor);
    assert.ok(answer.items?.some((item) => item.kind === 'commandRun'));
  }
});

test('opening with a tail gives the last rows and then only what is new (law 5)', async (t) => {
  const { connect, work } = testHome(t);
  const session = await (await connect()).openSession({ cwd: work, onEvent: () => undefined });
  for (const word of ['one', 'two', 'three']) await (await session.prompt(`echo ${word}`)).ended;
  const recorder = new Recorder();
  const tail = await (
    await connect()
  ).openSession({ sessionId: session.id, resume: { tail: 3 }, onEvent: recorder.onEvent });
  assert.equal(tail.snapshot?.items.length, 3);
  assert.equal(tail.snapshot?.more, true);
  assert.equal(recorder.envelopes.length, 0);
  const before = tail.snapshot?.items[0]?.position ?? 0;
  const page = await tail.history({ before, limit: 100 });
  assert.equal(page.more, false);
  assert.ok(page.items.every((item) => item.position < before));
  await (
    await tail.prompt('echo four')
  ).ended;
  assert.equal(recorder.output, 'four\n');
});

test('a list comes from heads alone and is told about changes (J3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ summaries: true });
  const titles: string[] = [];
  const renamed = new Promise<void>((resolve) =>
    connection.onSummaries(({ summaries }) => {
      titles.push(...summaries.map(({ title }) => title));
      if (titles.includes('A fine name')) resolve();
    }),
  );
  const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
  await session.configure({ title: 'A fine name', pinned: true });
  await renamed;
  await (
    await session.prompt('echo a derived title never replaces a given one')
  ).ended;
  const { sessions } = await connection.list();
  assert.deepEqual(
    sessions.map(({ title, pinned, cwd }) => [title, pinned, cwd]),
    [['A fine name', true, work]],
  );
  assert.deepEqual((await connection.list({ text: 'fine' })).sessions.length, 1);
  assert.deepEqual((await connection.list({ text: 'coarse' })).sessions.length, 0);
});

test('an absent sessionId means the session opened first, or the one switched to; where there is none the error says so (P3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  await assert.rejects(connection.request('session/get', {}), { kind: 'noCurrentSession' });
  const one = await connection.openSession({ cwd: work, onEvent: () => undefined });
  const two = await connection.openSession({ cwd: work, onEvent: () => undefined });
  assert.equal((await connection.request('session/get', {})).sessionId, one.id);
  await connection.request('session/switch', { sessionId: two.id });
  assert.equal((await connection.request('session/get', {})).sessionId, two.id);
});

test('a session that left hears nothing more, and the session goes on for the others', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const [left, stays] = [new Recorder(), new Recorder()];
  const session = await connection.openSession({ cwd: work, onEvent: left.onEvent });
  const other = await (
    await connect()
  ).openSession({ sessionId: session.id, resume: true, onEvent: stays.onEvent });
  await left.next('agent.started');
  session.leave();
  const count = left.envelopes.length;
  await (
    await other.prompt('echo on')
  ).ended;
  assert.equal(left.envelopes.length, count);
});

test('a burst of output reaches a client once and in order, whatever its window', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, onEvent: recorder.onEvent });
  await (
    await session.prompt('seq 1 20000')
  ).ended;
  assert.equal(recorder.output, Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''));
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
  );
});

test('a session that one client deletes ends for the others with words, and its id is free again (J7)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
  let tell: (error: Error) => void = () => undefined;
  const lost = new Promise<Error>((resolve) => (tell = resolve));
  const there = await connect();
  await there.openSession({
    sessionId: session.id,
    resume: true,
    onEvent: () => undefined,
    onLost: (error) => tell(error),
  });
  await (
    await session.prompt('echo hello')
  ).ended;
  await connection.request('session/delete', { sessionId: session.id });
  assert.match((await lost).message, /deleted/u);
  assert.deepEqual((await there.list()).sessions, []);
  const again = await connection.openSession({ sessionId: session.id, cwd: work, onEvent: () => undefined });
  assert.notEqual(again.cursor.journal, session.cursor.journal);
});
