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
  assert.equal(messageOf({ state: 'connected' }, english), undefined);
  assert.equal(messageOf({ state: 'starting' }, english), undefined);
  assert.equal(messageOf({ state: 'restricted', isReading: false }, english), undefined);
  const texts = [
    messageOf({ state: 'connected', storageProblem: 'disk full' }, english),
    messageOf({ state: 'starting', detail: 'no node' }, english),
    messageOf({ state: 'reconnecting' }, english),
    messageOf({ state: 'incompatible', detail: 'too old' }, english),
    messageOf({ state: 'stopped' }, english),
    messageOf({ state: 'restricted', isReading: true }, english),
  ];
  for (const [at, words] of ['disk full', 'no node', 'Reconnecting', 'too old', 'stopped', 'read'].entries())
    assert.ok(texts[at]?.includes(words), words);
});
