import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Deliveries } from '../../../src/extension/deliveries.ts';
import { UnsentDrafts } from '../../../src/extension/unsentDrafts.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { fakeMemory } from '../../support/fakeMemory.ts';

const [ebb, flood] = ['ebb', 'flood'] as SessionId[] as [SessionId, SessionId];

/** What windows that are opened one after the other remember, and what had to make room in them. */
function windows() {
  const memory = fakeMemory();
  const gone: string[] = [];
  return {
    gone,
    window() {
      const deliveries = new Deliveries();
      const unsent = new UnsentDrafts({ memory, deliveries, letGo: ({ text }) => gone.push(text) });
      const given = () => deliveries.give(ebb, {}).flatMap((each) => (each.type === 'insert' ? [each] : []));
      return { unsent, given };
    },
  };
}

test('what was not sent waits for a page of its session, and for a later window until a page took it (U3)', () => {
  const { window } = windows();
  const before = window();
  before.unsent.keep(ebb, 'one');
  before.unsent.keep(flood, 'elsewhere');
  assert.deepEqual(before.given(), []);
  before.unsent.offer(ebb);
  before.unsent.offer(ebb);
  const [one, ...others] = before.given();
  assert.deepEqual([one?.text, others], ['one', []]);
  before.unsent.keep(ebb, 'two');
  before.unsent.took(one?.deliveryId ?? 0);
  const after = window();
  after.unsent.offer(ebb);
  assert.deepEqual(
    after.given().map(({ text }) => text),
    ['two'],
  );
});

test('what is too much to be kept is told of, the oldest first, and never the last one (U3)', () => {
  const { gone, window } = windows();
  const { unsent, given } = window();
  const long = 'x'.repeat(2 * 1024 * 1024);
  for (const text of ['one', 'two', long]) unsent.keep(ebb, text);
  assert.deepEqual(gone, ['one', 'two']);
  unsent.keep(ebb, 'three');
  assert.deepEqual(gone.at(-1), long);
  unsent.offer(ebb);
  assert.deepEqual(
    given().map(({ text }) => text),
    ['three'],
  );
});

test('what stands in the composer already is not put there a second time (U3)', () => {
  const { window } = windows();
  const { unsent, given } = window();
  for (const text of ['half a thought', 'another']) unsent.keep(ebb, text);
  unsent.offer(ebb, 'half a thought, and more');
  assert.deepEqual(
    given().map(({ text }) => text),
    ['another'],
  );
  const after = window();
  after.unsent.offer(ebb);
  assert.deepEqual(
    after.given().map(({ text }) => text),
    ['another'],
  );
});
