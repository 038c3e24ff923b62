import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersNamed } from '../../../src/extension/workspaceFile.ts';

test('the folders that a workspace file names are read, whatever else stands in it (U7)', () => {
  for (const [text, ...expected] of [
    [''],
    ['{}'],
    ['{"folders":[]}'],
    [
      '{"folders":[{"path":"tides"},{"name":"path","uri":"vscode-remote://box/estuary"}],"settings":{"path":"x"}}',
      'path tides',
      'uri vscode-remote://box/estuary',
    ],
    [
      '{ // "folders": [{"path": "no"}]\n "folders": [ /* ] */ { "path": "a]b\\"c", }, { "path": "//sea" }, ], }',
      'path a]b"c',
      'path //sea',
    ],
  ] as const)
    assert.deepEqual(
      foldersNamed(text).map(({ kind, value }) => `${kind} ${value}`),
      expected,
      text,
    );
});
