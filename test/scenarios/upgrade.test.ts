import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createDialer, createJsonRpcChannel } from '../../src/client/index.ts';
import { PROTOCOL } from '../../src/protocol/version.ts';
import { otherBuild as build } from '../support/otherBuild.ts';
import { Recorder } from '../support/recorder.ts';
import { endProcess, gone, isAlive, runtimeBundle, testHome } from '../support/testHome.ts';

test('an older runtime that is idle makes room for the newer build, and what was open goes on (ARCHITECTURE.md)', async (t) => {
  const home = testHome(t);
  const old = await home.connect({ bundle: build(home, 'older') });
  const recorder = new Recorder();
  const session = await old.openSession({ cwd: home.work, onEvent: recorder.onEvent });
  await (
    await session.prompt('echo before')
  ).ended;
  const { pid } = home.entry();

  const fresh = await home.connect({ bundle: build(home, 'newer') });
  assert.equal(fresh.hello.buildId, 'newer');
  await gone(pid);
  await (
    await session.prompt('echo after')
  ).ended;
  assert.equal(old.hello.buildId, 'newer', 'the older window uses the newer runtime');
  assert.equal(recorder.output, 'before\nafter\n');
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
  );
  assert.deepEqual(readdirSync(path.join(home.home, 'runtime', 'builds')).toSorted(), ['newer', 'older']);
});

test('a runtime with a running turn is never killed for an upgrade: the newer client uses it (ARCHITECTURE.md)', async (t) => {
  const home = testHome(t);
  const old = await home.connect({ bundle: build(home, 'older') });
  const session = await old.openSession({ cwd: home.work });
  const turn = await session.prompt('until [ -e go ]; do sleep 0.02; done; echo done');
  const { pid } = home.entry();
  const fresh = await home.connect({ bundle: build(home, 'newer') });
  assert.deepEqual([fresh.hello.buildId, fresh.hello.pid], ['older', pid]);
  writeFileSync(path.join(home.work, 'go'), '');
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(isAlive(pid), true);
  // The next one who comes finds it idle.
  assert.equal(
    (await home.connect({ bundle: path.join(home.home, '..', 'package-newer', 'runtime.mjs') })).hello
      .buildId,
    'newer',
  );
});

test('two builds do not retire each other in turn: the newest copy stays, whoever comes (ARCHITECTURE.md)', async (t) => {
  const home = testHome(t);
  const [older, newer] = [build(home, 'older'), build(home, 'newer')];
  (await home.connect({ bundle: older })).dispose();
  const { hello } = await home.connect({ bundle: newer });
  assert.equal(hello.buildId, 'newer');
  for (const bundle of [older, newer, older, newer]) {
    const connection = await home.connect({ bundle });
    assert.equal(connection.hello.runtimeId, hello.runtimeId, 'the same runtime serves both');
    connection.dispose();
  }
  // Also one that the older program starts is of the newest build.
  await endProcess(hello.pid, 'SIGTERM');
  assert.equal((await home.connect({ bundle: older })).hello.buildId, 'newer');
});

test('a runtime of another protocol is a visible state with words, and a way out (U8)', async (t) => {
  const home = testHome(t);
  await assert.rejects(home.connect({ bundle: build(home, 'foreign', { min: 90, max: 99 }) }), {
    kind: 'incompatible',
  });
  const { pid } = home.entry();
  const log = (): void => undefined;
  const dialer = createDialer({ home: home.home, bundle: runtimeBundle, log });
  const client = { id: 'library-test', kind: 'library' as const, name: 'test' };
  const channel = createJsonRpcChannel({ dialer, hello: { protocol: PROTOCOL, client }, log });
  home.own(channel);
  const state = (wanted: string): Promise<void> =>
    new Promise((resolve) => channel.onState((next) => next === wanted && resolve()));
  await state('incompatible');
  assert.match(channel.problem?.message ?? '', /90 to 99.*holdfast runtime stop/u);
  await assert.rejects(channel.request('session/list', {}), { kind: 'incompatible' });
  assert.equal(isAlive(pid), true, 'it is not killed: it may have work');
  await endProcess(pid, 'SIGTERM');
  const connected = state('connected');
  channel.retryNow();
  await connected;
  assert.notEqual(channel.hello?.pid, pid);
});
