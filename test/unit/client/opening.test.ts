import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry, type SessionRegistry } from '../../../src/client/registry.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import type { Envelope } from '../../../src/protocol/events.ts';
import {
  attached,
  created,
  envelope,
  FakeChannel,
  journal,
  notice,
  permission,
  settle,
  started,
} from './fakeChannel.ts';

const log: string[] = [];

function setup(): { channel: FakeChannel; registry: SessionRegistry } {
  log.length = 0;
  const channel = new FakeChannel().connect();
  return { channel, registry: createRegistry(channel, { log: (line) => log.push(line) }) };
}

const toolCall = (id: string, seq: number): object =>
  envelope(id, seq, { type: 'toolCall.started', toolCallId: 'tool-1', title: 'Read', kind: 'read' });

/** Records what handlers saw, in order. */
function recorder() {
  const seen: string[] = [];
  return {
    seen,
    onEvent: ({ seq, event }: Envelope) => void seen.push(`${seq} ${event.type}`),
    onPermission: ({ interactionId }: { interactionId: string }) =>
      void seen.push(`permission ${interactionId}`),
  };
}

const kinds = {
  create: {
    open: (registry: SessionRegistry, id: string, handlers: object) =>
      registry.open({ cwd: '/work', sessionId: id, ...handlers }),
    method: 'session/create',
    answer: created,
  },
  resume: {
    open: (registry: SessionRegistry, id: string, handlers: object) =>
      registry.open({ sessionId: id, resume: true, ...handlers }),
    method: 'session/resume',
    answer: (id: string) => attached(id, 0),
  },
  attach: {
    open: (registry: SessionRegistry, id: string, handlers: object) =>
      registry.open({ sessionId: id, attach: true, ...handlers }),
    method: 'session/attach',
    answer: (id: string) => ({ sessions: [attached(id, 0)] }),
  },
} as const;

for (const [kind, { open, method, answer }] of Object.entries(kinds)) {
  test(`O1 ${kind}: session.started, a tool call and an interaction that come before the response reach the handlers`, async () => {
    const { channel, registry } = setup();
    const { seen, ...handlers } = recorder();
    const opening = open(registry, 'S', handlers);
    channel.events(started('S'), toolCall('S', 2), permission('S', 3, 'I'));
    const expected = ['1 session.started', '2 toolCall.started', '3 interaction.opened', 'permission I'];
    assert.deepEqual(seen, expected, 'at once, not when the response comes');
    channel.last(method).respond(answer('S'));
    const session = await opening;
    assert.deepEqual(seen, expected, 'and once');
    assert.equal(session.cursor.seq, 3);
    channel.events(notice('S', 4));
    assert.equal(seen.at(-1), '4 notice');
  });

  test(`O1 ${kind}: handlers are registered before the request is sent`, async () => {
    const { channel, registry } = setup();
    const { seen, ...handlers } = recorder();
    channel.answers.set(method, () => {
      channel.events(started('S'));
      return answer('S');
    });
    await open(registry, 'S', handlers);
    assert.deepEqual(seen, ['1 session.started']);
  });

  test(`O3 ${kind}: a refused request leaves no registration, and the same id works at once`, async () => {
    const { channel, registry } = setup();
    const failed = open(registry, 'S', {});
    channel.last(method).fail(new HoldfastError('agentUnknown', 'no such agent'));
    await assert.rejects(failed, (error) => isHoldfastError(error, 'agentUnknown'));
    assert.deepEqual(registry.sessions, []);
    const { seen, ...handlers } = recorder();
    const again = open(registry, 'S', handlers);
    channel.events(started('S'));
    channel.last(method).respond(answer('S'));
    await again;
    assert.deepEqual(seen, ['1 session.started']);
  });

  test(`O3 ${kind}: an answer that cannot be understood fails with badAnswer and frees the id`, async () => {
    const { channel, registry } = setup();
    const failed = open(registry, 'S', {});
    channel.last(method).respond({ nonsense: true });
    await assert.rejects(
      failed,
      (error) => isHoldfastError(error, 'badAnswer') && error.message.includes(method),
    );
    const other = open(registry, 'S', {});
    channel.last(method).respond(answer('T'));
    await assert.rejects(
      other,
      (error) => isHoldfastError(error, 'badAnswer') && error.message.includes('answered for T'),
    );
    const again = open(registry, 'S', {});
    channel.last(method).respond(answer('S'));
    assert.equal((await again).id, 'S');
  });

  test(`O3 ${kind}: a lost connection fails the opening, is not resent, and frees the id`, async () => {
    const { channel, registry } = setup();
    const failed = open(registry, 'S', {});
    channel.drop();
    await assert.rejects(failed, (error) => isHoldfastError(error, 'connectionLost'));
    const before = channel.requests.length;
    channel.connect();
    assert.equal(channel.requests.length, before, 'neither attached nor sent again');
    const again = open(registry, 'S', {});
    channel.last(method).respond(answer('S'));
    assert.equal((await again).id, 'S');
  });

  test(`O3 ${kind}: an abort rejects at once, stops the events, and frees the id`, async () => {
    const { channel, registry } = setup();
    const controller = new AbortController();
    const { seen, ...handlers } = recorder();
    const failed = open(registry, 'S', { ...handlers, signal: controller.signal });
    const request = channel.last(method);
    controller.abort();
    await assert.rejects(failed, (error) => isHoldfastError(error, 'aborted'));
    assert.equal(request.signal?.aborted, true, 'the request is cancelled on the wire');
    assert.equal(channel.last('session/leave').params['sessionId'], 'S');
    channel.events(started('S'));
    assert.deepEqual(seen, []);
  });

  test(`O3 ${kind}: a late failure of an old attempt does not evict a newer one`, async () => {
    const { channel, registry } = setup();
    const controller = new AbortController();
    const old = open(registry, 'S', { signal: controller.signal });
    const oldRequest = channel.last(method);
    controller.abort();
    await assert.rejects(old);
    const { seen, ...handlers } = recorder();
    const newer = open(registry, 'S', handlers);
    oldRequest.fail(new HoldfastError('internalError', 'late'));
    await settle();
    channel.events(started('S'));
    channel.last(method).respond(answer('S'));
    const session = await newer;
    assert.equal(registry.session('S'), session);
    assert.deepEqual(seen, ['1 session.started']);
  });

  test(`O4 ${kind}: an id that is being opened is refused with sessionOpening, and the first opening is undisturbed`, async () => {
    const { channel, registry } = setup();
    const { seen, ...handlers } = recorder();
    const first = open(registry, 'S', handlers);
    await assert.rejects(open(registry, 'S', {}), (error) => isHoldfastError(error, 'sessionOpening'));
    channel.events(started('S'));
    channel.last(method).respond(answer('S'));
    await first;
    assert.deepEqual(seen, ['1 session.started']);
  });
}

test('O3: when a registration is closed by leaving, a newer one of the same id stays', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/resume', () => attached('S', 0));
  const first = await registry.open({ sessionId: 'S', resume: true });
  first.leave();
  const second = await registry.open({ sessionId: 'S', resume: true });
  first.leave();
  await first[Symbol.asyncDispose]();
  assert.equal(registry.session('S'), second);
});

test('O3: what cannot be valid is refused before anything is registered or sent', async () => {
  const { channel, registry } = setup();
  await assert.rejects(
    registry.open({ cwd: '' }),
    (error) => isHoldfastError(error, 'invalidParams') && error.message.includes('cwd'),
  );
  await assert.rejects(registry.open({ sessionId: '', resume: true }), (error) =>
    isHoldfastError(error, 'invalidParams'),
  );
  await assert.rejects(registry.open({ cwd: '/work', signal: AbortSignal.abort() }), (error) =>
    isHoldfastError(error, 'aborted'),
  );
  assert.deepEqual(channel.requests, []);
});

test('an opening waits for the first connection, and can be given up meanwhile', async () => {
  const channel = new FakeChannel();
  const registry = createRegistry(channel, { log: () => {} });
  const controller = new AbortController();
  const givenUp = registry.open({ cwd: '/work', sessionId: 'A', signal: controller.signal });
  const opening = registry.open({ cwd: '/work', sessionId: 'B' });
  controller.abort();
  await assert.rejects(givenUp, (error) => isHoldfastError(error, 'aborted'));
  channel.connect();
  assert.deepEqual(
    channel.requests.map(({ params }) => params['sessionId']),
    ['B'],
  );
  channel.last('session/create').respond(created('B'));
  assert.equal((await opening).id, 'B');
});

test('O4: a create for an open id is refused, and its first handle goes on hearing each event once', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  const { seen, ...handlers } = recorder();
  await registry.open({ cwd: '/work', sessionId: 'S', ...handlers });
  await assert.rejects(registry.open({ cwd: '/work', sessionId: 'S' }), (error) =>
    isHoldfastError(error, 'sessionExists'),
  );
  channel.events(started('S'), notice('S', 2));
  assert.deepEqual(seen, ['1 session.started', '2 notice']);
  assert.equal(channel.requests.length, 1);
});

test('O4: a resume of an open id gives the same session back; one that brings handlers is refused, since they would miss events', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/resume', () => attached('S', 0));
  const { seen, ...handlers } = recorder();
  const first = await registry.open({ sessionId: 'S', resume: true, ...handlers });
  assert.equal(await registry.open({ sessionId: 'S', resume: true }), first);
  await assert.rejects(registry.open({ sessionId: 'S', resume: true, onEvent() {} }), (error) =>
    isHoldfastError(error, 'sessionExists'),
  );
  channel.events(started('S'));
  assert.deepEqual(seen, ['1 session.started']);
  assert.equal(channel.requests.length, 1);
});

test('O5: a response that is older than the events before it does not take the head back', async () => {
  const { channel, registry } = setup();
  const opening = registry.open({ cwd: '/work', sessionId: 'S' });
  channel.events(
    started('S'),
    envelope('S', 2, { type: 'session.renamed', title: 'Newer', source: 'person' }),
  );
  channel.last('session/create').respond(created('S'));
  const session = await opening;
  assert.equal(session.head.title, 'Newer');
  assert.equal(session.head.seq, 2);
});

test('O5: a response that is newer than the events is kept until they catch up, and events are still delivered', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'S', resume: true, ...handlers });
  const rename = envelope('S', 2, { type: 'session.renamed', title: 'Old', source: 'person' });
  const head = { ...(created('S') as { head: object }).head, seq: 3, title: 'Newest' };
  channel.last('session/resume').respond(attached('S', 0, { head }));
  const session = await opening;
  channel.events(started('S'), rename);
  assert.equal(session.head.title, 'Newest');
  assert.deepEqual(seen, ['1 session.started', '2 session.renamed']);
});

test('a resume after a cursor takes events from there, whether they come before or after the response', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'S', resume: { cursor: { journal, seq: 5 } }, ...handlers });
  channel.events(notice('S', 6));
  assert.deepEqual(seen, [], 'only the answer tells whether the cursor was served');
  channel.last('session/resume').respond(attached('S', 5));
  const session = await opening;
  channel.events(notice('S', 7));
  assert.deepEqual(seen, ['6 notice', '7 notice']);
  assert.equal(session.snapshot, undefined);
});

test('a resume whose cursor is of another lineage tells onReset first, then the events after its snapshot', async () => {
  const { channel, registry } = setup();
  const seen: string[] = [];
  const opening = registry.open({
    sessionId: 'S',
    resume: { cursor: { journal, seq: 50 } },
    onEvent: ({ seq }) => void seen.push(String(seq)),
    onReset: ({ cursor, items }) => void seen.push(`reset ${cursor.journal} ${cursor.seq} ${items.length}`),
  });
  channel.events(notice('S', 51));
  const request = channel.last('session/resume');
  request.respond(
    attached('S', 50, { reset: true, cursor: { journal: 'journal-2', seq: 50 }, items: [], more: false }),
  );
  const session = await opening;
  assert.deepEqual(seen, ['reset journal-2 50 0', '51']);
  assert.deepEqual(session.cursor, { journal: 'journal-2', seq: 51 });
});

test('a resume with a tail has its rows in the snapshot and goes on after them', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'S', resume: { tail: 10 }, ...handlers });
  channel.last('session/resume').respond(attached('S', 40, { items: [{ itemId: 'notice:40' }], more: true }));
  const session = await opening;
  channel.events(notice('S', 40), notice('S', 41));
  assert.equal(session.snapshot?.items.length, 1);
  assert.equal(session.snapshot?.more, true);
  assert.deepEqual(seen, ['41 notice']);
});

test('a question that was open before the resumed place is given to its handler, once, after the events up to then', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'S', resume: { cursor: { journal, seq: 2 } }, ...handlers });
  const waiting = {
    interactionId: 'I',
    interaction: { kind: 'permission', title: 'May I?', options: [] },
    openedAt: 2,
  };
  const head = { ...(created('S') as { head: object }).head, seq: 3, interactions: [waiting] };
  channel.last('session/resume').respond(attached('S', 2, { head }));
  await opening;
  assert.deepEqual(seen, []);
  channel.events(notice('S', 3), notice('S', 4));
  assert.deepEqual(seen, ['3 notice', 'permission I', '4 notice']);
});

test('a replayed question that is known to be settled is not asked again', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'S', resume: true, ...handlers });
  const head = { ...(created('S') as { head: object }).head, seq: 9, interactions: [] };
  channel.last('session/resume').respond(attached('S', 0, { head }));
  await opening;
  channel.events(started('S'), permission('S', 2, 'I'));
  assert.deepEqual(seen, ['1 session.started', '2 interaction.opened']);
});

test('an attach that is refused for its session rejects with that reason', async () => {
  const { channel, registry } = setup();
  const failed = registry.open({ sessionId: 'S', attach: true });
  channel
    .last('session/attach')
    .respond({ sessions: [{ sessionId: 'S', error: { kind: 'sessionNotFound', message: 'no session S' } }] });
  await assert.rejects(failed, (error) => isHoldfastError(error, 'sessionNotFound'));
  assert.equal(registry.session('S'), undefined);
});
