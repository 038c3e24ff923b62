import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersNamed } from '../../../src/extension/workspaceFile.ts';

test('the folders that a workspace file names are counted, whatever else stands in it (U7)', () => {
  for (const [text, count] of [
    ['', 0],
    ['{}', 0],
    ['{"folders":[]}', 0],
    [
      '{"folders":[{"path":"tides"},{"uri":"vscode-remote://box/estuary","name":"path"}],"settings":{"path":"x"}}',
      2,
    ],
    [
      '{ // "folders": [{"path": "no"}]\n "folders": [ /* ] */ { "path": "a]b\\"c", }, { "path": "//sea" }, ], }',
      2,
    ],
  ] as const)
    assert.equal(foldersNamed(text), count, text);
});
