import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError } from '../../../src/protocol/errors.ts';
import type { By } from '../../../src/protocol/events.ts';
import type { InteractionId, TurnId } from '../../../src/protocol/ids.ts';
import type { Interaction } from '../../../src/protocol/interaction.ts';
import { Interactions, MOST_OPEN } from '../../../src/runtime/interactions.ts';

const anna: By = { client: 'a', name: 'Anna' };
const turnId = 't' as TurnId;
const permission: Interaction = {
  kind: 'permission',
  title: 'Edit a.txt',
  options: [
    { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
    { optionId: 'no', name: 'Reject', kind: 'reject_once' },
  ],
};

function setUp() {
  const events: { type: string; interactionId: InteractionId; by: By | undefined }[] = [];
  const interactions = new Interactions(({ type, interactionId }, { by }) =>
    events.push({ type, interactionId, by }),
  );
  return { interactions, events, first: () => events[0]?.interactionId ?? assert.fail('nothing was opened') };
}

test('an answer settles once: the first wins, a later one is told who won (law 2, W2)', async () => {
  const { interactions, events, first } = setUp();
  const asked = interactions.ask(permission, { turnId });
  interactions.answer(first(), { kind: 'option', optionId: 'yes' }, anna);
  assert.deepEqual(await asked, { outcome: 'answered', answer: { kind: 'option', optionId: 'yes' } });
  assert.throws(
    () => interactions.answer(first(), { kind: 'option', optionId: 'no' }, { client: 'b', name: 'Ben' }),
    (error) => isHoldfastError(error, 'interactionSettled') && /answered by Anna/u.test(error.message),
  );
  assert.deepEqual(
    events.map(({ type, by }) => [type, by?.name]),
    [
      ['interaction.opened', undefined],
      ['interaction.settled', 'Anna'],
    ],
  );
});

test('an answer that does not fit leaves the question open and says what does not fit', () => {
  const { interactions, events, first } = setUp();
  void interactions.ask(permission, { turnId });
  for (const answer of [
    { kind: 'option', optionId: 'maybe' },
    { kind: 'accept' },
    { kind: 'values', values: {} },
  ] as const) {
    assert.throws(
      () => interactions.answer(first(), answer, anna),
      (error) => isHoldfastError(error, 'invalidAnswer'),
    );
  }
  assert.equal(events.length, 1);
});

test('an answer to something that was never asked is not found', () => {
  const { interactions } = setUp();
  assert.throws(
    () => interactions.answer('x' as InteractionId, { kind: 'dismiss' }, anna),
    (error) => isHoldfastError(error, 'interactionNotFound'),
  );
});

test('cancelling a turn settles its questions and leaves those of others open (T3)', async () => {
  const { interactions, events } = setUp();
  const mine = interactions.ask(permission, { turnId });
  void interactions.ask(permission, { turnId: 'other' as TurnId });
  interactions.cancel('the turn was cancelled', { turnId, by: anna });
  assert.deepEqual(await mine, { outcome: 'cancelled', reason: 'the turn was cancelled' });
  assert.equal(events.filter(({ type }) => type === 'interaction.settled').length, 1);
});

test('a request that the agent withdraws is settled as cancelled, also when it was withdrawn before it was opened', async () => {
  const { interactions, events } = setUp();
  const abort = new AbortController();
  const asked = interactions.ask(permission, { turnId, signal: abort.signal });
  abort.abort();
  assert.equal((await asked).outcome, 'cancelled');
  assert.equal((await interactions.ask(permission, { turnId, signal: abort.signal })).outcome, 'cancelled');
  assert.deepEqual(
    events.map(({ type }) => type),
    ['interaction.opened', 'interaction.settled'],
  );
});

test('an agent that asks without end has as many questions open as a head holds; the next are cancelled until one is settled (law 7)', async () => {
  const { interactions, events, first } = setUp();
  const asked = Array.from({ length: MOST_OPEN }, () => interactions.ask(permission, { turnId }));
  const over = await interactions.ask(permission, { turnId });
  assert.deepEqual([over.outcome, events.length], ['cancelled', MOST_OPEN]);
  interactions.answer(first(), { kind: 'reject' }, anna);
  assert.equal((await asked[0])?.outcome, 'answered');
  void interactions.ask(permission, { turnId });
  assert.equal(events.filter(({ type }) => type === 'interaction.opened').length, MOST_OPEN + 1);
});
