import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, RawSocket } from '../support/rawSocket.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { Wire, wiredClient } from '../support/wire.ts';

const agents = { counting: fakeAgent('counting') };

test('a client with a small window hears of its quiet session at once while another of its sessions floods (law 7, J2)', async (t) => {
  const home = testHome(t);
  const wire = await Wire.open(home);
  const { registry } = wiredClient(home, wire, { creditBytes: 4096, agents });
  const [flood, quiet] = [new Recorder(), new Recorder()];
  const flooding = await registry.open({ cwd: home.work, agent: 'counting', onEvent: flood.onEvent });
  const still = await registry.open({ cwd: home.work, onEvent: quiet.onEvent });
  const running = await flooding.prompt('1000000');
  await flood.until('the flood', () => flood.envelopes.length > 100);
  for (let turn = 1; turn <= 5; turn++) {
    const { outcome } = await (await still.prompt(`echo ${turn}`)).ended;
    assert.equal(outcome, 'completed');
    assert.equal(flood.all('turn.ended').length, 0, 'it did not wait for the flood');
  }
  assert.equal(quiet.output, '1\n2\n3\n4\n5\n');
  assert.deepEqual(
    quiet.seqs,
    quiet.seqs.map((_, index) => index + 1),
  );
  await flooding.cancel(running.turnId);
});

test('clients that take nothing cost the runtime no memory, and hold up nobody (law 7, J2)', async (t) => {
  const home = testHome(t);
  const connection = await home.connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({
    cwd: home.work,
    agent: 'counting',
    onEvent: recorder.onEvent,
  });
  await (
    await session.prompt('2000')
  ).ended;
  const stuck = await Promise.all(Array.from({ length: 60 }, () => RawSocket.open(home.entry())));
  for (const raw of stuck) {
    await raw.request(1, 'initialize', hello());
    await raw.request(2, 'session/attach', { sessions: [{ sessionId: session.id }] });
  }
  const { rssBytes: before } = await connection.request('runtime/status', {});
  assert.equal((await (await session.prompt('20000')).ended).outcome, 'completed');
  const { rssBytes: after } = await connection.request('runtime/status', {});
  // Each of the sixty has some 4 MB unread, 240 MB together; what is not collected yet takes some tens.
  assert.ok(after - before < 120 * 1024 * 1024, `${Math.round((after - before) / 1024 / 1024)} MB more`);
  assert.deepEqual(
    recorder.seqs,
    recorder.seqs.map((_, index) => index + 1),
  );
  for (const raw of stuck) raw.close();
});
