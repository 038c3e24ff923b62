import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry, type SessionRegistry } from '../../../src/client/registry.ts';
import type { SessionHandlers } from '../../../src/client/handlers.ts';
import type { Session } from '../../../src/client/session.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import {
  attached,
  created,
  envelope,
  FakeChannel,
  headAfter,
  journal,
  notice,
  permission,
  settle,
  started,
  turnEnded,
} from './fakeChannel.ts';

interface Setup {
  readonly channel: FakeChannel;
  readonly registry: SessionRegistry;
  readonly seen: string[];
  open(id: string, handlers?: SessionHandlers): Promise<Session>;
}

function setup(): Setup {
  const channel = new FakeChannel().connect();
  const registry = createRegistry(channel, { log: () => {} });
  const seen: string[] = [];
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  return {
    channel,
    registry,
    seen,
    async open(id, handlers) {
      const onEvent: SessionHandlers['onEvent'] = ({ sessionId, seq }) =>
        void seen.push(`${sessionId}${seq}`);
      const session = await registry.open({ cwd: '/work', sessionId: id, onEvent, ...handlers });
      channel.events(started(id));
      return session;
    },
  };
}

test('after a lost connection all sessions are attached in one request, each with its cursor', async () => {
  const { channel, open, seen } = setup();
  await open('A');
  await open('B');
  channel.events(notice('A', 2), notice('B', 2), notice('B', 3));
  channel.drop();
  channel.connect();
  const attaches = channel.requests.filter(({ method }) => method === 'session/attach');
  assert.deepEqual(
    attaches.map(({ params }) => params['sessions']),
    [
      [
        { sessionId: 'A', cursor: { journal, seq: 2 } },
        { sessionId: 'B', cursor: { journal, seq: 3 } },
      ],
    ],
  );
  attaches[0]?.respond({ sessions: [attached('A', 2), attached('B', 3)] });
  await settle();
  channel.events(notice('A', 2), notice('A', 3), notice('B', 4));
  assert.deepEqual(seen, ['A1', 'B1', 'A2', 'B2', 'B3', 'A3', 'B4']);
});

test('events that overtake the answer to the attach are held for it', async () => {
  const { channel, open, seen } = setup();
  const session = await open('A', { onReset: ({ cursor }) => void seen.push(`reset ${cursor.seq}`) });
  channel.drop();
  channel.connect();
  channel.events(notice('A', 2));
  assert.deepEqual(seen, ['A1'], 'whether 2 is the next one, only the answer tells');
  const cursor = { journal: 'journal-2', seq: 1 };
  channel
    .last('session/attach')
    .respond({ sessions: [attached('A', 1, { reset: true, cursor, items: [] })] });
  await settle();
  assert.deepEqual(seen, ['A1', 'reset 1', 'A2']);
  assert.deepEqual(session.cursor, { journal: 'journal-2', seq: 2 });
});

test('a reset replaces the head even by one with a smaller number, and moves the cursor', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  channel.events(notice('A', 2), notice('A', 3));
  channel.drop();
  channel.connect();
  const cursor = { journal: 'journal-2', seq: 1 };
  channel
    .last('session/attach')
    .respond({ sessions: [attached('A', 1, { reset: true, cursor, items: [] })] });
  await settle();
  assert.equal(session.head.seq, 1);
  assert.deepEqual(session.cursor, cursor);
});

test('unanswered commands are sent again with their commandId, in order, after the attach and before anything new', async () => {
  const { channel, registry, open } = setup();
  const session = await open('A');
  const prompt = session.prompt('first');
  const cancel = session.cancel();
  const ids = channel.requests.slice(-2).map(({ params }) => params['commandId']);
  channel.drop();
  const later = registry.request('session/configure', { sessionId: session.id, title: 'third' });
  const sentBefore = channel.requests.length;
  channel.connect();
  const fourth = session.prompt('fourth');
  const sent = channel.requests.slice(sentBefore);
  assert.deepEqual(
    sent.map(({ method }) => method),
    ['session/attach', 'session/prompt', 'session/cancel', 'session/configure', 'session/prompt'],
  );
  assert.deepEqual([sent[1]?.params['commandId'], sent[2]?.params['commandId']], ids);
  sent[0]?.respond({ sessions: [attached('A', 1)] });
  sent[1]?.respond({ sessionId: 'A', turnId: 'T', queued: false });
  sent[2]?.respond({ sessionId: 'A', cancelled: true });
  sent[3]?.respond({ sessionId: 'A', head: headAfter(started('A')) });
  sent[4]?.respond({ sessionId: 'A', turnId: 'U', queued: true });
  assert.equal((await prompt).turnId, 'T');
  assert.equal((await cancel).cancelled, true);
  await later;
  assert.equal((await fourth).turnId, 'U');
});

test('a request that only reads is not sent again: it fails with connectionLost', async () => {
  const { channel, registry } = setup();
  const list = registry.request('session/list', {});
  channel.drop();
  channel.connect();
  await assert.rejects(list, (error) => isHoldfastError(error, 'connectionLost'));
  assert.equal(channel.requests.filter(({ method }) => method === 'session/list').length, 1);
});

test('a request that only reads, made while there is no connection, waits for one', async () => {
  const { channel, registry } = setup();
  channel.drop();
  const list = registry.request('session/list', {});
  channel.connect();
  channel.last('session/list').respond({ sessions: [] });
  assert.deepEqual(await list, { sessions: [] });
});

test('an answered command is not sent again', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  const cancel = session.cancel();
  channel.last('session/cancel').respond({ sessionId: 'A', cancelled: false });
  await cancel;
  channel.drop();
  channel.connect();
  assert.equal(channel.requests.filter(({ method }) => method === 'session/cancel').length, 1);
});

test('a command that is lost twice is sent three times, always with the same commandId', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  const cancel = session.cancel();
  for (let loss = 0; loss < 2; loss++) {
    channel.drop();
    channel.connect();
  }
  const sent = channel.requests.filter(({ method }) => method === 'session/cancel');
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(({ params }) => params['commandId'])).size, 1);
  await settle();
  channel.last('session/cancel').respond({ sessionId: 'A', cancelled: true });
  assert.equal((await cancel).cancelled, true);
});

test('the wait for a turn goes on over a lost connection and settles on its own turn', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  const prompt = session.prompt('go');
  channel.last('session/prompt').respond({ sessionId: 'A', turnId: 'T', queued: false });
  const { ended } = await prompt;
  channel.drop();
  channel.connect();
  channel.last('session/attach').respond({ sessions: [attached('A', 1)] });
  await settle();
  channel.events(turnEnded('A', 2, 'other'), turnEnded('A', 3, 'T', 'failed'));
  assert.equal((await ended).outcome, 'failed');
});

test('a reset settles the wait for a turn whose end the snapshot knows, and rejects one it does not know', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  const turns = [];
  for (const turnId of ['known', 'running', 'unknown']) {
    const prompt = session.prompt(turnId);
    channel.last('session/prompt').respond({ sessionId: 'A', turnId, queued: false });
    turns.push(await prompt);
  }
  channel.drop();
  channel.connect();
  const row = { kind: 'turn', itemId: 'turn:known', turnId: 'known', outcome: 'completed' };
  const head = {
    ...headAfter(started('A')),
    turn: { turnId: 'running', kind: 'prompt', origin: 'person', startedAt: 1 },
  };
  channel
    .last('session/attach')
    .respond({ sessions: [attached('A', 9, { reset: true, items: [row], head })] });
  await settle();
  assert.equal((await turns[0]?.ended)?.outcome, 'completed');
  await assert.rejects(turns[2]?.ended ?? Promise.resolve(), (error) =>
    isHoldfastError(error, 'turnNotFound'),
  );
  channel.events(turnEnded('A', 10, 'running'));
  assert.equal((await turns[1]?.ended)?.outcome, 'completed');
});

test('a session that cannot be attached any more is lost with the reason; the others go on', async () => {
  const { channel, registry, open, seen } = setup();
  const session = await open('A', { onLost: (error) => void seen.push(error.kind) });
  await open('B');
  channel.drop();
  channel.connect();
  const error = { kind: 'sessionNotFound', message: 'the session A was deleted' };
  channel.last('session/attach').respond({ sessions: [{ sessionId: 'A', error }, attached('B', 1)] });
  await settle();
  channel.events(notice('B', 2));
  assert.deepEqual(seen, ['A1', 'B1', 'sessionNotFound', 'B2']);
  assert.equal(registry.session('A'), undefined);
  await assert.rejects(session.prompt('x'), (thrown) => isHoldfastError(thrown, 'sessionNotFound'));
});

test('credit of a connection that is gone is not given to the next one', async () => {
  const { channel, open } = setup();
  const session = await open('A');
  const stream = session.events();
  channel.events(notice('A', 2));
  const given = channel.credit;
  channel.drop();
  channel.connect();
  await stream.next();
  assert.equal(channel.credit, given);
});

test('a missing event is asked for again, once; when it does not come the session is lost and says so', async () => {
  const { channel, open, seen } = setup();
  await open('A', { onLost: (error) => void seen.push(error.message) });
  channel.events(notice('A', 3), notice('A', 4));
  assert.deepEqual(seen, ['A1']);
  const asked = channel.requests.filter(({ method }) => method === 'session/attach');
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0]?.params['sessions'], [{ sessionId: 'A', cursor: { journal, seq: 1 } }]);
  asked[0]?.respond({ sessions: [attached('A', 1)] });
  await settle();
  channel.events(notice('A', 3));
  assert.match(seen.join(), /event 2 of the session A does not come/);
});

test('a missing event that comes when asked for is delivered in its place', async () => {
  const { channel, open, seen } = setup();
  await open('A');
  channel.events(notice('A', 3));
  channel.last('session/attach').respond({ sessions: [attached('A', 1)] });
  await settle();
  channel.events(notice('A', 2), notice('A', 3));
  assert.deepEqual(seen, ['A1', 'A2', 'A3']);
});

test('a compacted envelope is applied from every place inside its span, and never twice', async () => {
  for (const before of [1, 2, 3]) {
    const { channel, open, seen } = setup();
    const session = await open('A');
    for (let seq = 2; seq <= before; seq++) channel.events(notice('A', seq));
    const whole = { type: 'message.completed', messageId: 'M', role: 'agent', content: [] };
    channel.events(
      envelope('A', 4, whole, { from: 2 }),
      envelope('A', 4, whole, { from: 2 }),
      notice('A', 5),
    );
    assert.deepEqual(seen.slice(-2), ['A4', 'A5']);
    assert.equal(session.cursor.seq, 5);
  }
});

test('an interaction stays with its handler over a lost connection', async () => {
  const { channel, open, seen } = setup();
  await open('A', { onPermission: ({ interactionId }) => void seen.push(`permission ${interactionId}`) });
  channel.events(permission('A', 2, 'I'));
  channel.drop();
  channel.connect();
  channel.last('session/attach').respond({ sessions: [attached('A', 2)] });
  await settle();
  channel.events(permission('A', 2, 'I'), notice('A', 3));
  assert.deepEqual(seen, ['A1', 'A2', 'permission I', 'A3']);
});

test('when the connection is closed, everything that waits settles with connectionClosed', async () => {
  const { channel, registry, open, seen } = setup();
  const session = await open('A', { onLost: (error) => void seen.push(error.kind) });
  const prompt = session.prompt('go');
  channel.last('session/prompt').respond({ sessionId: 'A', turnId: 'T', queued: false });
  const { ended } = await prompt;
  const cancel = session.cancel();
  const stream = session.events().next();
  const opening = registry.open({ cwd: '/work' });
  channel.answers.clear();
  const held = registry.open({ cwd: '/work' });
  await opening;
  channel.become('closed', new HoldfastError('connectionClosed', 'closed'));
  for (const wait of [
    ended,
    cancel,
    stream,
    held,
    session.history(),
    registry.request('runtime/status', {}),
  ]) {
    await assert.rejects(wait, (error) => isHoldfastError(error, 'connectionClosed'));
  }
  assert.equal(seen.at(-1), 'connectionClosed');
});

test('disposing the registry leaves the sessions and settles what waits', async () => {
  const { channel, registry, open } = setup();
  const session = await open('A');
  const cancel = session.cancel();
  registry.dispose();
  registry.dispose();
  await assert.rejects(cancel, (error) => isHoldfastError(error, 'connectionClosed'));
  await assert.rejects(registry.open({ cwd: '/work' }), (error) =>
    isHoldfastError(error, 'connectionClosed'),
  );
  assert.equal(channel.requests.filter(({ method }) => method === 'session/leave').length, 1);
});

test('a runtime that speaks no common version refuses what waits, and says why', async () => {
  const { channel, registry, open } = setup();
  const session = await open('A');
  const cancel = session.cancel();
  channel.drop();
  channel.become('incompatible', new HoldfastError('incompatible', 'update the extension'));
  await assert.rejects(
    cancel,
    (error) => isHoldfastError(error, 'incompatible') && error.message === 'update the extension',
  );
  await assert.rejects(registry.request('session/list', {}), (error) =>
    isHoldfastError(error, 'incompatible'),
  );
});

test('O3: the late refusal of an attach does not evict a session that was left and opened again meanwhile', async () => {
  const { channel, registry, open, seen } = setup();
  const first = await open('A');
  channel.drop();
  channel.connect();
  first.leave();
  const opening = registry.open({
    sessionId: 'A',
    resume: true,
    onEvent: ({ seq }) => void seen.push(`again ${seq}`),
  });
  channel.last('session/resume').respond(attached('A', 0));
  const second = await opening;
  channel
    .last('session/attach')
    .respond({ sessions: [{ sessionId: 'A', error: { kind: 'sessionNotFound', message: 'gone' } }] });
  await settle();
  assert.equal(registry.session('A'), second);
  channel.events(started('A'));
  assert.equal(seen.at(-1), 'again 1');
});

test('nothing overtakes the attach, not even a request made the moment the connection is there', async () => {
  const channel = new FakeChannel();
  const holder: { registry?: SessionRegistry } = {};
  channel.onState((state) => {
    if (state === 'connected') void holder.registry?.request('session/list', {}).catch(() => {});
  });
  const registry = (holder.registry = createRegistry(channel, { log: () => {} }));
  channel.connect();
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  await registry.open({ cwd: '/work' });
  channel.drop();
  const before = channel.requests.length;
  channel.connect();
  assert.deepEqual(
    channel.requests.slice(before).map(({ method }) => method),
    ['session/attach', 'session/list'],
  );
});
