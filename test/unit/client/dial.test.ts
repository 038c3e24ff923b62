import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOff, createDialer, type DialState } from '../../../src/client/dial.ts';
import type { Reached } from '../../../src/client/reach.ts';
import { Deferred } from '../../../src/base/deferred.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settle } from './fakeChannel.ts';

/** A dialer whose attempts the test settles. */
function setup(options: { attempts?: number; random?: () => number } = {}) {
  const clock = new ManualClock();
  const attempts: Deferred<Reached>[] = [];
  const states: string[] = [];
  const dialer = createDialer({
    home: '/home',
    clock,
    log: () => {},
    random: () => 0,
    reach: () => {
      const attempt = new Deferred<Reached>();
      attempts.push(attempt);
      return attempt.promise;
    },
    ...options,
  });
  dialer.onState(({ state, attempt }: DialState) => states.push(`${state} ${attempt}`));
  const fail = async (kind: 'runtimeUnreachable' | 'noUsableNode' = 'runtimeUnreachable'): Promise<void> => {
    attempts.at(-1)?.reject(new HoldfastError(kind, `attempt ${attempts.length} failed`));
    await settle();
  };
  return { clock, attempts, states, dialer, fail };
}

let ended = 0;
const reached = { transport: { writer: { end: () => ended++ } }, entry: {} } as unknown as Reached;

test('the wait doubles from 100 ms to 5 s, and its upper half is random', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 50].map((failed) => backOff(failed, () => 1)),
    [100, 200, 400, 3200, 5000, 5000],
  );
  assert.deepEqual(
    [1, 2, 7].map((failed) => backOff(failed, () => 0)),
    [50, 100, 2500],
  );
});

test('a dial goes on until it has a connection, and its state says when the next attempt begins and what went wrong', async () => {
  const { clock, attempts, states, dialer, fail } = setup();
  assert.equal(dialer.state.state, 'starting');
  const dialled = dialer.dial();
  await fail();
  assert.equal(dialer.state.nextAttemptAt, clock.now() + 50);
  assert.equal(dialer.state.lastError?.message, 'attempt 1 failed');
  clock.advance(49);
  await settle();
  assert.equal(attempts.length, 1, 'not before its time');
  clock.advance(1);
  await settle();
  await fail();
  clock.advance(100);
  await settle();
  attempts.at(-1)?.resolve(reached);
  assert.equal(await dialled, reached);
  assert.deepEqual(states, [
    'connecting 1',
    'waiting 1',
    'connecting 2',
    'waiting 2',
    'connecting 3',
    'connected 3',
  ]);
});

test('a dial never gives up by itself', async () => {
  const { clock, attempts, dialer, fail } = setup();
  const controller = new AbortController();
  const dialled = dialer.dial({ signal: controller.signal });
  for (let count = 1; count <= 100; count++) {
    assert.equal(attempts.length, count);
    await fail(count === 50 ? 'noUsableNode' : 'runtimeUnreachable');
    clock.advance(5_000);
    await settle();
  }
  controller.abort();
  await fail();
  await assert.rejects(dialled, (error) => isHoldfastError(error, 'aborted'));
});

test('retryNow cuts the wait short', async () => {
  const { attempts, dialer, fail } = setup();
  void dialer.dial();
  await fail();
  dialer.retryNow();
  await settle();
  assert.equal(attempts.length, 2);
});

test('an abort ends the wait at once and leaves no timer', async () => {
  const { clock, dialer, fail } = setup();
  const controller = new AbortController();
  const dialled = dialer.dial({ signal: controller.signal });
  await fail();
  controller.abort();
  await assert.rejects(dialled, (error) => isHoldfastError(error, 'aborted'));
  assert.equal(clock.waiting, 0);
});

test('a connection that is made after the abort is closed', async () => {
  const { attempts, dialer } = setup();
  const controller = new AbortController();
  const dialled = dialer.dial({ signal: controller.signal });
  controller.abort();
  const before = ended;
  attempts[0]?.resolve(reached);
  await assert.rejects(dialled, (error) => isHoldfastError(error, 'aborted'));
  assert.equal(ended, before + 1);
});

test('with limited attempts the last error is told', async () => {
  const { clock, dialer, fail } = setup({ attempts: 2 });
  const dialled = dialer.dial();
  await fail();
  clock.advance(5_000);
  await settle();
  await fail();
  await assert.rejects(
    dialled,
    (error) => isHoldfastError(error, 'runtimeUnreachable') && error.message === 'attempt 2 failed',
  );
});

test('with limited attempts a failure that waiting does not mend is told at once', async () => {
  const { dialer, fail } = setup({ attempts: 5 });
  const dialled = dialer.dial();
  await fail('noUsableNode');
  await assert.rejects(dialled, (error) => isHoldfastError(error, 'noUsableNode'));
});

test('something thrown that is no error of ours counts as unreachable', async () => {
  const { attempts, dialer } = setup({ attempts: 1 });
  const dialled = dialer.dial();
  attempts[0]?.reject(new Error('EPIPE'));
  await assert.rejects(
    dialled,
    (error) => isHoldfastError(error, 'runtimeUnreachable') && error.message === 'EPIPE',
  );
});
