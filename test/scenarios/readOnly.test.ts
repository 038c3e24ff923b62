import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestSchemas, type Method } from '../../src/protocol/methods.ts';
import { READ_ONLY_METHODS } from '../../src/protocol/readOnly.ts';
import { hello, RawSocket } from '../support/rawSocket.ts';
import { testHome } from '../support/testHome.ts';

test('a client that only looks sees lists and transcripts, and is refused whatever it asks for besides (law 10, U7)', async (t) => {
  const { connect, entry, work, own } = testHome(t);
  const client = await connect();
  const session = await client.openSession({ cwd: work, agent: 'shell', onEvent: () => undefined });
  await (
    await session.prompt('echo ebb')
  ).ended;
  const before = session.head.seq;
  const raw = await RawSocket.open(entry());
  own({ dispose: () => raw.close() });
  await raw.request(1, 'initialize', hello(undefined, { readOnly: true }));
  let id = 1;
  const ask = async (method: Method, params: object = {}) =>
    (await raw.request(++id, method, params)) as { result?: unknown; error?: { data: { kind: string } } };
  for (const method of Object.keys(requestSchemas) as Method[]) {
    if (READ_ONLY_METHODS.has(method)) continue;
    const { error } = await ask(method, { sessionId: session.id, commandId: `c-${id}`, prompt: 'echo no' });
    assert.equal(error?.data.kind, 'permissionDenied', method);
  }
  const attached = await ask('session/attach', { sessions: [{ sessionId: session.id, tail: 10 }] });
  assert.ok(attached.result !== undefined);
  const history = await ask('session/history', { sessionId: session.id });
  assert.match(JSON.stringify(history.result), /ebb/u);
  assert.equal((await client.get(session.id)).head.seq, before, 'nothing came of what was refused');
});

test('what only looks changes nothing: none of its methods carries a command (law 4, law 10)', () => {
  for (const method of READ_ONLY_METHODS)
    assert.equal('commandId' in requestSchemas[method].params.shape, false, method);
});
