import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry, type SessionRegistry } from '../../../src/client/registry.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import type { Envelope } from '../../../src/protocol/events.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { attached, created, FakeChannel, idOf, notice, permission, settle, started } from './fakeChannel.ts';

const yes = { kind: 'option', optionId: 'yes' } as const;

function setup(): { channel: FakeChannel; registry: SessionRegistry; clock: ManualClock } {
  const channel = new FakeChannel().connect().assigning();
  const clock = new ManualClock();
  return { channel, clock, registry: createRegistry(channel, { log: () => undefined, clock }) };
}

/** Handlers that record what they see, and answer every question with yes. */
function recorder() {
  const seen: string[] = [];
  return {
    seen,
    onEvent: ({ sessionId, seq }: Envelope) => void seen.push(`${sessionId}${seq}`),
    onPermission: ({ sessionId }: { sessionId: string }) => {
      seen.push(`${sessionId}?`);
      return yes;
    },
  };
}

/** Whether an ask was refused with −32603, and why. */
async function refusal(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(isHoldfastError(error, 'internalError') && error.code === -32603, String(error));
  return error.message;
}

test('O7: the create carries an openId and no sessionId, and the session has the id of the answer', async () => {
  const { channel, registry } = setup();
  const opening = registry.open({ cwd: '/work' });
  const { params } = channel.last('session/create');
  assert.equal(params['sessionId'], undefined);
  assert.ok(typeof params['openId'] === 'string');
  channel.last('session/create').respond(created('H'));
  const session = await opening;
  assert.equal(session.id, 'H');
  assert.equal(registry.session('H'), session);
  channel.answers.set('session/prompt', () => ({ sessionId: 'H', turnId: 'T', queued: false }));
  await session.prompt('go');
  assert.equal(channel.last('session/prompt').params['sessionId'], 'H');
});

test('O7 fork: carries an openId and no id for the new session', async () => {
  const { channel, registry } = setup();
  const opening = registry.open({ fork: 'A' });
  const { params } = channel.last('session/fork');
  assert.deepEqual([params['sessionId'], params['newSessionId']], ['A', undefined]);
  channel.last('session/fork').respond(created('H'));
  assert.equal((await opening).id, 'H');
});

test('O7: an id or a provider of the caller’s is refused before anything is sent', async () => {
  const { channel, registry } = setup();
  for (const config of [
    { cwd: '/work', sessionId: 'S' },
    { cwd: '/work', provider: 'P' },
    { fork: 'A', sessionId: 'S' },
  ]) {
    await assert.rejects(registry.open(config), (error) => isHoldfastError(error, 'hostAssignsIds'));
  }
  assert.deepEqual(channel.requests, []);
});

test('O7: a session that exists is resumed by its id there as everywhere', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ sessionId: 'H', resume: true, ...handlers });
  channel.events(started('H'));
  channel.last('session/resume').respond(attached('H', 0));
  await opening;
  assert.deepEqual(seen, ['H1']);
});

test('O7: frames and questions that echo the openId are delivered at once, before the answer', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ cwd: '/work', ...handlers });
  const openId = channel.last('session/create').params['openId'];
  const early = channel.ask({ openId });
  channel.emit('session/events', { openId, events: [started('H')], bytes: 10 });
  channel.events(notice('H', 2));
  assert.deepEqual(await channel.ask({ sessionId: 'H' }), yes);
  assert.deepEqual(await early, yes);
  assert.deepEqual(seen.slice(1), ['H1', 'H2', 'H?']);
  channel.last('session/create').respond(created('H'));
  await opening;
  assert.equal(seen.length, 4, 'and once');
  assert.deepEqual(registry.diagnostics, { held: 0, dropped: 0, refused: 0 });
});

test('O7: an empty frame that names the session is enough for what follows to be routed', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ cwd: '/work', ...handlers });
  const { openId } = channel.last('session/create').params;
  channel.emit('session/events', { openId, sessionId: 'H', events: [], bytes: 0 });
  channel.events(started('H'), permission('H', 2, 'I'));
  assert.deepEqual(seen, ['H1', 'H2', 'H?']);
  channel.last('session/create').respond(created('H'));
  await opening;
});

test('O7: without an echo, events and questions wait for the answer and are delivered in the order they came', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ cwd: '/work', ...handlers });
  channel.events(started('H'), started('X'));
  const asked = channel.ask({ sessionId: 'H' });
  channel.events(notice('H', 2));
  assert.deepEqual(seen, []);
  assert.equal(channel.credit, 200, 'what is held holds no credit back');
  channel.last('session/create').respond(created('H'));
  // What comes between the answer and its reading is in its place all the same.
  channel.events(notice('H', 3));
  await opening;
  assert.deepEqual(seen, ['H1', 'H?', 'H2', 'H3']);
  assert.deepEqual(await asked, yes);
  channel.events(notice('H', 4));
  assert.equal(seen.at(-1), 'H4');
});

test('O7: two opens in flight get each what is theirs; with the last one the rest is refused and forgotten', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const [one, two] = [registry.open({ cwd: '/a', ...handlers }), registry.open({ cwd: '/b', ...handlers })];
  const [first, second] = channel.requests;
  channel.events(started('B'), started('A'));
  const strange = channel.ask({ sessionId: 'X' });
  first?.respond(created('A'));
  await one;
  assert.deepEqual(seen, ['A1']);
  second?.respond(created('B'));
  await two;
  assert.deepEqual(seen, ['A1', 'B1']);
  assert.match(await refusal(strange), /not opened here/u);
  assert.deepEqual(registry.diagnostics, { held: 3, dropped: 0, refused: 1 });
});

test('O7: at most 128 things are held, the oldest gives way, and a question that does is refused', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ cwd: '/work', ...handlers });
  const asked = channel.ask({ sessionId: 'H' });
  for (let seq = 1; seq <= 128; seq++) channel.events(seq === 1 ? started('H') : notice('H', seq));
  assert.match(await refusal(asked), /too much came/u);
  channel.last('session/create').respond(created('H'));
  await opening;
  assert.equal(seen.length, 128);
  assert.deepEqual(registry.diagnostics, { held: 129, dropped: 1, refused: 1 });
});

test('O7: at most 8 MiB are held; the gap of what gave way is asked for again', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  const opening = registry.open({ cwd: '/work', ...handlers });
  const text = 'x'.repeat(5 * 1024 * 1024);
  channel.events(started('H'), notice('H', 2, text));
  channel.events(notice('H', 3, text));
  assert.deepEqual(registry.diagnostics, { held: 2, dropped: 1, refused: 0 });
  channel.last('session/create').respond(created('H'));
  await opening;
  channel.events(notice('H', 4));
  channel.last('session/attach').respond({ sessions: [attached('H', 0)] });
  await settle();
  channel.events(started('H'), notice('H', 2), notice('H', 3), notice('H', 4));
  assert.deepEqual(seen, ['H1', 'H2', 'H3', 'H4']);
});

test('O7: nothing is held, and a question is refused at once, while no open is in flight', async () => {
  const { channel, registry } = setup();
  channel.events(started('H'));
  assert.match(await refusal(channel.ask({ sessionId: 'H' })), /not open here/u);
  assert.deepEqual(registry.diagnostics, { held: 0, dropped: 0, refused: 1 });
});

test('O7: when the answer cannot be understood but names an id, what was made is destroyed while the hold lasts', async () => {
  const { channel, registry } = setup();
  const failed = registry.open({ cwd: '/work' });
  channel.last('session/create').respond({ sessionId: 'H', nonsense: true });
  await assert.rejects(failed, (error) => isHoldfastError(error, 'badAnswer'));
  await settle();
  const destroy = channel.last('session/delete');
  assert.deepEqual([destroy.params['sessionId'], destroy.params['force']], ['H', true]);
  const asked = channel.ask({ sessionId: 'H' });
  assert.equal(registry.diagnostics.held, 1, 'the hold lasts');
  destroy.respond({ sessionId: 'H' });
  assert.match(await refusal(asked), /not opened here/u);
  assert.deepEqual(registry.sessions, []);
});

test('O7: an answer that names nothing fails the open alone', async () => {
  const { channel, registry } = setup();
  const failed = registry.open({ cwd: '/work' });
  const asked = channel.ask({ sessionId: 'H' });
  channel.last('session/create').respond({ nonsense: true });
  await assert.rejects(failed, (error) => isHoldfastError(error, 'badAnswer'));
  await refusal(asked);
  assert.ok(!channel.requests.some(({ method }) => method === 'session/delete'));
});

test('O7: an open that is given up rejects at once, and what its late answer names is destroyed', async () => {
  const { channel, registry } = setup();
  const controller = new AbortController();
  const { seen, ...handlers } = recorder();
  const failed = registry.open({ cwd: '/work', ...handlers, signal: controller.signal });
  controller.abort();
  await assert.rejects(failed, (error) => isHoldfastError(error, 'aborted'));
  channel.events(started('H'));
  channel.last('session/create').respond(created('H'));
  await settle();
  assert.equal(channel.last('session/delete').params['sessionId'], 'H');
  assert.deepEqual(seen, []);
});

test('O7: a host that never answers an open that was given up is waited for no longer than bounded', async () => {
  const { channel, registry, clock } = setup();
  const controller = new AbortController();
  const failed = registry.open({ cwd: '/work', signal: controller.signal });
  controller.abort();
  await assert.rejects(failed);
  const asked = channel.ask({ sessionId: 'H' });
  clock.advance(60_000);
  await refusal(asked);
});

test('O7: a refused open, and a lost connection, end the hold and leave nothing', async () => {
  const { channel, registry } = setup();
  const refused = registry.open({ cwd: '/work' });
  const asked = channel.ask({ sessionId: 'H' });
  channel.last('session/create').fail(new HoldfastError('agentUnknown', 'none'));
  await assert.rejects(refused, (error) => isHoldfastError(error, 'agentUnknown'));
  await refusal(asked);
  const lost = registry.open({ cwd: '/work' });
  channel.events(started('H'));
  channel.drop();
  await assert.rejects(lost, (error) => isHoldfastError(error, 'connectionLost'));
  channel.connect();
  assert.ok(!channel.requests.some(({ method }) => method === 'session/attach'));
  const again = registry.open({ cwd: '/work' });
  channel.last('session/create').respond(created('H'));
  assert.equal((await again).id, 'H');
});

test('O7: a host that gives a new session the id of one that is open here is not understood, and that one stays', async () => {
  const { channel, registry } = setup();
  const { seen, ...handlers } = recorder();
  channel.answers.set('session/create', () => created('H'));
  const first = await registry.open({ cwd: '/work', ...handlers });
  await assert.rejects(registry.open({ cwd: '/work' }), (error) => isHoldfastError(error, 'badAnswer'));
  await settle();
  assert.equal(registry.session('H'), first);
  assert.ok(!channel.requests.some(({ method }) => method === 'session/delete'), 'it is not destroyed');
  channel.events(started('H'));
  assert.deepEqual(seen, ['H1']);
});

test('O7: an answer that contradicts what a frame said before fails the open', async () => {
  const { channel, registry } = setup();
  const failed = registry.open({ cwd: '/work' });
  const { openId } = channel.last('session/create').params;
  channel.emit('session/events', { openId, events: [started('H')], bytes: 1 });
  channel.last('session/create').respond(created('J'));
  await assert.rejects(failed, (error) => isHoldfastError(error, 'badAnswer'));
  assert.deepEqual(registry.sessions, []);
});

test('O7: a question is refused when nobody answers it, when a handler fails, when its session is left; and taken back by its host it ends', async () => {
  const { channel, registry } = setup();
  channel.answers.set('session/create', () => created(`H${channel.requests.length}`));
  const silent = await registry.open({ cwd: '/work' });
  assert.match(await refusal(channel.ask({ sessionId: silent.id })), /nobody here answers/u);
  const failing = await registry.open({
    cwd: '/work',
    onPermission: () => Promise.reject(new Error('no idea')),
  });
  assert.match(await refusal(channel.ask({ sessionId: failing.id })), /no idea/u);
  const signals: AbortSignal[] = [];
  const slow = await registry.open({
    cwd: '/work',
    onPermission: ({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  });
  const host = new AbortController();
  const takenBack = channel.ask({ sessionId: slow.id }, host.signal);
  const left = channel.ask({ sessionId: slow.id });
  host.abort();
  await refusal(takenBack);
  slow.leave();
  await refusal(left);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, true],
  );
  await assert.rejects(
    channel.ask({ sessionId: idOf('H'), interaction: { kind: 'nonsense' } }),
    /interaction/u,
  );
});
