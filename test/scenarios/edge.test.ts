import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hello, RawSocket } from '../support/rawSocket.ts';
import { testHome } from '../support/testHome.ts';

test('whoever does not bring the token, comes from a browser, or asks for another place is refused before the upgrade (S1)', async (t) => {
  const { connect, entry } = testHome(t);
  const connection = await connect();
  const refusals = [
    [{ authorization: undefined }, 401],
    [{ authorization: 'Bearer ' }, 401],
    [{ authorization: `Bearer ${'0'.repeat(64)}` }, 401],
    [{ origin: 'https://example.test' }, 403],
    [{ origin: 'null' }, 403],
    [{ host: 'evil.test' }, 403],
    [{ path: '/' }, 404],
  ] as const;
  for (const [options, status] of refusals) {
    await assert.rejects(
      RawSocket.open(entry(), options),
      new RegExp(`refused with ${status}`, 'u'),
      JSON.stringify(options),
    );
  }
  assert.equal(
    (await connection.request('runtime/status', {})).clients,
    1,
    'the one that was let in goes on',
  );
});

test('nothing is answered before initialize but that initialize is missing (S1)', async (t) => {
  const { connect, entry } = testHome(t);
  await connect();
  const raw = await RawSocket.open(entry());
  const { error } = (await raw.request(1, 'session/list')) as { error: { code: number; message: string } };
  assert.equal(error.code, -32002);
  assert.match(error.message, /initialize/u);
  raw.close();
});

test('garbage on the socket costs its own connection and nobody else (S1, S4)', async (t) => {
  const { connect, entry, work } = testHome(t);
  const connection = await connect();
  const deep = `{"jsonrpc":"2.0","id":1,"method":"x","params":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  for (const frame of [
    '',
    'hello',
    '[]',
    '{"jsonrpc":"1.0"}',
    '\u0000\uffff',
    deep,
    randomBytes(2000).toString('latin1'),
  ]) {
    const raw = await RawSocket.open(entry());
    raw.send(frame);
    const code = await raw.closed;
    assert.ok([1007, 1008].includes(code), `${code} for ${frame.slice(0, 20)}`);
  }
  const binary = await RawSocket.open(entry());
  binary.send(randomBytes(100));
  assert.equal(await binary.closed, 1003);
  const oversized = await RawSocket.open(entry());
  oversized.send('x'.repeat(64 * 1024 * 1024 + 1));
  assert.equal(await oversized.closed, 1009);
  const session = await connection.openSession({ cwd: work, onEvent: () => undefined });
  assert.equal((await (await session.prompt('true')).ended).outcome, 'completed');
});

test('an unknown method is answered −32601 and malformed params −32602 with the name of the field', async (t) => {
  const { connect, entry } = testHome(t);
  await connect();
  const raw = await RawSocket.open(entry());
  await raw.request(1, 'initialize', hello());
  const unknown = (await raw.request(2, 'session/dance', {})) as { error: { code: number; message: string } };
  assert.deepEqual([unknown.error.code, unknown.error.message.includes('session/dance')], [-32601, true]);
  const malformed = (await raw.request(3, 'session/create', { commandId: 'c', cwd: 5 })) as {
    error: { code: number; message: string };
  };
  assert.equal(malformed.error.code, -32602);
  assert.match(malformed.error.message, /cwd/u);
  const extra = (await raw.request(4, 'session/list', { unheardOf: true })) as { result?: unknown };
  assert.ok(extra.result, 'unknown fields are ignored');
  const absent = (await raw.request(5, 'runtime/status')) as { result?: { pid: number } };
  assert.equal(absent.result?.pid, entry().pid, 'params that are all optional may be absent');
  raw.close();
});

test('a client of another protocol is told so in a successful initialize, and refused with words after it', async (t) => {
  const { connect, entry } = testHome(t);
  await connect();
  const raw = await RawSocket.open(entry());
  const { result } = (await raw.request(1, 'initialize', hello({ min: 90, max: 99 }))) as {
    result: { holdfast: { protocol: number | null; incompatible: string } };
  };
  assert.equal(result.holdfast.protocol, null);
  assert.match(result.holdfast.incompatible, /90 to 99/u);
  const refused = (await raw.request(2, 'session/list')) as { error: { data: { kind: string } } };
  assert.equal(refused.error.data.kind, 'incompatible');
  raw.close();
});

test(
  'socket, token and data directory are private to the user, and the token is in no log (S1)',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { connect, entry, home, work } = testHome(t);
    const connection = await connect();
    await connection.openSession({ cwd: work, onEvent: () => undefined });
    await assert.rejects(RawSocket.open(entry(), { authorization: 'Bearer wrong' }));
    const { token, socket } = entry();
    assert.equal(statSync(path.join(home, 'runtime', 'runtime.json')).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(socket)).mode & 0o077, 0);
    for (const name of ['runtime.log', 'launch.log']) {
      const file = path.join(home, 'logs', name);
      if (existsSync(file)) assert.equal(readFileSync(file, 'utf8').includes(token), false, name);
    }
  },
);
