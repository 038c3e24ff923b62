import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodes } from '../../../src/protocol/errors.ts';

test('every failure has a code of its own', () => {
  const codes = Object.values(errorCodes);
  assert.deepEqual(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
  );
});
