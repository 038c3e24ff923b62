import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from '../../../src/client/registry.ts';
import type { Session } from '../../../src/client/session.ts';
import { CANCEL_WAIT_MS } from '../../../src/client/turn.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { ManualClock } from '../../support/manualClock.ts';
import {
  created,
  envelope,
  FakeChannel,
  notice,
  settle,
  started,
  turnEnded,
  turnStarted,
} from './fakeChannel.ts';

async function setup(): Promise<{ channel: FakeChannel; clock: ManualClock; session: Session }> {
  const channel = new FakeChannel().connect();
  const clock = new ManualClock();
  const registry = createRegistry(channel, { log: () => {}, clock });
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  const session = await registry.open({ cwd: '/work', sessionId: 'S' });
  channel.events(started('S'));
  return { channel, clock, session };
}

const accept = (channel: FakeChannel, turnId: string): void =>
  channel.last('session/prompt').respond({ sessionId: 'S', turnId, queued: false });

test('a prompt resolves when it is accepted; its end is a promise of its own', async () => {
  const { channel, session } = await setup();
  const prompt = session.prompt('hello', { mode: 'reject' });
  const { params } = channel.last('session/prompt');
  assert.deepEqual(params['content'], [{ type: 'text', text: 'hello' }]);
  assert.equal(params['mode'], 'reject');
  assert.equal(params['sessionId'], 'S');
  accept(channel, 'T');
  const turn = await prompt;
  assert.deepEqual([turn.turnId, turn.queued], ['T', false]);
  channel.events(turnStarted('S', 2, 'T'), turnEnded('S', 3, 'T', 'refused'));
  assert.equal((await turn.ended).outcome, 'refused');
});

test('a wait settles on its own turn’s end only: not on another turn’s end, an idle phase or other events', async () => {
  const { channel, session } = await setup();
  const prompt = session.prompt('mine');
  accept(channel, 'mine');
  const { ended } = await prompt;
  let settledWith: unknown;
  void ended.then((end) => (settledWith = end));
  channel.events(
    turnStarted('S', 2, 'other'),
    turnEnded('S', 3, 'other'),
    notice('S', 4),
    turnStarted('S', 5, 'mine'),
  );
  await settle();
  assert.equal(settledWith, undefined);
  channel.events(envelope('S', 6, { type: 'turn.ended', turnId: 'mine', outcome: 'failed', exitCode: 3 }));
  await settle();
  assert.deepEqual(settledWith, { turnId: 'mine', outcome: 'failed', exitCode: 3 });
});

test('an end that comes before the answer which names the turn is not missed', async () => {
  const { channel, session } = await setup();
  const prompt = session.prompt('quick');
  channel.events(turnStarted('S', 2, 'T'), turnEnded('S', 3, 'T'));
  accept(channel, 'T');
  assert.equal((await (await prompt).ended).outcome, 'completed');
});

test('a prompt that is refused rejects with the runtime’s error', async () => {
  const { channel, session } = await setup();
  const prompt = session.prompt('x');
  channel.last('session/prompt').fail(new HoldfastError('sessionBusy', 'a turn runs'));
  await assert.rejects(prompt, (error) => isHoldfastError(error, 'sessionBusy'));
});

test('T5: a turn that takes too long is cancelled, its end is waited for, and the wait says timedOut', async () => {
  const { channel, clock, session } = await setup();
  const prompt = session.prompt('slow', { timeoutMs: 500 });
  accept(channel, 'T');
  const { ended } = await prompt;
  let failed: unknown;
  ended.catch((error: unknown) => (failed = error));
  clock.advance(500);
  await settle();
  assert.equal(channel.last('session/cancel').params['turnId'], 'T');
  assert.equal(failed, undefined, 'not before the turn is over');
  channel.last('session/cancel').respond({ sessionId: 'S', turnId: 'T', cancelled: true });
  await settle();
  channel.events(turnEnded('S', 2, 'T', 'cancelled'));
  await settle();
  assert.ok(isHoldfastError(failed, 'timedOut'));
});

test('T5: the wait for a cancelled turn is bounded', async () => {
  const { channel, clock, session } = await setup();
  const prompt = session.prompt('stuck', { timeoutMs: 500 });
  accept(channel, 'T');
  const { ended } = await prompt;
  clock.advance(500);
  await settle();
  clock.advance(CANCEL_WAIT_MS);
  await assert.rejects(ended, (error) => isHoldfastError(error, 'timedOut'));
  assert.equal(clock.waiting, 0, 'no timer is left');
});

test('T5: a turn that completed just in time is a completed turn', async () => {
  const { channel, clock, session } = await setup();
  const prompt = session.prompt('nearly', { timeoutMs: 500 });
  accept(channel, 'T');
  const { ended } = await prompt;
  clock.advance(500);
  await settle();
  channel.last('session/cancel').respond({ sessionId: 'S', cancelled: false });
  channel.events(turnEnded('S', 2, 'T', 'completed'));
  assert.equal((await ended).outcome, 'completed');
});

test('T5: after a time-out the next prompt gets its own answer', async () => {
  const { channel, clock, session } = await setup();
  const first = session.prompt('first', { timeoutMs: 500 });
  const request = channel.last('session/prompt');
  first.catch(() => {});
  clock.advance(500);
  const second = session.prompt('second');
  const secondRequest = channel.last('session/prompt');
  request.respond({ sessionId: 'S', turnId: 'one', queued: false });
  await settle();
  assert.equal(
    channel.last('session/cancel').params['turnId'],
    'one',
    'what was accepted too late is cancelled',
  );
  secondRequest.respond({ sessionId: 'S', turnId: 'two', queued: true });
  channel.events(turnEnded('S', 2, 'one', 'cancelled'), turnEnded('S', 3, 'two'));
  const { turnId, ended } = await second;
  assert.equal(turnId, 'two');
  assert.equal((await ended).turnId, 'two');
  channel.last('session/cancel').respond({ sessionId: 'S', cancelled: true });
  await assert.rejects(first, (error) => isHoldfastError(error, 'timedOut'));
});

test('an abort cancels the turn and rejects at once', async () => {
  const { channel, session } = await setup();
  const controller = new AbortController();
  const prompt = session.prompt('x', { signal: controller.signal });
  accept(channel, 'T');
  const { ended } = await prompt;
  controller.abort();
  await assert.rejects(ended, (error) => isHoldfastError(error, 'aborted'));
  assert.equal(channel.last('session/cancel').params['turnId'], 'T');
});

test('a prompt that is given up before there is a connection is never sent', async () => {
  const { channel, session } = await setup();
  channel.drop();
  const controller = new AbortController();
  const prompt = session.prompt('x', { signal: controller.signal });
  controller.abort();
  await assert.rejects(prompt, (error) => isHoldfastError(error, 'aborted'));
  channel.connect();
  assert.ok(channel.requests.every(({ method }) => method !== 'session/prompt'));
});

test('when the session ends for good, a wait that is still there says sessionEnded; when it is left, notAttached', async () => {
  const { channel, session } = await setup();
  const first = session.prompt('x');
  accept(channel, 'T');
  const ending = (await first).ended;
  channel.events(envelope('S', 2, { type: 'session.ended', reason: 'by hand' }));
  await assert.rejects(ending, (error) => isHoldfastError(error, 'sessionEnded'));
  const second = session.prompt('y');
  accept(channel, 'U');
  const leaving = (await second).ended;
  session.leave();
  await assert.rejects(leaving, (error) => isHoldfastError(error, 'notAttached'));
  await assert.rejects(session.prompt('z'), (error) => isHoldfastError(error, 'notAttached'));
});

test('an end that nobody waits for is no unhandled rejection', async () => {
  const { channel, session } = await setup();
  const unhandled: unknown[] = [];
  const watch = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', watch);
  const prompt = session.prompt('x', { timeoutMs: 10 });
  accept(channel, 'T');
  await prompt;
  session.leave();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', watch);
  assert.deepEqual(unhandled, []);
});

test('a command is a turn as well', async () => {
  const { channel, session } = await setup();
  const command = session.command('make', { cwd: '/work/sub', killAfterMs: 5 });
  const { params } = channel.last('session/command');
  assert.deepEqual([params['command'], params['cwd'], params['timeoutMs']], ['make', '/work/sub', 5]);
  channel.last('session/command').respond({ sessionId: 'S', turnId: 'C', queued: false });
  const { ended } = await command;
  channel.events(turnEnded('S', 2, 'C'));
  assert.equal((await ended).turnId, 'C');
});

test('prompts that the running turn took in before they were answered leave that turn’s own wait to its sender (G1, T2)', async () => {
  const { channel, session } = await setup();
  const running = session.prompt('green', { until: { command: 'true' } });
  accept(channel, 'T');
  const { settled, ended } = await running;
  channel.events(turnStarted('S', 2, 'T'));
  const steering = ['more', 'and more'].map((text) => session.prompt(text, { mode: 'steer' }));
  const requests = channel.requests.filter(({ method }) => method === 'session/prompt').slice(-2);
  const joined = (seq: number, turnId: string) =>
    envelope('S', seq, { type: 'turn.ended', turnId, outcome: 'completed', joined: 'T' });
  channel.events(joined(3, 'P'), joined(4, 'Q'));
  for (const [index, turnId] of ['P', 'Q'].entries())
    requests[index]?.respond({ sessionId: 'S', turnId, queued: true, steered: true });
  const turns = await Promise.all(steering);
  channel.events(turnEnded('S', 5, 'T'));
  const ends = await Promise.all([ended, settled, ...turns.flatMap((turn) => [turn.ended, turn.settled])]);
  assert.deepEqual(
    ends.map(({ turnId }) => turnId),
    Array.from({ length: 6 }, () => 'T'),
  );
});
