import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { EverySession } from '../../src/extension/everySession.ts';
import type { HostView } from '../../src/extension/hostView.ts';
import type { RemoteHost } from '../../src/extension/remoteHost.ts';
import { RemoteHosts } from '../../src/extension/remoteHosts.ts';
import { lastKnownIn } from '../../src/extension/lastKnown.ts';
import { RuntimeSessions } from '../../src/extension/sessionList.ts';
import type { Clock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/emitter.ts';
import type { Connection, Remote, Session } from '../../src/client/index.ts';
import type { ConnectionView } from '../../src/protocol/page.ts';
import { fakeMemory } from '../support/fakeMemory.ts';
import { ManualClock } from '../support/manualClock.ts';
import { testHome, type TestHome } from '../support/testHome.ts';

const token = 'a token of sixteen bytes or more';

/** The remote hosts of a window, as the extension has them. */
function windowOf(t: TestContext, home: TestHome, local?: Connection, clock?: Clock) {
  const memory = fakeMemory();
  const secrets = new Map<string, string>();
  const views = new Emitter<ConnectionView>();
  const own = new RuntimeSessions({
    connection: {
      request: (method, params) => local?.request(method, params) ?? Promise.reject(new Error('not here')),
      onSummaries: local?.onSummaries ?? (() => ({ dispose: () => undefined })),
      onView: views.listen,
    },
    lastKnown: lastKnownIn(memory, 'own'),
    log: () => undefined,
  });
  const hosts = new RemoteHosts({
    home: home.home,
    memory,
    secrets: {
      get: (key) => Promise.resolve(secrets.get(key)),
      store: (key, value) => Promise.resolve(void secrets.set(key, value)),
      delete: (key) => Promise.resolve(void secrets.delete(key)),
    },
    ...(clock !== undefined && { clock }),
    clientName: 'a window',
    log: () => undefined,
    isOwn: (sessionId) => own.get(sessionId) !== undefined,
  });
  const every = new EverySession({ own, hosts });
  t.after(() => [every, hosts, own].forEach((each) => each.dispose()));
  const connectLocal = (): void => views.fire({ state: 'connected' });
  const follow = (remotes: Record<string, Remote>): Promise<void> => hosts.follow(remotes);
  return { hosts, every, memory, secrets, follow, connectLocal };
}

/** Resolves once something of the hosts is as `look` wants it. */
function until(hosts: { readonly onChange: RemoteHosts['onChange'] }, look: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = hosts.onChange(() => check());
    const check = (): void => {
      if (!look()) return;
      listener.dispose();
      resolve();
    };
    check();
  });
}

function the(hosts: RemoteHosts, name: string): RemoteHost {
  const host = hosts.get(name);
  assert.ok(host, name);
  return host;
}

const reaches = (host: RemoteHost, state: HostView['state']): Promise<void> =>
  until(host, () => host.view.state === state);

/** Resolves when two more attempts to reach a host have failed. */
async function twoAttempts(host: RemoteHost): Promise<void> {
  for (const isWaiting of [false, true, false, true])
    await until(host, () => (host.view.nextAttemptAt !== undefined) === isWaiting);
}

async function answerTo(session: Session, text: string): Promise<string> {
  const ended = await (await session.prompt(text)).ended;
  return ended.outcome;
}

test('a remote host is dialled when somebody wants it and not before; sessions there have its ids and stand beside those of this machine (O7)', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const local = await near.connect({ summaries: true });
  const mine = await local.openSession({ cwd: near.work, title: 'Here' });
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  const { hosts, every, follow, connectLocal } = windowOf(t, near, local);
  await follow({ box: { url, token }, gone: { url: 'ws://127.0.0.1:1', token } });
  connectLocal();
  await until(every, () => every.get(mine.id) !== undefined);
  const box = the(hosts, 'box');
  assert.deepEqual([box.view.state, the(hosts, 'gone').view.state], ['idle', 'idle']);
  await box.connected();
  assert.equal(the(hosts, 'gone').view.state, 'idle');

  const seen: number[] = [];
  const session = await box.openSession({
    cwd: far.work,
    title: 'There',
    onEvent: ({ seq }) => seen.push(seq),
  });
  assert.equal(await answerTo(session, 'pwd'), 'completed');
  assert.equal(seen[0], 1);
  await until(every, () => every.sorted().length === 2);
  assert.deepEqual(
    new Map(every.sorted().map(({ sessionId, title }) => [title, every.hostOf(sessionId)])),
    new Map([
      ['Here', undefined],
      ['There', 'box'],
    ]),
  );
  assert.equal(hosts.hostOf(session.id), box);
  assert.equal(hosts.hostOf(mine.id), undefined);
});

test('a remote host that is gone says so and keeps nothing from sessions of this machine; once it is back its sessions go on', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const local = await near.connect();
  const listening = await far.connect();
  const { url } = await listening.request('runtime/listen', { token });
  const { hosts, follow } = windowOf(t, near, local);
  await follow({ box: { url, token } });
  const box = the(hosts, 'box');
  const looks: string[] = [];
  hosts.onLook(() => looks.push(box.view.state));
  await box.connected();
  const seen: number[] = [];
  const session = await box.openSession({ cwd: far.work, onEvent: ({ seq }) => seen.push(seq) });
  assert.equal(await answerTo(session, 'true'), 'completed');

  await far.kill();
  await reaches(box, 'unreachable');
  assert.match(box.view.detail ?? '', /box cannot be reached/u);
  // What ended the connection may be told in other words than what keeps the next one from being made.
  await twoAttempts(box);
  const look = looks.length;
  await twoAttempts(box);
  assert.equal(looks.length, look, 'a row is not drawn anew for each attempt');
  const mine = await local.openSession({ cwd: near.work });
  assert.equal(await answerTo(mine, 'true'), 'completed');

  const { port } = new URL(url);
  await (await far.connect()).request('runtime/listen', { token, port: Number(port) });
  box.retry();
  await reaches(box, 'connected');
  assert.equal(await answerTo(session, 'true'), 'completed');
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  );
});

test('a token that is refused is not tried again by itself; one that a person gives is kept as a secret and wins over the setting (S1)', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  const { hosts, follow, secrets } = windowOf(t, near);
  await follow({ box: { url }, old: { url, token: 'a token of other days' } });
  const [box, old] = [the(hosts, 'box'), the(hosts, 'old')];
  for (const host of [box, old]) {
    await assert.rejects(host.connected());
    assert.equal(host.view.state, 'refused');
    host.want();
    assert.equal(host.view.state, 'refused', 'a look alone does not try again');
    await hosts.tokens.keep(host.name, token);
    host.retry();
    await reaches(host, 'connected');
  }
  assert.equal(secrets.size, 2);
  await hosts.forget('box');
  assert.equal(secrets.size, 1);
});

test('what changes in the settings takes effect at once: a host that is the same keeps its connection, another one is left', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  const { hosts, follow } = windowOf(t, near);
  await follow({ box: { url, token } });
  const box = the(hosts, 'box');
  await box.connected();
  const session = await box.openSession({ cwd: far.work });
  await follow({ box: { url, token }, other: { url, token } });
  assert.equal(the(hosts, 'box'), box);
  assert.equal(box.view.state, 'connected');
  await follow({ other: { url, token } });
  assert.equal(hosts.hostOf(session.id), undefined);
  assert.equal(session.isOpen, false);
});

test('a window that is loaded again knows where its sessions are before any host has answered', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  const { hosts, follow, memory } = windowOf(t, near);
  await follow({ box: { url, token } });
  const box = the(hosts, 'box');
  await box.connected();
  const session = await box.openSession({ cwd: far.work });
  const again = new RemoteHosts({
    ...{ home: near.home, memory, clientName: 'the window again', log: () => undefined },
    secrets: { get: () => Promise.resolve(undefined), store: async () => {}, delete: async () => {} },
    isOwn: () => false,
  });
  t.after(() => again.dispose());
  await again.follow({ box: { url, token } });
  assert.equal(again.hostOf(session.id)?.name, 'box');
  assert.equal(again.get('box')?.view.state, 'idle');
});

test('a token that is another one when the host is back is read anew: its sessions go on without a person (S1)', async (t) => {
  const [near, far] = [testHome(t), testHome(t)];
  const tokenFile = path.join(near.work, 'token');
  writeFileSync(tokenFile, token);
  const { url } = await (await far.connect()).request('runtime/listen', { token });
  const { hosts, follow } = windowOf(t, near);
  await follow({ box: { url, tokenFile } });
  const box = the(hosts, 'box');
  await box.connected();
  const session = await box.openSession({ cwd: far.work });
  await far.kill();
  await reaches(box, 'unreachable');
  const another = `another ${token}`;
  writeFileSync(tokenFile, another);
  const port = Number(new URL(url).port);
  await (await far.connect()).request('runtime/listen', { token: another, port });
  box.retry();
  await reaches(box, 'connected');
  assert.equal(await answerTo(session, 'true'), 'completed');
});

test('a remotes.json that cannot be read takes no host away, and says what is wrong until it is whole again (O7)', async (t) => {
  const near = testHome(t);
  const clock = new ManualClock();
  const { hosts, follow } = windowOf(t, near, undefined, clock);
  mkdirSync(near.home, { recursive: true });
  const file = path.join(near.home, 'remotes.json');
  const write = (remotes: Record<string, unknown>): void => writeFileSync(file, JSON.stringify({ remotes }));
  const known = (): string[] => hosts.all.map(({ name }) => name);
  const entry = { url: 'ws://127.0.0.1:1', token };
  write({ reef: entry });
  await follow({ box: entry });
  const reef = the(hosts, 'reef');
  writeFileSync(file, '{"remotes": {"re');
  await follow({ box: entry });
  assert.equal(the(hosts, 'reef'), reef);
  assert.deepEqual([hosts.isFromFile('reef'), hosts.isFromFile('box')], [true, false]);
  clock.advance(1_000);
  writeFileSync(file, '{"remotes": {"reef": ');
  await follow({ box: entry });
  clock.advance(1_000);
  await hosts.followed;
  assert.deepEqual(hosts.problems, [], 'somebody may be writing it');
  clock.advance(1_000);
  await hosts.followed;
  assert.match(hosts.problems.map(({ problem }) => problem).join(), /remotes\.json is not JSON/u);
  assert.equal(the(hosts, 'reef'), reef);
  write({ spit: entry, shoal: { url: '' } });
  await follow({ box: entry });
  assert.deepEqual(known(), ['spit', 'box']);
  assert.deepEqual(
    hosts.problems.map(({ name }) => name),
    ['shoal'],
  );
  assert.equal(clock.waiting, 0);
});
