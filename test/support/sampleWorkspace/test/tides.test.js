import assert from 'node:assert/strict';
import test from 'node:test';

import { nextHighWaters } from '../src/tides.js';

test('high water comes again twelve hours and twenty-five minutes later', () => {
  assert.deepEqual(nextHighWaters('06:10', 1), ['18:35']);
});

test('times go on past midnight', () => {
  assert.deepEqual(nextHighWaters('18:35', 2), ['07:00', '19:25']);
});
