import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { editor, window } from '../../support/fakeVscode.ts';

const { askAndDo } = await import('../../../src/extension/askAndDo.ts');

beforeEach(() => editor.reset());

test('what was typed is asked for again where it could not be done, with why, until it is or nothing is typed (U1)', async (t) => {
  const offered: (string | undefined)[] = [];
  const typed = ['npm tset', 'npm test', undefined];
  t.mock.method(window, 'showInputBox', ({ value }: { readonly value?: string }) => {
    offered.push(value);
    return Promise.resolve(typed.shift());
  });
  const done: string[] = [];
  const act = (text: string): Promise<string> => {
    if (text !== 'npm test') return Promise.reject(new Error(`no ${text}`));
    done.push(text);
    return Promise.resolve('done');
  };
  assert.equal(await askAndDo({ value: 'npm' }, act), 'done');
  assert.deepEqual(offered, ['npm', 'npm tset']);
  assert.deepEqual(
    editor.shown.map(({ kind, text }) => [kind, text]),
    [['error', 'Holdfast: no npm tset']],
  );
  assert.equal(await askAndDo({}, act), undefined);
  assert.deepEqual(done, ['npm test']);
});
