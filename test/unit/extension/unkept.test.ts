import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { editor, window, workspace } from '../../support/fakeVscode.ts';

const { offerUnkept } = await import('../../../src/extension/unkept.ts');

beforeEach(() => editor.reset());

test('what a page cannot keep any longer is told of, and opens as a document (U3)', async (t) => {
  const opened: unknown[] = [];
  t.mock.method(workspace, 'openTextDocument', (given: unknown) => Promise.resolve(given));
  t.mock.method(window, 'showTextDocument', (document: unknown) => {
    opened.push(document);
    return Promise.resolve();
  });
  for (const title of ['Ebb', undefined]) {
    const offered = offerUnkept(title, 'what was typed');
    const shown = await editor.notification(({ buttons }) => buttons.includes('Open as Document'));
    assert.equal(shown.text.includes('“Ebb”'), title !== undefined);
    shown.press(title === undefined ? undefined : 'Open as Document');
    await offered;
    editor.reset();
  }
  assert.deepEqual(opened, [{ content: 'what was typed' }]);
});
