import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { isLostRow } from '../../../src/extension/lostRow.ts';

const { menus } = manifest.contributes;
const above = new Set(menus['view/title'].map(({ command }) => command));

test('a command of a row means nothing where the row is gone, and a button above the tree needs none (U1)', () => {
  for (const { command } of menus['view/item/context'])
    for (const given of [
      [undefined, undefined],
      [undefined, [undefined]],
    ])
      assert.equal(isLostRow(command, given), !above.has(command), command);
  for (const command of above) assert.equal(isLostRow(command, [undefined, undefined]), false, command);
});

test('what the palette, a key or a row that is there passes is meant (U1)', () => {
  const row = { sessionId: 'ebb' };
  for (const given of [[], [undefined], [row], [row, undefined], [row, [row, row]], [{ selection: true }]])
    assert.equal(isLostRow('holdfast.deleteSession', given), false, JSON.stringify(given));
});
