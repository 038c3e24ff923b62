import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry, type SessionRegistry } from '../../../src/client/registry.ts';
import type { Session } from '../../../src/client/session.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { attached, created, FakeChannel, idOf, notice, permission, settle, started } from './fakeChannel.ts';

function setup(): { channel: FakeChannel; registry: SessionRegistry } {
  const channel = new FakeChannel().connect();
  return { channel, registry: createRegistry(channel, { log: () => undefined }) };
}

test('O1 fork: a burst before the response reaches the handlers of the new session, and its id can be retried after a failure (O3)', async () => {
  const { channel, registry } = setup();
  const seen: string[] = [];
  const open = (): Promise<Session> =>
    registry.open({
      fork: 'A',
      sessionId: 'S',
      onEvent: ({ event }) => seen.push(event.type),
      onPermission: ({ interactionId }) => void seen.push(interactionId),
    });
  const failed = open();
  channel.last('session/fork').fail(new HoldfastError('sessionNotFound', 'no A'));
  await assert.rejects(failed, (error) => isHoldfastError(error, 'sessionNotFound'));
  const opening = open();
  channel.events(started('S'), permission('S', 2, 'I'));
  assert.deepEqual(seen, ['session.started', 'interaction.opened', 'I']);
  channel.last('session/fork').respond(created('S'));
  assert.equal((await opening).id, 'S');
});

test('O1: a large burst before the response is delivered whole, in order, and once', async () => {
  const { channel, registry } = setup();
  const seen: number[] = [];
  const opening = registry.open({ cwd: '/work', sessionId: 'S', onEvent: ({ seq }) => seen.push(seq) });
  const burst = Array.from({ length: 5000 }, (_, index) => notice('S', index + 2));
  channel.events(started('S'), ...burst.slice(0, 100));
  for (const each of burst.slice(100)) channel.events(each);
  channel.last('session/create').respond(created('S'));
  await opening;
  assert.deepEqual(
    seen,
    Array.from({ length: 5001 }, (_, index) => index + 1),
  );
});

test('O2: a handler that opens another session, in the middle of a burst, disturbs neither', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/create', ({ sessionId }) => {
    channel.events(started(String(sessionId)));
    return created(String(sessionId));
  });
  const seen: string[] = [];
  const tell =
    (name: string) =>
    ({ seq }: { readonly seq: number }): void => {
      seen.push(`${name}${seq}`);
    };
  let other: Promise<Session> | undefined;
  await registry.open({
    cwd: '/work',
    sessionId: 'A',
    onEvent(envelope) {
      tell('A')(envelope);
      other ??= registry.open({ cwd: '/work', sessionId: 'B', onEvent: tell('B') });
    },
  });
  channel.events(notice('A', 2), notice('B', 2), notice('A', 3));
  assert.equal((await other)?.id, 'B');
  assert.deepEqual(seen.toSorted(), ['A1', 'A2', 'A3', 'B1', 'B2']);
  assert.deepEqual(
    seen.filter((each) => each.startsWith('A')),
    ['A1', 'A2', 'A3'],
  );
});

test('O3: a handler that leaves its session before the response makes the open fail, and the id is free', async () => {
  const { channel, registry } = setup();
  const opening = registry.open({ cwd: '/work', sessionId: 'S', onEvent: () => registry.dispose() });
  channel.events(started('S'));
  await assert.rejects(opening, (error) => isHoldfastError(error, 'connectionClosed'));
  assert.deepEqual(registry.sessions, []);
});

test('O4: three opens of one id at once: one goes through, the others are told, and each event comes once', async () => {
  const { channel, registry } = setup();
  const seen: number[] = [];
  const first = registry.open({ cwd: '/work', sessionId: 'S', onEvent: ({ seq }) => seen.push(seq) });
  const others = [1, 2].map(() => registry.open({ cwd: '/work', sessionId: 'S' }));
  for (const other of others)
    await assert.rejects(other, (error) => isHoldfastError(error, 'sessionOpening'));
  channel.events(started('S'));
  channel.last('session/create').respond(created('S'));
  await first;
  channel.events(notice('S', 2));
  assert.deepEqual(seen, [1, 2]);
  assert.equal(channel.requests.filter(({ method }) => method === 'session/create').length, 1);
});

test('O5: a response that is newer than the events that came before it is taken, and those between are delivered all the same', async () => {
  const { channel, registry } = setup();
  const seen: number[] = [];
  const opening = registry.open({ sessionId: 'S', resume: true, onEvent: ({ seq }) => seen.push(seq) });
  channel.events(started('S'));
  const head = { ...(created('S') as { head: object }).head, seq: 3, title: 'Newest' };
  channel.last('session/resume').respond(attached('S', 0, { head }));
  const session = await opening;
  assert.deepEqual([session.head.title, session.head.seq], ['Newest', 3]);
  channel.events(notice('S', 2), notice('S', 3), notice('S', 4));
  assert.deepEqual(seen, [1, 2, 3, 4]);
  assert.deepEqual([session.head.title, session.head.seq], ['Newest', 4]);
});

test('O3: an answer that comes after its open was given up opens nothing, and does not disturb the next one', async () => {
  const { channel, registry } = setup();
  const controller = new AbortController();
  const given = registry.open({ cwd: '/work', sessionId: 'S', signal: controller.signal });
  const late = channel.last('session/create');
  controller.abort();
  await assert.rejects(given, (error) => isHoldfastError(error, 'aborted'));
  const seen: number[] = [];
  const opening = registry.open({ cwd: '/work', sessionId: 'S', onEvent: ({ seq }) => seen.push(seq) });
  late.respond(created('S'));
  await settle();
  assert.deepEqual(registry.sessions, [], 'the answer was not for the open that waits now');
  channel.events(started('S'));
  channel.last('session/create').respond(created('S'));
  const session = await opening;
  assert.equal(registry.session('S'), session);
  assert.deepEqual(seen, [1]);
});

test('O6: three first opens of three sessions, made before there is a connection, go out in order when there is one', async () => {
  const channel = new FakeChannel();
  const registry = createRegistry(channel, { log: () => undefined });
  channel.answers.set('session/create', ({ sessionId }) => created(String(sessionId)));
  const opens = ['A', 'B', 'C'].map((sessionId) => registry.open({ cwd: '/work', sessionId }));
  assert.equal(channel.requests.length, 0);
  channel.connect();
  assert.deepEqual(
    (await Promise.all(opens)).map(({ id }) => id),
    ['A', 'B', 'C'].map(idOf),
  );
  assert.equal(channel.generation, 1);
});

test('law 4: a prompt in flight when the connection goes is sent again under its own commandId, settles, and ran once', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/create', () => created('S'));
  channel.answers.set('session/attach', () => ({ sessions: [attached('S', 1)] }));
  const session = await registry.open({ cwd: '/work', sessionId: 'S' });
  channel.events(started('S'));
  // The runtime's side of it (J5): what a commandId did is done once.
  const ran = new Map<unknown, object>();
  const run = ({ commandId }: Record<string, unknown>): object => {
    const known = ran.get(commandId) ?? { sessionId: 'S', turnId: `T${ran.size + 1}`, queued: false };
    ran.set(commandId, known);
    return known;
  };
  const accepted = session.prompt('go');
  run(channel.last('session/prompt').params);
  channel.drop();
  await settle();
  channel.answers.set('session/prompt', run);
  channel.connect();
  assert.equal((await accepted).turnId, 'T1');
  assert.equal(ran.size, 1);
});

test('what a caller says of how permissions are answered, and how long a question waits, reaches the host (W4, W5)', async () => {
  const { channel, registry } = setup();
  const opening = registry.open({
    ...{ cwd: '/work', sessionId: 'S', permissionMode: 'denyAll', waitLimitMs: 5000 },
    onEvent: () => undefined,
  });
  const { params } = channel.last('session/create');
  assert.partialDeepStrictEqual(params, { permissionMode: 'denyAll', waitLimitMs: 5000 });
  channel.last('session/create').respond(created('S'));
  await opening;
});
