import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { isHoldfastError, type OpenConfig } from '../../src/client/api.ts';
import { testHome } from '../support/testHome.ts';

/** Rejects with one of our errors of a kind, in words that name what they are about. */
async function fails(promise: Promise<unknown>, kind: string, words: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(isHoldfastError(error), `${kind}: ${String(error)}`);
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, words);
    return true;
  });
}

test('whatever is asked wrongly is answered with a typed error that names it, and the connection goes on (O1, O3)', async (t) => {
  const { connect, work } = testHome(t);
  await fails(connect({ mayLaunch: false }), 'runtimeUnreachable', /no runtime is running/u);
  await fails(connect({ signal: AbortSignal.abort() }), 'aborted', /connecting/u);
  await fails(connect({ remote: 'nowhere' }), 'invalidParams', /nowhere/u);
  const connection = await connect();
  const open = (config: object) => connection.openSession(config as OpenConfig);
  await fails(open({}), 'invalidParams', /cwd/u);
  await fails(open({ cwd: 7 }), 'invalidParams', /cwd/u);
  await fails(open({ cwd: path.join(work, 'none') }), 'cwdMissing', /none/u);
  await fails(open({ cwd: work, agent: 'nobody' }), 'agentUnknown', /nobody/u);
  await fails(open({ cwd: work, signal: AbortSignal.abort() }), 'aborted', /./u);
  await fails(open({ sessionId: 'none', attach: true }), 'sessionNotFound', /none/u);
  await fails(connection.get('none'), 'sessionNotFound', /none/u);
  await fails(connection.query('?', { cwd: work, schema: { type: 7 } }), 'invalidParams', /schema/iu);
  const session = await open({ cwd: work });
  await fails(
    open({ sessionId: session.id, attach: true, onEvent: () => undefined }),
    'sessionExists',
    /session\.events\(\)/u,
  );
  const unknown = 'none' as Parameters<typeof session.answer>[0];
  await fails(session.answer(unknown, { kind: 'reject' }), 'interactionNotFound', /none/u);
  assert.equal((await (await session.prompt('echo goes on')).ended).outcome, 'completed');
  session.leave();
  await fails(session.prompt('echo late'), 'notAttached', /was left/u);
  await connection[Symbol.asyncDispose]();
  await fails(connection.list(), 'connectionClosed', /closed/u);
});

test('an aborted signal cancels a turn wherever it stands, and the session goes on (T5)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const outcomes: string[] = [];
  const session = await connection.openSession({
    cwd: work,
    onEvent: ({ event }) => event.type === 'turn.ended' && outcomes.push(event.outcome),
  });
  const running = new AbortController();
  const turn = await session.prompt('sleep 600', { signal: running.signal });
  const waiting = new AbortController();
  const queued = await session.prompt('echo never', { signal: waiting.signal });
  waiting.abort();
  await fails(queued.ended, 'aborted', /prompt/u);
  running.abort();
  await fails(turn.ended, 'aborted', /prompt/u);
  assert.equal((await (await session.prompt('echo after')).ended).outcome, 'completed');
  assert.deepEqual(outcomes, ['cancelled', 'cancelled', 'completed'], 'each turn has its one end');
});

test('readers of session.events() each get everything from where they begin, and leaving one stops that one alone (law 7)', async (t) => {
  const { connect, work } = testHome(t);
  await using connection = await connect();
  await using session = await connection.openSession({ cwd: work });
  const live = session.events();
  await (
    await session.prompt('echo one')
  ).ended;
  const numbers: number[] = [];
  {
    await using events = session.events({ since: 0 });
    for await (const { seq, event } of events) {
      numbers.push(seq);
      if (event.type === 'turn.ended') break;
    }
  }
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  const left = session.events({ since: 0 });
  await left[Symbol.asyncDispose]();
  assert.deepEqual(await left.next(), { done: true, value: undefined });
  const first = await live.next();
  assert.ok(first.done !== true && first.value.seq > 1, 'the other reader goes on');
  await session.end();
  const rest: string[] = [];
  for await (const { event } of live) rest.push(event.type);
  assert.equal(rest.at(-1), 'session.ended', 'it ends with its session');
});
