import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileOfUri, uriOfFile } from '../../../../src/runtime/documents/fileUri.ts';

test('a document’s URI is decoded to the path that the system knows (A5)', () => {
  assert.equal(fileOfUri('file:///work/a%20b/%C3%BC%23%25.ts', false), '/work/a b/ü#%.ts');
  assert.equal(fileOfUri('FILE:///work/a.ts', false), '/work/a.ts');
  const odd = path.resolve('a b', 'ü#?%20.ts');
  assert.equal(fileOfUri(uriOfFile(odd)), odd);
});

test('on Windows a drive letter may be encoded and in either case, and a host is a share (A5)', () => {
  assert.equal(fileOfUri('file:///c%3A/work/a.ts', true), 'c:\\work\\a.ts');
  assert.equal(fileOfUri('file:///D:/work/a%20b.ts', true), 'D:\\work\\a b.ts');
  assert.equal(fileOfUri('file://server/share/a.ts', true), '\\\\server\\share\\a.ts');
  assert.equal(fileOfUri('file:///work/a.ts', true), undefined, 'without a drive it is nowhere');
});

test('what is no file of this machine has no path (A5)', () => {
  for (const uri of [
    'untitled:Untitled-1',
    'git:/work/a.ts?HEAD',
    'vscode-notebook-cell:/work/a.ipynb#W0',
    'vscode-remote://ssh-remote+elsewhere/work/a.ts',
    'vscode-local:/work/a.ts',
    'file://elsewhere/work/a.ts',
    'file:///work/a%2Fb.ts',
    'file:',
    '/work/a.ts',
    '',
  ])
    assert.equal(fileOfUri(uri, false), undefined, uri);
});
