import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plainOutput } from '../../../src/extension/plainOutput.ts';

const cases: readonly (readonly [printed: string, shown: string])[] = [
  ['plain\r\ntext\r\n', 'plain\ntext'],
  ['\u001B[1;31mred\u001B[0m and \u001B[4mline\u001B[m', 'red and line'],
  ['\u001B]633;C\u0007out\u001B]8;;https://a.example\u001B\\link\u001B]8;;\u001B\\', 'outlink'],
  ['10 %\r50 %\r100 %\ndone', '100 %\ndone'],
  ['cut off \u001B[38;5', 'cut off'],
  ['bell\u0007 and \u0000zero', 'bell and zero'],
  ['\u001B(B\u001B=tab\tstays', 'tab\tstays'],
];

for (const [printed, shown] of cases)
  test(`what a terminal printed as ${JSON.stringify(printed)} reads as ${JSON.stringify(shown)} (U3)`, () => {
    assert.equal(plainOutput(printed), shown);
  });
