import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { smallestEdit } from '../../../src/extension/smallestEdit.ts';

const apply = (before: string, after: string): string => {
  const { start, end, text } = smallestEdit(before, after);
  return before.slice(0, start) + text + before.slice(end);
};

test('only what differs is replaced, so that a cursor elsewhere stays (A5)', () => {
  assert.deepEqual(smallestEdit('one two three', 'one 2 three'), { start: 4, end: 7, text: '2' });
  assert.deepEqual(smallestEdit('aa', 'aaa'), { start: 2, end: 2, text: 'a' });
  assert.deepEqual(smallestEdit('', 'new'), { start: 0, end: 0, text: 'new' });
  assert.deepEqual(smallestEdit('gone', ''), { start: 0, end: 4, text: '' });
});

test('no character of two units and no line’s end is cut (A5)', () => {
  assert.deepEqual(smallestEdit('a😀b', 'a😁b'), { start: 1, end: 3, text: '😁' });
  assert.deepEqual(smallestEdit('a\r\nb', 'a\r\r\nb').start, 1);
  assert.equal(apply('a\r\nb', 'a\nb'), 'a\nb');
});

test('the replacement makes the one text of the other, whatever they are (A5)', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '😀', '\ud83d'), maxLength: 12 });
  fc.assert(fc.property(text, text, (before, after) => assert.equal(apply(before, after), after)));
});
