import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Definitions } from '../../../src/webview/markdown/definitions.ts';
import { MOST_BLOCK, nextPiece, type Going, type Piece } from '../../../src/webview/markdown/pieces.ts';

const long = (text: string, length = 30_000): string => text.repeat(Math.ceil(length / text.length));

/** All pieces of a text, and what is left. */
function piecesOf(text: string): { pieces: Piece[]; rest: string } {
  const pieces: Piece[] = [];
  let rest = text;
  let going: Going | undefined;
  for (;;) {
    const piece = nextPiece(rest, going);
    if (piece === undefined) return { pieces, rest };
    assert.ok(piece.length > 0, 'every piece takes something');
    assert.ok(piece.length <= MOST_BLOCK, `a piece of ${piece.length}`);
    assert.equal(piece.source, (piece.from?.prefix ?? '') + rest.slice(0, piece.length));
    assert.ok(
      piece.from === undefined || piece.from === going,
      'it goes on from the one before, or from none',
    );
    pieces.push(piece);
    rest = rest.slice(piece.length);
    going = piece.going;
  }
}

const blocks: Readonly<Record<string, string>> = {
  'a paragraph in one line': long('Tides rise and fall. '),
  'a paragraph of many lines': long('Tides rise and fall\n'),
  'a text without a space': long('x'),
  'a text of wide characters': long('🌊'),
  'a list': long('- ebb and flow\n'),
  'a list with blank lines': long('1. ebb\n\n   and flow\n\n'),
  'a list of one item': `- top\n${long('  - below\n')}`,
  'an item of one line': `- ${long('top ')}`,
  'a table': `| a | b |\n|---|---|\n${long('| ebb | flow |\n')}`,
  'a table of one line': `| a | b |\n|---|---|\n| ${long('ebb ')} | flow |`,
  'a quote': long('> said so\n'),
  'quotes in quotes': long('>'),
  'lists in lists': long('- '),
  code: `\`\`\`js\n${long('const a = 1;\n')}\`\`\``,
  'code that is open': `\`\`\`js\n${long('const a = 1;\n')}`,
  'code in one line': `~~~\n${long('a=1;')}\n~~~\n`,
  'indented code': long('    a = 1;\n'),
  'a heading': `# ${long('high ')}`,
  markup: long('<div>\n'),
  'blank lines': `a${long('\n')}b`,
  'lines that end with a carriage return': long('a\r\nb\r\n'),
  'a line of hyphens below': `${long('a\n')}---\n`,
  definitions: Array.from({ length: 1_000 }, (_, at) => `[d${at}]: https://a.example/${at}\n`).join(''),
};

for (const [name, block] of Object.entries(blocks))
  test(`${name} that is very long is taken in pieces, none too long and nothing lost (U3)`, () => {
    const text = `Before.\n\n${block}\n\nAfter.\n`;
    const { pieces, rest } = piecesOf(text);
    assert.ok(rest.length <= MOST_BLOCK, `${rest.length} are left`);
    assert.equal(pieces.reduce((sum, { length }) => sum + length, 0) + rest.length, text.length);
  });

test('a list goes on with its numbers, a table with its header and code in its language (U3)', () => {
  const going = (text: string): (Going | undefined)[] => piecesOf(text).pieces.map((piece) => piece.going);
  const numbered = Array.from({ length: 2_000 }, () => '1. the same').join('\n');
  const [first, second] = going(numbered);
  assert.ok(first?.kind === 'list' && (first.start ?? 0) > 100, JSON.stringify(first));
  assert.ok(second?.kind === 'list' && (second.start ?? 0) > (first.start ?? 0));
  const table = `| a | b |\n|---|:-:|\n${long('| ebb | flow |\n')}`;
  assert.deepEqual(going(table)[0], { kind: 'table', prefix: '| a | b |\n|---|:-:|\n' });
  const code = `\`\`\`js title="a.js"\n${long('a\n')}\`\`\`\n\nafter`;
  assert.deepEqual(going(code)[0], { kind: 'code', prefix: '```js title="a.js"\n', inLine: false });
});

test('what was cut where it ends anyway does not go on, and nothing of what follows is lost (U3)', () => {
  const row = '| ebb | flow |\n';
  const header = '| a | b |\n|---|---|\n';
  for (const [going, follows] of [
    [{ kind: 'table', prefix: header }, '\nAfter the table.\n\nAnd on.\n\n'],
    [{ kind: 'table', prefix: header }, `${row}\nAfter the table.\n\nAnd on.\n\n`],
    [{ kind: 'table', prefix: header }, '# After the table\n\nAnd on.\n\n'],
    [{ kind: 'text', prefix: '\u2060' }, '\n\nAfter the text.\n\nAnd on.\n\n'],
    [{ kind: 'text', prefix: '\u2060' }, '# After the text\n\nAnd on.\n\n'],
    [{ kind: 'item', prefix: '- \u2060\n' }, '\nAfter the list.\n\nAnd on.\n\n'],
    [{ kind: 'code', prefix: '```js\n' }, '```\n\nAfter the code.\n\nAnd on.\n\n'],
  ] as const) {
    const piece = nextPiece(follows, going);
    assert.ok(piece !== undefined && follows.startsWith(piece.source.slice(piece.from?.prefix.length ?? 0)));
    assert.ok(piece.length > 0 && piece.length < follows.length);
  }
});

test('links are defined once for a text, wherever their definitions stand, and not by code (U3)', () => {
  const definitions = new Definitions();
  const text =
    '```\n[code]: https://code.example\n```\n\n[Ebb  Tide]: <https://a.example/b c> "Title"\n[ebb tide]: other\n   [flow]:\n  /path\n[half]: https://ha';
  for (let length = 0; length < text.length; length += 7) definitions.take(text.slice(0, length), false);
  definitions.take(text, false);
  const links = definitions.of('[ebb\ntide] and [x][flow], [code] and [half]');
  assert.deepEqual(
    { ...links },
    {
      'ebb tide': { href: 'https://a.example/b c', title: 'Title' },
      flow: { href: '/path', title: null },
    },
  );
  definitions.take(text, true);
  assert.equal(definitions.of('[half]')['half']?.href, 'https://ha');
});
