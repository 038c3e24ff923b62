import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ItemId } from '../../../src/protocol/ids.ts';
import { rowChunks } from '../../../src/webview/rowChunks.ts';

const rows = (from: number, to: number): ItemId[] =>
  Array.from({ length: to - from }, (_, index) => `message:${from + index}` as ItemId);

test('chunks hold every row once and in order, and stay the same arrays while rows come before and after [U3]', () => {
  const first = rowChunks(rows(20, 50));
  const grown = rowChunks(rows(3, 61), first);
  assert.deepEqual(grown.flat(), rows(3, 61));
  for (const chunk of first.slice(0, -1)) assert.ok(grown.includes(chunk), `${chunk[0]} is built again`);
  const whole = first.at(-1);
  assert.ok(
    whole !== undefined && grown.some((chunk) => chunk[0] === whole[0]),
    'the last one grew in place',
  );
});

test('a row that comes in between cuts only what stands behind it anew [U3]', () => {
  const first = rowChunks(rows(0, 40));
  const inserted = [...rows(0, 20), 'notice:1' as ItemId, ...rows(20, 40)];
  const after = rowChunks(inserted, first);
  assert.deepEqual(after.flat(), inserted);
  assert.equal(after[0], first[0]);
});
