import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { mergeSorted } from '../../../src/extension/mergeSorted.ts';

const byNumber = (a: number, b: number): number => a - b;

test('two lists in order come to what sorting both would, and each row is compared once (U1)', () => {
  const lists = fc.array(fc.integer({ min: 0, max: 50 })).map((list) => list.sort(byNumber));
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      let compared = 0;
      const merged = mergeSorted(a, b, (left, right) => {
        compared++;
        return byNumber(left, right);
      });
      assert.deepEqual(merged, [...a, ...b].sort(byNumber));
      assert.ok(compared <= a.length + b.length);
    }),
  );
});
