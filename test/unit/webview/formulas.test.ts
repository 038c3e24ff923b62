import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Token } from 'marked';

import { cutBlocks, inlineOf, lex } from '../../../src/webview/markdown/blocks.ts';
import { isFormula } from '../../../src/webview/markdown/formulas.ts';

/** The formulas of a text, those in lines of their own between brackets. */
function formulasOf(text: string): string[] {
  const found = (token: Token): string[] => {
    if (isFormula(token)) return [token.display ? `[${token.tex}]` : token.tex];
    if (token.type === 'table')
      return [...token['header'], ...token['rows'].flat()].flatMap(({ tokens }) =>
        inlineOf(tokens).flatMap(found),
      );
    if ('items' in token) return token['items'].flatMap(found);
    return 'tokens' in token ? inlineOf(token.tokens ?? []).flatMap(found) : [];
  };
  return lex(text).flatMap(found);
}

test('formulas are found in text, lists, tables and lines of their own [U3]', () => {
  assert.deepEqual(formulasOf('Energy $E = mc^2$, **bold $x$** and \\(y\\).'), ['E = mc^2', 'x', 'y']);
  assert.deepEqual(formulasOf('$$\na\n+ b\n$$\n\ntext\n\n\\[ c \\]\n'), ['[a\n+ b]', '[c]']);
  assert.deepEqual(formulasOf('so $$a$$ goes'), ['[a]']);
  assert.deepEqual(formulasOf('- one $a$\n- two\n\n  $$\n  b\n  $$\n'), ['a', '[b]']);
  assert.deepEqual(formulasOf('| $a$ | b |\n| - | - |\n| c | $d$ |'), ['a', 'd']);
});

test('money, variables of a shell, code and what is not closed are no formulas [U3]', () => {
  const texts = [
    'It costs $5 and $10.',
    'It costs 5$ and 10$.',
    '$5-$10',
    'echo $HOME/$USER "$A" and "$B", $a$b',
    '`$x$` and\n\n```\n$$y$$\n```',
    'a \\$5 and \\$6',
    '$$\nopen\n\nand closed later $$',
    '$ x $',
    '\\( open',
  ];
  for (const text of texts) assert.deepEqual(formulasOf(text), [], text);
});

test('a formula in lines of its own is a block that more text cannot change, once it is closed [U3]', () => {
  const { finished, open } = cutBlocks('One.\n\n$$\na\n$$\n\nTwo');
  assert.equal(finished.join('') + open, 'One.\n\n$$\na\n$$\n\nTwo');
  assert.ok(finished.some((block) => block.includes('$$\na\n$$')));
  assert.equal(open.trim(), 'Two');
});
