import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from '../../../src/base/deferred.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';
import type { CommandId } from '../../../src/protocol/ids.ts';
import { Idempotency } from '../../../src/runtime/idempotency.ts';
import type { Journal } from '../../../src/runtime/journal/journal.ts';

function setUp(committed = Promise.resolve()) {
  const kept = new Map<CommandId, { method: string; result: unknown }>();
  const journal = {
    remember: (commandId: CommandId, method: string, result: unknown) =>
      void kept.set(commandId, { method, result }),
    recall: (commandId: CommandId) => kept.get(commandId),
    committed: () => committed,
    state: { storage: 'ok' },
    onState: () => ({ dispose() {} }),
  } as unknown as Journal;
  return new Idempotency(journal);
}

const id = 'c' as CommandId;
const done = (kept: number) => ({ kept });

test('a resent command gets the first result and runs nothing twice (J5)', async () => {
  const idempotency = setUp();
  let runs = 0;
  const run = () => idempotency.run(id, 'session/prompt', () => done(++runs));
  assert.deepEqual([await run(), await run()], [1, 1]);
});

test('a resend while the first is still being stored waits for it (J5)', async () => {
  const committed = new Deferred<void>();
  const idempotency = setUp(committed.promise);
  let runs = 0;
  const act = () => ({ kept: ++runs });
  const both = Promise.all([idempotency.run(id, 'm', act), idempotency.run(id, 'm', act)]);
  committed.resolve();
  assert.deepEqual(await both, [1, 1]);
});

test('a command that failed is run again when it is sent again', async () => {
  const idempotency = setUp();
  let runs = 0;
  const act = () => {
    if (++runs === 1) throw new Error('no');
    return done(runs);
  };
  await assert.rejects(idempotency.run(id, 'm', act), /no/u);
  assert.equal(await idempotency.run(id, 'm', act), 2);
});

test('one id for two different methods is refused', async () => {
  const idempotency = setUp();
  await idempotency.run(id, 'session/prompt', () => done(1));
  await assert.rejects(
    idempotency.run(id, 'session/end', () => done(2)),
    (error) => isHoldfastError(error, 'commandReused') && /session\/prompt/u.test(error.message),
  );
});
