import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundLines } from '../../../src/protocol/foundLines.ts';

test('what was found is shown from its own line on, its lines apart, without space around them (J6)', () => {
  const snippet = 'above\n  the  tide \n\n\tturns at noon\n';
  assert.deepEqual(foundLines({ snippet, matches: [[snippet.indexOf('tide'), 4]] }), [
    'the tide',
    'turns at noon',
  ]);
});

test('of a place where nothing is marked, all lines are shown (J6)', () => {
  assert.deepEqual(foundLines({ snippet: 'one\ntwo', matches: [] }), ['one', 'two']);
  assert.deepEqual(foundLines({ snippet: ' \n', matches: [] }), []);
});
