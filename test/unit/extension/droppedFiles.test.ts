import assert from 'node:assert/strict';
import { test } from 'node:test';

import { droppedFiles, MOST_FILES } from '../../../src/extension/droppedFiles.ts';

test('one address of a drop that cannot be read is named, and keeps no other file out (U5)', () => {
  const list = '# a comment\r\nfile:///home/ada/a.ts\r\nno address\r\nfile:///home/ada/b.ts\r\n';
  assert.deepEqual(
    droppedFiles(list, (address) => new URL(address).pathname),
    { files: ['/home/ada/a.ts', '/home/ada/b.ts'], unread: ['no address'], beyond: 0 },
  );
});

test('of a drop of very many files it is known how many were left out (U5)', () => {
  const list = Array.from({ length: MOST_FILES + 7 }, (_, at) => `file:///${at}`).join('\r\n');
  const { files, beyond } = droppedFiles(list, (address) => address);
  assert.equal(files.length, MOST_FILES);
  assert.equal(beyond, 7);
});
