import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { Clock } from '../../../src/base/clock.ts';
import { newCommandId, type SessionId } from '../../../src/protocol/ids.ts';
import { ManualClock } from '../../support/manualClock.ts';
import type { Journal } from '../../../src/runtime/journal/journal.ts';
import { damage } from './journal/damage.ts';
import { beside } from './journal/temporary.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

const id = (name: string): SessionId => name as SessionId;
const cwd = tmpdir();
const content = [{ type: 'text' as const, text: 'go' }];

/** So slow that after each bit of work it is time to breathe. */
function slowClock(): Clock {
  const clock = new ManualClock();
  return {
    now: () => clock.now(),
    monotonic: () => {
      clock.advance(10);
      return clock.monotonic();
    },
    after: (ms, action) => clock.after(ms, action),
  };
}

test('a deleted session is gone with all it had, whoever was attached is told, and its feed ends (J7)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context);
  const [one, two, three] = [await connect(), await connect(), await connect({ summaries: true })];
  await one.request('session/create', { sessionId: id('a'), cwd });
  await two.request('session/attach', { sessions: [{ sessionId: id('a') }] });
  await turns();
  assert.deepEqual(await one.request('session/delete', { sessionId: id('a') }), { sessionId: 'a' });
  await turns();
  for (const client of [one, two, three]) {
    const removed = client.told
      .filter(({ method }) => method === 'session/summaries')
      .map(({ params }) => params['removed']);
    assert.deepEqual(removed.at(-1), ['a']);
  }
  assert.equal(one.events.at(-1)?.event.type, 'session.ended', 'it is ended first');
  assert.equal(journal.head(id('a')), undefined);
  await assert.rejects(one.request('session/get', { sessionId: id('a') }), { kind: 'sessionNotFound' });
  await assert.rejects(one.request('session/delete', { sessionId: id('a') }), { kind: 'sessionNotFound' });
});

test('a deletion that is sent again gives the first result, also when the id is in use again (law 4, law 6)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const first = await client.request('session/create', { sessionId: id('a'), cwd });
  const command = { sessionId: id('a'), commandId: newCommandId() };
  await client.request('session/delete', command);
  const again = await client.request('session/create', { sessionId: id('a'), cwd });
  assert.notEqual(again.cursor.journal, first.cursor.journal, 'another lineage');
  assert.deepEqual(await client.request('session/delete', command), { sessionId: 'a' });
  assert.equal((await client.request('session/get', { sessionId: id('a') })).head.ended, false);
});

test('a deletion is stored with its answer, so that a resend after a crash finds the session or the answer (law 4, J5)', async (context) => {
  const { connect, journal, file } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON command WHEN NEW.method = 'session/delete'
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
  const command = { sessionId: id('a'), commandId: newCommandId() };
  await assert.rejects(client.request('session/delete', command), { kind: 'storageFailed' });
  assert.equal(journal.head(id('a'))?.head.ended, true, 'what cannot be answered is not done');
  database.exec('DROP TRIGGER full');
  assert.deepEqual(await client.request('session/delete', command), { sessionId: 'a' });
  assert.deepEqual(journal.recall(command.commandId)?.result, { sessionId: 'a' });
  assert.deepEqual(await client.request('session/delete', command), { sessionId: 'a' });
});

test('a busy session is deleted only by force, which cancels its turn first', async (context) => {
  const { connect, asked } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  await client.request('session/prompt', { sessionId: id('a'), content });
  await turns();
  await assert.rejects(client.request('session/delete', { sessionId: id('a') }), { kind: 'sessionBusy' });
  assert.equal(asked[0]?.cancelled, false);
  await client.request('session/delete', { sessionId: id('a'), force: true });
  assert.equal(asked[0]?.cancelled, true);
  await turns();
  const end = client.events.map(({ event }) => event).findLast(({ type }) => type === 'turn.ended');
  assert.equal(end?.type === 'turn.ended' && end.outcome, 'cancelled');
});

test('a dry run names what would go and what it weighs; pinned, busy and young sessions stay (J7)', async (context) => {
  const clock = new ManualClock();
  const { connect, journal } = await runtimeInMemory(context, { clock });
  const client = await connect();
  const names = ['old', 'archived', 'pinned', 'busy', 'young'];
  // Making it what it is is no use of it that keeps it.
  const configure = (sessionId: string, change: object) =>
    client.request('session/configure', { sessionId: id(sessionId), ...change });
  for (const name of names) {
    if (name === 'young') {
      await configure('archived', { archived: true });
      clock.advance(10_000);
    }
    await client.request('session/create', { sessionId: id(name), cwd, title: `The ${name} one` });
    await turns();
  }
  await configure('pinned', { pinned: true });
  const busyAt = journal.head(id('busy'))?.head.updatedAt ?? 0;
  assert.ok(busyAt < clock.now());
  journal.log(id('busy'))?.append({
    at: busyAt,
    event: { type: 'turn.started', turnId: 't' as never, kind: 'prompt', origin: 'person' },
  });

  const dry = await client.request('session/prune', { olderThanMs: 5000 });
  assert.deepEqual(dry.sessions.map(({ title }) => title).sort(), ['The archived one', 'The old one']);
  assert.deepEqual([dry.deleted, dry.more], [0, false]);
  assert.ok(dry.bytes > 500, `${dry.bytes} bytes`);
  assert.equal(journal.count(), 5, 'a dry run deletes nothing');

  const some = await client.request('session/prune', {
    olderThanMs: 5000,
    archivedOnly: true,
    dryRun: false,
  });
  assert.deepEqual(
    some.sessions.map(({ sessionId }) => sessionId),
    ['archived'],
  );
  const rest = await client.request('session/prune', { olderThanMs: 5000, dryRun: false });
  assert.deepEqual([rest.deleted, rest.sessions.map(({ sessionId }) => sessionId)], [1, ['old']]);
  assert.deepEqual(
    ['pinned', 'busy', 'young'].map((name) => journal.head(id(name))?.head.sessionId),
    ['pinned', 'busy', 'young'],
  );
});

test('a session that was just archived is not yet one to prune, however long nothing happened in it; its time stays (J7)', async (context) => {
  const clock = new ManualClock();
  const { connect, journal } = await runtimeInMemory(context, { clock });
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  await turns();
  const { updatedAt } = journal.head(id('a'))?.head ?? {};
  const prune = async () => {
    const { sessions } = await client.request('session/prune', { olderThanMs: 5000, archivedOnly: true });
    return sessions.map(({ sessionId }) => sessionId);
  };
  clock.advance(10_000);
  await client.request('session/configure', { sessionId: id('a'), archived: true });
  assert.deepEqual(await prune(), []);
  assert.equal(journal.head(id('a'))?.head.updatedAt, updatedAt);
  clock.advance(4000);
  await client.request('session/configure', { sessionId: id('a'), archived: true, title: 'Tides' });
  clock.advance(2000);
  assert.deepEqual(await prune(), ['a'], 'what is archived already is not archived anew');
});

test('an old session that was just taken back from the archive is not yet one to prune (J7)', async (context) => {
  const clock = new ManualClock();
  const { connect } = await runtimeInMemory(context, { clock });
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  await turns();
  const archive = (archived: boolean) =>
    client.request('session/configure', { sessionId: id('a'), archived });
  const prune = async () =>
    (await client.request('session/prune', { olderThanMs: 5000 })).sessions.map(({ sessionId }) => sessionId);
  await archive(true);
  clock.advance(10_000);
  await archive(false);
  assert.deepEqual(await prune(), []);
  clock.advance(6000);
  assert.deepEqual(await prune(), ['a']);
});

test('a content that several sessions share weighs once, with the last that goes, and a dry run says so too (J7)', async (context) => {
  const clock = new ManualClock();
  const { connect, journal } = await runtimeInMemory(context, { clock });
  const client = await connect();
  const agent = { id: 'fake', name: 'Fake', kind: 'acp' } as const;
  const shared = Buffer.alloc(8 * 1024 * 1024, 'shared');
  // Too long to be gone at once: what it holds stays in the file after its deletion.
  for (const name of ['a', 'b', 'c']) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: { type: 'session.started', agent, cwd } });
    journal.putBlob(id(name), shared);
    for (let n = 0; n < 5000; n++)
      log.append({ at: 2, event: { type: 'notice', level: 'info', text: `${n}` } });
    log.append({ at: 3, event: { type: 'session.configured', pinned: name === 'c' } });
    log.append({ at: 4, event: { type: 'session.ended', reason: 'over' } });
    await log.committed();
  }
  clock.advance(10_000);
  const prune = async (dryRun: boolean) => {
    const { sessions, bytes } = await client.request('session/prune', { olderThanMs: 1000, dryRun });
    return [sessions.length, bytes];
  };
  const [, held = 0] = await prune(true);
  assert.ok(held < shared.length, `${held} bytes while another one holds it`);
  journal.log(id('c'))?.append({ at: 5, event: { type: 'session.configured', pinned: false } });
  const [count, said = 0] = await prune(true);
  assert.ok(said > shared.length && said < 2 * shared.length + held, `${said} bytes`);
  assert.deepEqual([count, await prune(false)], [3, [3, said]]);
});

test('however long a session is, others have their turn while it is weighed (J7, law 7)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context, { clock: slowClock() });
  const client = await connect();
  const log = journal.create(id('long'));
  const agent = { id: 'fake', name: 'Fake', kind: 'acp' } as const;
  log.append({ at: 1, event: { type: 'session.started', agent, cwd } });
  for (let n = 0; n < 20_000; n++)
    log.append({ at: 2, event: { type: 'notice', level: 'info', text: `${n}` } });
  log.append({ at: 3, event: { type: 'session.ended', reason: 'over' } });
  await log.committed();
  let isOver = false;
  let others = 0;
  const pruning = client.request('session/prune', { olderThanMs: 1000 }).finally(() => (isOver = true));
  for (; !isOver; others++) await turns(1);
  const { sessions, bytes } = await pruning;
  assert.deepEqual([sessions.length, bytes > 20_000 * 100], [1, true], `${bytes} bytes`);
  assert.ok(others >= 10, `${others} turns`);
});

test('a session that is used while others are pruned stays: pinned, taken from the archive, or one in which something happened (J7)', async (context) => {
  const clock = slowClock();
  const { connect, journal } = await runtimeInMemory(context, { clock });
  const [one, two] = [await connect(), await connect()];
  const agent = { id: 'fake', name: 'Fake', kind: 'acp' } as const;
  // The last ones by their ids are looked at first.
  for (const name of ['pinned', 'taken', 'told', 'x', 'y', 'z']) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: { type: 'session.started', agent, cwd } });
    log.append({ at: 2, event: { type: 'session.configured', archived: true } });
    for (let n = 0; n < 3000; n++)
      log.append({ at: 2, event: { type: 'notice', level: 'info', text: `${n}` } });
    log.append({ at: 3, event: { type: 'session.ended', reason: 'over' } });
    await log.committed();
  }
  const pruning = one.request('session/prune', { olderThanMs: 1000, archivedOnly: true });
  await turns(1);
  await two.request('session/configure', { sessionId: id('pinned'), pinned: true });
  await two.request('session/configure', { sessionId: id('taken'), archived: false });
  journal.log(id('told'))?.append({ at: clock.now(), event: { type: 'notice', level: 'info', text: 'now' } });
  const { sessions } = await pruning;
  assert.deepEqual(sessions.map(({ sessionId }) => sessionId).sort(), ['x', 'y', 'z']);
  for (const name of ['pinned', 'taken', 'told']) assert.ok(journal.head(id(name)) !== undefined, name);
});

/** Long sessions that have ended and that nobody holds in memory. */
async function endedSessions(journal: Journal, names: readonly string[]): Promise<void> {
  const agent = { id: 'fake', name: 'Fake', kind: 'acp' } as const;
  for (const name of names) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: { type: 'session.started', agent, cwd } });
    for (let n = 0; n < 999; n++)
      log.append({ at: 2, event: { type: 'notice', level: 'info', text: `${name} ${n}` } });
    log.append({ at: 3, event: { type: 'session.ended', reason: 'over' } });
    await log.committed();
    journal.release(id(name));
  }
}

test('a session that is too damaged to be opened can be deleted, and a prune that reaches it goes on (J4, J7)', async (context) => {
  const { connect, journal, file } = await runtimeInMemory(context);
  const client = await connect();
  await endedSessions(journal, ['one', 'two', 'whole']);
  // Their rows are to be folded again, which those that stand there are needed for.
  beside(context, file).exec(`UPDATE session SET items_seq = 0 WHERE id <> 'whole'`);
  for (const name of ['one', 'two'])
    damage(context, file, `"kind":"notice","level":"info","text":"${name} 500"`);
  for (const name of ['one', 'two']) assert.throws(() => journal.log(id(name)), /malformed/u);
  assert.deepEqual(await client.request('session/delete', { sessionId: id('one') }), { sessionId: 'one' });
  const { sessions } = await client.request('session/prune', { olderThanMs: 1000, dryRun: false });
  assert.deepEqual(sessions.map(({ sessionId }) => sessionId).sort(), ['two', 'whole']);
  assert.deepEqual([journal.count(), journal.state], [0, { storage: 'ok' }]);
});

test('a session that cannot even be hidden keeps none of the others from being pruned (J7)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context);
  const client = await connect();
  await endedSessions(journal, ['one', 'stays', 'two']);
  const whole = journal.delete.bind(journal);
  journal.delete = (sessionId, asked) => {
    if (sessionId === 'stays') throw Object.assign(new Error('malformed'), { errcode: 11 });
    return whole(sessionId, asked);
  };
  const { sessions, deleted } = await client.request('session/prune', { olderThanMs: 1000, dryRun: false });
  assert.deepEqual([deleted, sessions.map(({ sessionId }) => sessionId).sort()], [2, ['one', 'two']]);
  assert.equal(journal.count(), 1);
});
