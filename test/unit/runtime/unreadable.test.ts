import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { Summaries } from '../../../src/runtime/summaries.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

const id = (name: string): SessionId => name as SessionId;
const cwd = tmpdir();

test('a client that reconnects is attached to all its sessions but the one that cannot be read (J4, S4)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context);
  const client = await connect();
  for (const name of ['a', 'bad', 'b']) await client.request('session/create', { sessionId: id(name), cwd });
  const items = journal.items.bind(journal);
  context.mock.method(journal, 'items', (...given: Parameters<typeof items>) => {
    if (given[0] === 'bad') throw new Error('database disk image is malformed');
    return items(...given);
  });
  const again = await connect({ name: 'again' });
  const wanted = ['a', 'bad', 'b'].map((name) => ({ sessionId: id(name), tail: 10 }));
  const { sessions } = await again.request('session/attach', { sessions: wanted });
  assert.deepEqual(
    sessions.map((answer) => [answer.sessionId, 'error' in answer ? answer.error.kind : 'attached']),
    [
      ['a', 'attached'],
      ['bad', 'internalError'],
      ['b', 'attached'],
    ],
  );
});

test('a session whose head cannot be read keeps the lists of windows from telling of others only once (S4, U1)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  await turns();
  const { head } = journal;
  context.mock.method(journal, 'head', (sessionId: SessionId) => {
    if (sessionId === 'bad') throw new Error('database disk image is malformed');
    return head.call(journal, sessionId);
  });
  const told: SessionId[] = [];
  const clock = new ManualClock();
  const summaries = new Summaries(journal, clock, (some) => told.push(...some.map((one) => one.sessionId)));
  const changed = (name: string): void => {
    summaries.committed(client.events.slice(0, 1).map((envelope) => ({ ...envelope, sessionId: id(name) })));
  };
  assert.throws(() => changed('bad'), /malformed/u);
  changed('a');
  assert.deepEqual(told, ['a']);
  changed('bad');
  assert.throws(() => clock.advance(100), /malformed/u);
  changed('a');
  assert.deepEqual(told, ['a', 'a']);
  summaries.dispose();
});
