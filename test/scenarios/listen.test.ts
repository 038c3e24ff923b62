import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { connect, isHoldfastError, type Connection, type Remote } from '../../src/client/index.ts';
import { testHome, type TestHome } from '../support/testHome.ts';

const token = 'a token of sixteen bytes or more';

/** A remote as a test reaches it; closed with the test. */
async function reach(home: TestHome, remote: Remote): Promise<Connection> {
  const connection = await connect({ home: home.home, remote, log: () => undefined });
  home.own(connection);
  return connection;
}

/** What the runtime answers to a request for an upgrade with these headers. */
function answered(url: string, headers: Record<string, string>, requestPath = '/holdfast'): Promise<number> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const upgrade = {
      ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const asked = http.request({
      host: '127.0.0.1',
      port,
      path: requestPath,
      headers: { ...upgrade, ...headers },
    });
    asked.on('response', ({ statusCode = 0 }) => resolve(statusCode));
    asked.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('a session on a runtime that listens: the host assigns its id, every event comes from session.started on, and it is the machine’s own session too (O7)', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  assert.equal(local.hello.sessionIds, 'client');
  const { url } = await local.request('runtime/listen', { token });
  const remote = await reach(home, { url, token });
  assert.equal(remote.hello.sessionIds, 'host');
  assert.equal(remote.remote, url);
  const seen: number[] = [];
  const session = await remote.openSession({ cwd: home.work, onEvent: ({ seq }) => seen.push(seq) });
  assert.equal((await (await session.prompt('echo far away')).ended).outcome, 'completed');
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  );
  assert.equal((await local.get(session.id)).head.turnCount, 1);
  await assert.rejects(remote.openSession({ cwd: home.work, sessionId: 'mine' }), (error) =>
    isHoldfastError(error, 'hostAssignsIds'),
  );
  const forked = await remote.openSession({ fork: session.id });
  assert.notEqual(forked.id, session.id);
  assert.deepEqual(remote.diagnostics, { held: 0, dropped: 0, refused: 0 }, 'our own host echoes the openId');
});

test('a port refuses no token, a wrong one, any Origin, another Host and another path, before the upgrade (S1)', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  const { url } = await local.request('runtime/listen', { token, names: ['box.example'] });
  const Authorization = `Bearer ${token}`;
  for (const [expected, headers, requestPath] of [
    [101, { Authorization }],
    [101, { Authorization, Host: 'box.example:80' }],
    [401, {}],
    [401, { Authorization: `${Authorization}x` }],
    [403, { Authorization, Origin: 'https://example.com' }],
    [403, { Authorization, Origin: 'null' }],
    [403, { Authorization, Host: 'rebound.example' }],
    [404, { Authorization }, '/other'],
  ] as const) {
    assert.equal(await answered(url, headers, requestPath), expected, JSON.stringify(headers));
  }
  for (const wrong of ['another token of that length', home.entry().token]) {
    await assert.rejects(reach(home, { url, token: wrong }), (error) =>
      isHoldfastError(error, 'accessRefused'),
    );
  }
});

test('a port is open as long as who asked for it is connected, and nobody opens another one over it', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  const owner = await home.connect();
  const { url } = await owner.request('runtime/listen', { token });
  const remote = await reach(home, { url, token });
  await assert.rejects(remote.request('runtime/listen', { token }), (error) =>
    isHoldfastError(error, 'accessRefused'),
  );
  const { port } = new URL(url);
  await assert.rejects(local.request('runtime/listen', { token, port: Number(port) }), (error) =>
    isHoldfastError(error, 'listenFailed'),
  );
  const lost = new Promise<void>((resolve) =>
    remote.onState((state) => state === 'reconnecting' && resolve()),
  );
  owner.dispose();
  await lost;
  await assert.rejects(reach(home, { url, token }), (error) => isHoldfastError(error, 'runtimeUnreachable'));
  await local.list();
});

test('a remote session goes on over a lost connection, and nothing of it is missed (J1)', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  const { url } = await local.request('runtime/listen', { token });
  const pairs = new Set<net.Socket>();
  const relay = net.createServer((client) => {
    const far = net.connect(Number(new URL(url).port), '127.0.0.1');
    for (const side of [client, far]) pairs.add(side.on('error', () => undefined));
    client.pipe(far).pipe(client);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  home.own({ dispose: () => relay.close() });
  const { port } = relay.address() as net.AddressInfo;
  const remote = await reach(home, { url: `ws://127.0.0.1:${port}`, token });
  const seen: number[] = [];
  const session = await remote.openSession({ cwd: home.work, onEvent: ({ seq }) => seen.push(seq) });
  const turn = await session.prompt('for i in 1 2 3 4 5; do echo $i; sleep 0.1; done');
  for (const side of pairs) side.destroy();
  assert.equal((await turn.ended).outcome, 'completed');
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  );
});

test('TLS: a host is known by its certificate; without it the connection is refused and the words say what helps', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  const file = (name: string): string => path.join(import.meta.dirname, '../support/tls', name);
  const tls = { cert: file('cert.pem'), key: file('key.pem') };
  const { url } = await local.request('runtime/listen', { token, tls });
  assert.match(url, /^wss:/u);
  assert.equal((await reach(home, { url, token, ca: tls.cert })).hello.sessionIds, 'host');
  await assert.rejects(
    reach(home, { url, token }),
    (error) => isHoldfastError(error, 'runtimeUnreachable') && /"ca"/u.test(error.message),
  );
  const broken = { cert: file('none.pem'), key: tls.key };
  await assert.rejects(local.request('runtime/listen', { token, tls: broken }), (error) =>
    isHoldfastError(error, 'listenFailed'),
  );
});

test('a forwarded socket of the runtime’s own is reached by its path, and a remote by its name with the token in a file', async (t) => {
  const home = testHome(t);
  const local = await home.connect();
  const entry = home.entry();
  const forwarded = await reach(home, { url: entry.socket, token: entry.token });
  assert.equal(forwarded.hello.pid, local.hello.pid);
  const { url } = await local.request('runtime/listen', { token });
  writeFileSync(path.join(home.home, 'token'), `${token}\n`);
  const remotes = { box: { url, tokenFile: 'token' }, broken: { address: 'nowhere' } };
  writeFileSync(path.join(home.home, 'remotes.json'), JSON.stringify({ remotes }));
  const named = await connect({ home: home.home, remote: 'box', log: () => undefined });
  home.own(named);
  assert.equal(named.remote, 'box');
  await assert.rejects(
    connect({ home: home.home, remote: 'broken', log: () => undefined }),
    (error) => isHoldfastError(error, 'invalidParams') && /broken.*url/u.test(error.message),
  );
  await assert.rejects(
    connect({ home: home.home, remote: 'bax', log: () => undefined }),
    (error) => isHoldfastError(error, 'invalidParams') && /box/u.test(error.message),
  );
});
