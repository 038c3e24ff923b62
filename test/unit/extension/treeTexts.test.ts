import assert from 'node:assert/strict';
import { test } from 'node:test';

import { badgeOf, messageOf } from '../../../src/extension/treeTexts.ts';
import { english } from '../../../src/extension/words.ts';

test('the badge counts the sessions that need the person, and is not there when none does (U1)', () => {
  assert.equal(badgeOf(0, english), undefined);
  assert.deepEqual(badgeOf(1, english), { value: 1, tooltip: '1 session needs you' });
  assert.deepEqual(badgeOf(3, english), { value: 3, tooltip: '3 sessions need you' });
});

test('above the sessions stands what is wrong with the connection, and nothing when all is well or just begins (U8)', () => {
  assert.equal(messageOf({ state: 'connected' }, 0, english), undefined);
  assert.equal(messageOf({ state: 'starting' }, 0, english), undefined);
  assert.equal(messageOf({ state: 'restricted', isReading: false }, 0, english), undefined);
  const texts = [
    messageOf({ state: 'connected', storageProblem: 'disk full' }, 0, english),
    messageOf({ state: 'starting', detail: 'no node' }, 0, english),
    messageOf({ state: 'reconnecting' }, 0, english),
    messageOf({ state: 'incompatible', detail: 'too old' }, 0, english),
    messageOf({ state: 'stopped' }, 0, english),
    messageOf({ state: 'restricted', isReading: true }, 0, english),
  ];
  for (const [at, words] of ['disk full', 'no node', 'Reconnecting', 'too old', 'stopped', 'read'].entries())
    assert.ok(texts[at]?.includes(words), words);
});

test('while a lost connection is tried again, the next attempt is told in seconds, unless it is about to be made (U8)', () => {
  const at = (now: number): string | undefined =>
    messageOf({ state: 'reconnecting', nextAttemptAt: 5_000 }, now, english);
  assert.equal(at(0), 'Reconnecting to the Holdfast runtime… Next attempt in 5 s.');
  assert.equal(at(4_000), 'Reconnecting to the Holdfast runtime… Next attempt in 1 s.');
  assert.equal(at(4_900), 'Reconnecting to the Holdfast runtime…');
  assert.equal(messageOf({ state: 'reconnecting' }, 0, english), at(4_900));
  const failing = { state: 'starting', detail: 'No Node.js was found.', nextAttemptAt: 5_000 } as const;
  assert.equal(
    messageOf(failing, 0, english),
    'Holdfast cannot start: No Node.js was found. Next attempt in 5 s.',
  );
});
