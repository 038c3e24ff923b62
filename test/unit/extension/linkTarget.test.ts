import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linkTarget } from '../../../src/extension/linkTarget.ts';
import { plainText } from '../../../src/extension/plainText.ts';

const folder = '/home/ada/tides';

test('addresses of the web open outside', () => {
  for (const address of ['https://example.com/a?b#c', 'HTTP://example.com', 'mailto:ada@example.com']) {
    assert.deepEqual(linkTarget(address, folder), { kind: 'external', address });
  }
});

test('paths open in the editor, with their line', () => {
  const file = (path: string, line?: number): object => ({
    kind: 'file',
    path,
    ...(line === undefined ? {} : { line }),
  });
  assert.deepEqual(linkTarget('src/main.js', folder), file('/home/ada/tides/src/main.js'));
  assert.deepEqual(linkTarget('src/main.js:12', folder), file('/home/ada/tides/src/main.js', 12));
  assert.deepEqual(linkTarget('./src/main.js:12:3', folder), file('/home/ada/tides/src/main.js', 12));
  assert.deepEqual(linkTarget('main.js:7', folder), file('/home/ada/tides/main.js', 7));
  assert.deepEqual(linkTarget('/etc/hosts#L4-L9', folder), file('/etc/hosts', 4));
  assert.deepEqual(linkTarget('file:///tmp/a%20b.txt#L2', folder), file('/tmp/a b.txt', 2));
  assert.deepEqual(linkTarget('bad%zz.txt', folder), file('/home/ada/tides/bad%zz.txt'));
});

test('everything else opens nothing', () => {
  for (const href of [
    'command:workbench.action.quit',
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'vscode://a.b/c',
    'data:text/html,x',
    '//evil.example/x',
    '#top',
    '',
    'https://',
  ]) {
    assert.equal(linkTarget(href, folder), undefined, href);
  }
});

test('text of others holds no icons and no links for the editor', () => {
  assert.equal(plainText('$(bell) [x](command:y)'), '$\u200b(bell) [x]\u200b(command:y)');
});
