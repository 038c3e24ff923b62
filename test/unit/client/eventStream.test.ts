import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from '../../../src/client/registry.ts';
import type { Session } from '../../../src/client/session.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';
import { attached, created, envelope, FakeChannel, journal, notice, settle, started } from './fakeChannel.ts';

async function setup(): Promise<{ channel: FakeChannel; session: Session }> {
  const channel = new FakeChannel().connect();
  const registry = createRegistry(channel, { log: () => {} });
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  const session = await registry.open({ cwd: '/work', sessionId: 'S' });
  channel.events(started('S'));
  return { channel, session };
}

test('a stream gives the events from where it began, in order', async () => {
  const { channel, session } = await setup();
  const stream = session.events();
  channel.events(notice('S', 2), notice('S', 3));
  const seen: number[] = [];
  for await (const { seq } of stream) {
    seen.push(seq);
    if (seq === 3) channel.events(notice('S', 4));
    if (seq === 4) break;
  }
  assert.deepEqual(seen, [2, 3, 4]);
});

test('a frame’s credit is given back when handlers and every stream have taken its events', async () => {
  const { channel, session } = await setup();
  assert.equal(channel.credit, 100, 'without a stream at once');
  const slow = session.events();
  const quick = session.events();
  channel.events(notice('S', 2), notice('S', 3));
  await quick.next();
  await quick.next();
  await slow.next();
  assert.equal(channel.credit, 100, 'one event is still to be read');
  await slow.next();
  assert.equal(channel.credit, 200);
});

test('a stream that is no longer read gives back what it held', async () => {
  const { channel, session } = await setup();
  const stream = session.events();
  channel.events(notice('S', 2), notice('S', 3));
  await stream.return();
  assert.equal(channel.credit, 200);
  channel.events(notice('S', 4));
  assert.equal(channel.credit, 300);
});

test('a stream of the past asks for it again; others get nothing twice', async () => {
  const { channel, session } = await setup();
  channel.events(notice('S', 2), notice('S', 3));
  const live = session.events();
  const past = session.events({ since: 1 });
  assert.deepEqual(channel.last('session/attach').params['sessions'], [
    { sessionId: 'S', cursor: { journal, seq: 1 } },
  ]);
  channel.last('session/attach').respond({ sessions: [attached('S', 1)] });
  await settle();
  channel.events(notice('S', 2), notice('S', 3), notice('S', 4));
  const seqs: unknown[] = [];
  for (let count = 0; count < 3; count++) seqs.push((await past.next()).value?.seq);
  assert.deepEqual(seqs, [2, 3, 4]);
  assert.equal((await live.next()).value?.seq, 4);
  assert.equal(session.cursor.seq, 4);
});

test('a stream that is behind when the connection is lost gets what it needs from the next one', async () => {
  const { channel, session } = await setup();
  channel.events(notice('S', 2), notice('S', 3));
  const past = session.events({ since: 0 });
  channel.drop();
  channel.connect();
  assert.deepEqual(channel.last('session/attach').params['sessions'], [
    { sessionId: 'S', cursor: { journal, seq: 0 } },
  ]);
  channel.last('session/attach').respond({ sessions: [attached('S', 0)] });
  await settle();
  channel.events(started('S'), notice('S', 2), notice('S', 3));
  assert.equal((await past.next()).value?.seq, 1);
});

test('a stream ends when the session ends, after its last event', async () => {
  const { channel, session } = await setup();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { event } of session.events()) seen.push(event.type);
  })();
  await settle();
  channel.events(notice('S', 2), envelope('S', 3, { type: 'session.ended', reason: 'done' }));
  await reading;
  assert.deepEqual(seen, ['notice', 'session.ended']);
});

test('a stream of a session that ended long ago ends after its last event', async () => {
  const { channel, session } = await setup();
  channel.events(envelope('S', 2, { type: 'session.ended', reason: 'done' }));
  const past = session.events({ since: 0 });
  channel.last('session/attach').respond({ sessions: [attached('S', 0)] });
  await settle();
  channel.events(started('S'), envelope('S', 2, { type: 'session.ended', reason: 'done' }));
  const seen: number[] = [];
  for await (const { seq } of past) seen.push(seq);
  assert.deepEqual(seen, [1, 2]);
});

test('a stream ends when the session is left, and throws when it is reset', async () => {
  const { channel, session } = await setup();
  const left = session.events();
  const reset = session.events();
  channel.drop();
  channel.connect();
  channel.last('session/attach').respond({ sessions: [attached('S', 1, { reset: true, items: [] })] });
  await settle();
  await assert.rejects(reset.next(), (error) => isHoldfastError(error, 'interrupted'));
  await assert.rejects(left.next(), (error) => isHoldfastError(error, 'interrupted'));
  const after = session.events();
  session.leave();
  assert.equal((await after.next()).done, true);
  assert.equal((await session.events().next()).done, true);
});
