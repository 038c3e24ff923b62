import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from '../../../src/client/registry.ts';
import type { Session } from '../../../src/client/session.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { attached, created, envelope, FakeChannel, journal, notice, settle, started } from './fakeChannel.ts';

/** A page of notices after a cursor, up to a number; as large as a page gets. */
function exported({ seq }: { readonly seq: number }, end: number): object {
  const numbers = Array.from({ length: Math.min(500, end - seq) }, (_, index) => seq + 1 + index);
  return {
    sessionId: 'S',
    cursor: { journal, seq: numbers.at(-1) ?? seq },
    envelopes: numbers.map((number) => (number === 1 ? started('S') : notice('S', number))),
    more: (numbers.at(-1) ?? seq) < end,
  };
}

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

test('a stream that nobody reads holds back no credit, and no more than a little memory (law 7)', async () => {
  const { channel, session } = await setup();
  const stalled = session.events();
  const before = channel.credit;
  for (let seq = 2; seq <= 3001; seq++) channel.events(notice('S', seq));
  assert.equal(channel.credit - before, 300_000, 'all of it was given back');
  channel.answers.set('session/export', ({ cursor }) => exported(cursor as { seq: number }, 3001));
  const seen: (number | undefined)[] = [];
  while (seen.length < 3000) seen.push((await stalled.next()).value?.seq);
  assert.deepEqual(
    seen,
    Array.from({ length: 3000 }, (_, index) => index + 2),
    'and still every event comes, once and in order',
  );
  assert.ok(channel.requests.some(({ method }) => method === 'session/export'));
  channel.events(notice('S', 3002));
  assert.equal((await stalled.next()).value?.seq, 3002, 'and then it is live again');
});

test('a stream’s buffer is bounded in bytes as well', async () => {
  const { channel, session } = await setup();
  const stalled = session.events();
  channel.emit('session/events', { events: [notice('S', 2), notice('S', 3)], bytes: 1024 * 1024 });
  channel.answers.set('session/export', ({ cursor }) => exported(cursor as { seq: number }, 3));
  await stalled.next();
  assert.equal(channel.requests.filter(({ method }) => method === 'session/export').length, 0);
  assert.equal((await stalled.next()).value?.seq, 3);
  assert.equal(channel.requests.filter(({ method }) => method === 'session/export').length, 1);
});

test('a stream of the past reads it from the journal at its own pace; others get nothing twice', async () => {
  const { channel, session } = await setup();
  channel.events(notice('S', 2), notice('S', 3));
  const live = session.events();
  const past = session.events({ since: 1 });
  const first = past.next();
  assert.deepEqual(channel.last('session/export').params['cursor'], { journal, seq: 1 });
  channel.events(notice('S', 4));
  channel.last('session/export').respond(exported({ seq: 1 }, 4));
  assert.deepEqual([(await first).value?.seq, (await past.next()).value?.seq], [2, 3]);
  channel.events(notice('S', 5));
  assert.deepEqual([(await past.next()).value?.seq, (await past.next()).value?.seq], [4, 5]);
  assert.deepEqual([(await live.next()).value?.seq, (await live.next()).value?.seq], [4, 5]);
  assert.equal(session.cursor.seq, 5);
});

test('a stream that is reading when the connection is lost goes on with the next one', async () => {
  const { channel, session } = await setup();
  channel.answers.set('session/attach', () => ({ sessions: [attached('S', 3)] }));
  channel.events(notice('S', 2), notice('S', 3));
  const first = session.events({ since: 0 }).next();
  channel.drop();
  await settle();
  channel.connect();
  await settle();
  channel.last('session/export').respond(exported({ seq: 0 }, 3));
  assert.equal((await first).value?.seq, 1);
});

test('a stream whose page cannot be had throws the reason', async () => {
  const { channel, session } = await setup();
  const refused = session.events({ since: 0 }).next();
  channel.last('session/export').fail(new HoldfastError('interrupted', 'numbered anew'));
  await assert.rejects(refused, (error) => isHoldfastError(error, 'interrupted'));
  const empty = session.events({ since: 0 }).next();
  channel.last('session/export').respond(exported({ seq: 5 }, 5));
  await assert.rejects(empty, (error) => isHoldfastError(error, 'badAnswer'));
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
  channel.answers.set('session/export', () => ({
    ...exported({ seq: 0 }, 1),
    envelopes: [started('S'), envelope('S', 2, { type: 'session.ended', reason: 'done' })],
  }));
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
