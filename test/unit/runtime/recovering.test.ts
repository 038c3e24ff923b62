import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Deferred } from '../../../src/base/deferred.ts';
import { id, started } from './journal/temporary.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

test('while recovery runs reads are answered, and opens and prompts wait for it (P5)', async (t) => {
  const swept = new Deferred<void>();
  const { connect, journal } = await runtimeInMemory(t, { sweep: () => swept.promise });
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started({ cwd: tmpdir() }) });
  await log.committed();
  const client = await connect();
  const order: string[] = [];
  const created = client
    .request('session/create', { sessionId: id('b'), cwd: tmpdir() })
    .then(() => order.push('created'));
  const prompted = client
    .request('session/prompt', { sessionId: id('a'), content: [{ type: 'text', text: 'go' }] })
    .then(() => order.push('prompted'));

  const { sessions } = await client.request('session/list', {});
  assert.deepEqual(
    sessions.map(({ sessionId }) => sessionId),
    ['a'],
  );
  await client.request('session/get', { sessionId: id('a') });
  assert.equal((await client.request('session/history', { sessionId: id('a') })).items.length, 0);
  await turns();
  assert.deepEqual(order, []);

  swept.resolve();
  await Promise.all([created, prompted]);
  const states = client.told.filter(({ method }) => method === 'runtime/state');
  assert.deepEqual([...new Set(states.map(({ params }) => params['state']))], ['recovering', 'ready']);
});
