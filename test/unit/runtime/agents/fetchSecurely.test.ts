import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fetchSecurely, isSecure } from '../../../../src/runtime/agents/fetchSecurely.ts';

/** A server on this machine that leads on, or answers what it was asked for. */
async function leading(t: TestContext, to: (path: string) => string | undefined): Promise<URL> {
  const server = createServer(({ url = '' }, answer) => {
    const location = to(url);
    if (location === undefined) answer.end(`content of ${url}`);
    else answer.writeHead(302, { location }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a`);
}

const { signal } = new AbortController();

test('a download that is led on to an insecure address is refused with its name, and nothing is asked of it (A8, S1)', async (t) => {
  const url = await leading(t, () => 'http://mirror.invalid/a');
  await assert.rejects(
    fetchSecurely(url, signal),
    /leads on to “http:\/\/mirror\.invalid\/a”, which is no secure/u,
  );
});

test('a download is led on to secure addresses, not for ever (A8)', async (t) => {
  const url = await leading(t, (path) => (path === '/a' ? '/b' : undefined));
  assert.equal(await (await fetchSecurely(url, signal)).text(), 'content of /b');
  const circle = await leading(t, (path) => path);
  await assert.rejects(fetchSecurely(circle, signal), /more than 10 times/u);
});

test('what cannot be changed on its way is secure, and this machine’s own servers are (S1)', () => {
  const secure = ['https://example.com/', 'http://localhost:1/', 'http://[::1]/', 'http://127.0.0.1/'];
  const insecure = ['http://example.com/', 'ftp://localhost/', 'http://127.0.0.1.example.com/'];
  assert.deepEqual(
    [...secure, ...insecure].filter((address) => isSecure(new URL(address))),
    secure,
  );
});
