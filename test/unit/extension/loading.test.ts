import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Deferred } from '../../../src/base/deferred.ts';
import { slices } from '../../../src/extension/wireSlices.ts';
import { editor } from '../../support/fakeVscode.ts';

const { loadPageSchemas } = await import('../../../src/extension/loadWire.ts');
const { SettingsReport } = await import('../../../src/extension/settings.ts');

test('what checks settings and messages of pages is loaded after the pieces of the code that it shares with all else (law 8)', async () => {
  const piece = new Deferred<void>();
  (slices as (() => Promise<void>)[]).push(() => piece.promise);
  editor.settings = { 'holdfast.home': 7 };
  const done: string[] = [];
  const reported = new SettingsReport().report().then(() => done.push('settings'));
  const loaded = loadPageSchemas().then(() => done.push('pages'));
  // Far longer than it takes to load either.
  await Promise.all([
    import('../../../src/extension/agentSettings.ts'),
    import('../../../src/extension/remoteSettings.ts'),
    import('../../../src/protocol/pageSchemas.ts'),
  ]);
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([done, editor.shown], [[], []]);
  piece.resolve();
  await Promise.all([reported, loaded]);
  assert.match(editor.shown[0]?.text ?? '', /holdfast\.home: it must be a text/u);
});
