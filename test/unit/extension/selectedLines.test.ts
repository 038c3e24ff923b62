import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import { selectedLines } from '../../../src/extension/selectedLines.ts';

test('whole lines that are selected are named without the one that the cursor stands before (U5)', () => {
  const linesOf = (...[line, character, toLine, toCharacter]: [number, number, number, number]) => {
    const start = { line, character } as vscode.Position;
    const { from, to } = selectedLines({
      start,
      end: { line: toLine, character: toCharacter } as vscode.Position,
    });
    return [from, to];
  };
  assert.deepEqual(linesOf(0, 0, 3, 0), [1, 3]);
  assert.deepEqual(linesOf(0, 4, 1, 0), [1, 1]);
  assert.deepEqual(linesOf(0, 0, 3, 1), [1, 4]);
  assert.deepEqual(linesOf(2, 0, 2, 5), [3, 3]);
});
