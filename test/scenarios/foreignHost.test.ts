import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Deferred } from '../../src/base/deferred.ts';
import { connect, isHoldfastError, type Connection } from '../../src/client/index.ts';
import { foreignHost, type ForeignHost, type Play } from '../support/foreignHost.ts';
import { created, notice, started } from '../unit/client/fakeChannel.ts';

const mayI = {
  kind: 'permission',
  title: 'May I?',
  options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
};
const yes = { kind: 'option', optionId: 'yes' } as const;

async function setup(
  t: TestContext,
  play: Play,
): Promise<{ readonly host: ForeignHost; readonly connection: Connection }> {
  const host = await foreignHost(play);
  const connection = await connect({ remote: { url: host.url, token: 'secret' }, log: () => undefined });
  t.after(() => {
    connection.dispose();
    host.close();
  });
  return { host, connection };
}

test('a foreign host that sends events and asks before it answers: all reach the handlers in order, and its question is answered (O7)', async (t) => {
  const answers: unknown[] = [];
  const { connection } = await setup(t, ({ method, id }, client) => {
    if (method !== 'session/create') return undefined;
    client.events([started('H')]);
    const asked = client.ask({ sessionId: 'H', interaction: mayI });
    client.events([notice('H', 2)]);
    client.say({ id, result: created('H') });
    void asked.then(({ result }) => {
      answers.push(result);
      client.events([notice('H', 3)]);
    });
    return undefined;
  });
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    connection
      .openSession({
        cwd: '/work',
        onEvent({ seq }) {
          seen.push(String(seq));
          if (seq === 3) resolve();
        },
        onPermission() {
          seen.push('asked');
          return yes;
        },
      })
      .catch(reject);
  });
  assert.deepEqual(seen, ['1', 'asked', '2', '3']);
  assert.deepEqual(answers, [yes]);
  assert.deepEqual(connection.diagnostics, { held: 3, dropped: 0, refused: 0 });
});

test('a foreign host’s question that nobody can be given is answered −32603 with the reason (O7)', async (t) => {
  let refused: Promise<unknown> = Promise.resolve();
  const { connection } = await setup(t, ({ method }, client) => {
    if (method !== 'session/create') return undefined;
    refused = client.ask({ sessionId: 'X', interaction: mayI });
    return created('H');
  });
  await connection.openSession({ cwd: '/work' });
  const { error } = (await refused) as { error: { code: number; message: string } };
  assert.equal(error.code, -32603);
  assert.match(error.message, /not opened here/u);
});

test('a foreign host whose answer is malformed but names an id is asked to destroy it, and the next open works (O7)', async (t) => {
  let broken = true;
  const destroyed = new Deferred<unknown>();
  const { connection } = await setup(t, ({ method, params }) => {
    if (method === 'session/delete') destroyed.resolve(params?.['sessionId']);
    if (method === 'session/delete') return { sessionId: params?.['sessionId'] };
    if (method !== 'session/create') return undefined;
    return broken ? { sessionId: 'half', cursor: 'what?' } : created('H');
  });
  await assert.rejects(connection.openSession({ cwd: '/work' }), (error) =>
    isHoldfastError(error, 'badAnswer'),
  );
  assert.equal(await destroyed.promise, 'half');
  broken = false;
  assert.equal((await connection.openSession({ cwd: '/work' })).id, 'H');
});

test('a foreign host that never answers is given up by a signal, and another session opens all the same (O7)', async (t) => {
  let mute = true;
  const { host, connection } = await setup(t, ({ method }) =>
    method === 'session/create' && !mute ? created('H') : undefined,
  );
  const controller = new AbortController();
  const given = connection.openSession({ cwd: '/work', signal: controller.signal });
  controller.abort();
  await assert.rejects(given, (error) => isHoldfastError(error, 'aborted'));
  mute = false;
  assert.equal((await connection.openSession({ cwd: '/work' })).id, 'H');
  assert.equal(host.requests[0]?.params?.['sessionId'], undefined);
});

test('an id of the caller’s own is refused before the host hears of it (O7)', async (t) => {
  const { host, connection } = await setup(t, () => undefined);
  await assert.rejects(connection.openSession({ cwd: '/work', sessionId: 'mine' }), (error) =>
    isHoldfastError(error, 'hostAssignsIds'),
  );
  assert.deepEqual(host.requests, []);
});
