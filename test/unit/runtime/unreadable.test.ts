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

test('a session whose head cannot be read keeps no other from the lists of windows, and is told of once (S4, U1)', async (context) => {
  const { connect, journal } = await runtimeInMemory(context);
  const client = await connect();
  for (const name of ['a', 'b', 'bad']) await client.request('session/create', { sessionId: id(name), cwd });
  await turns();
  const { head } = journal;
  let isBad = true;
  context.mock.method(journal, 'head', (sessionId: SessionId) => {
    if (isBad && sessionId === 'bad') throw new Error('database disk image is malformed');
    return head.call(journal, sessionId);
  });
  const told: string[] = [];
  const clock = new ManualClock();
  const summaries = new Summaries(journal, clock, {
    tell: (some) => told.push(some.map((one) => one.sessionId).join(' ')),
    onUnreadable: (sessionId) => told.push(`${sessionId} cannot be read`),
  });
  const changed = (...names: readonly string[]): void => {
    const [envelope] = client.events;
    assert.ok(envelope);
    summaries.committed(names.map((name) => ({ ...envelope, sessionId: id(name) })));
  };
  changed('a', 'bad', 'b');
  assert.deepEqual(told.splice(0), ['a b', 'bad cannot be read']);
  changed('a', 'bad', 'b');
  clock.advance(100);
  assert.deepEqual(told.splice(0), ['a b']);
  isBad = false;
  changed('bad');
  clock.advance(100);
  assert.deepEqual(told, ['bad']);
  summaries.dispose();
});
