import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { contrast, palette } from '../../../src/webview/diagrams/palette.ts';

const names = ['pie1', 'pie2', 'pie3', 'cScale0', 'cScale3', 'cScale11', 'git0', 'fillType1', 'venn1'];

for (const theme of ['dark', 'light', 'hc', 'hcLight']) {
  test(`what is told apart by colour in a diagram can be read in the ${theme} theme, and is told apart [U3, U6]`, () => {
    const { variables } = JSON.parse(
      readFileSync(new URL(`../../page/themes/${theme}.json`, import.meta.url), 'utf8'),
    ) as { variables: Record<string, string> };
    const of = (name: string): string => variables[`--vscode-${name}`] ?? '';
    const charts = ['blue', 'green', 'purple', 'yellow', 'red'].map((name) => of(`charts-${name}`));
    const given = palette(charts, { surface: of('editor-background'), text: of('foreground') });
    for (const name of names) {
      const fill = given[name];
      assert.ok(typeof fill === 'string' && contrast(fill, of('foreground')) >= 4.5, `${name} in ${theme}`);
    }
    assert.equal(new Set(['pie1', 'pie2', 'pie3', 'pie4', 'pie5'].map((name) => given[name])).size, 5);
    assert.equal(given['cScaleLabel0'], of('foreground'));
  });
}

test('contrast is that of WCAG, and a theme without colours for charts changes nothing', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#777777'), 1);
  assert.ok(Math.abs(contrast('#767676', '#ffffff') - 4.54) < 0.01);
  assert.deepEqual(palette([], { surface: '#000000', text: '#ffffff' }), {});
});
