import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cutBlocks, inlineOf, isRest, lex, openFence, pieces } from '../../../src/webview/markdown/blocks.ts';

test('all but the last block are finished, and nothing is lost', () => {
  const text = '# Title\n\nOne.\n\nTwo, which goes on';
  const { finished, open } = cutBlocks(text);
  assert.equal(open, 'Two, which goes on');
  assert.equal(finished.join('') + open, text);
});

test('a list stays open over blank lines, since it may go on', () => {
  assert.equal(cutBlocks('- a\n- b\n\n').open, '- a\n- b\n\n');
  assert.equal(cutBlocks('Text.\n\n1. a\n\n').open, '1. a\n\n');
});

test('an open fence is one open block', () => {
  const { finished, open } = cutBlocks('Look:\n\n```js\nconst a = 1;\n\n# not a title\n');
  assert.equal(finished.join(''), 'Look:\n\n');
  assert.ok(openFence(open));
});

test('a fence is open until a line of its own kind and length closes it', () => {
  assert.ok(openFence('```\ncode\n'));
  assert.ok(openFence('````md\n```\ncode\n```\n'));
  assert.ok(openFence('~~~\n```\n'));
  assert.ok(!openFence('```\ncode\n```'));
  assert.ok(!openFence('```\n```\n'));
  assert.ok(!openFence('text\n```\n'));
});

test('cut anywhere, the finished blocks of a growing text only grow', () => {
  const text =
    '# A\n\ntext *with* `code`\n\n- one\n\n  more\n- two\n\n```sh\nls\n```\n\n> quote\n> more\n\n| a |\n| - |\n| 1 |\n\nThe end\n===\n\nlast';
  let before = '';
  for (let length = 1; length <= text.length; length++) {
    const { finished, open } = cutBlocks(text.slice(0, length));
    const joined = finished.join('');
    assert.equal(joined + open, text.slice(0, length));
    assert.ok(
      joined.startsWith(before),
      `at ${length}: ${JSON.stringify(joined)} after ${JSON.stringify(before)}`,
    );
    before = joined;
  }
});

test('a very long text is cut between words, nothing of it is lost, and its pictures stay whole (U3)', () => {
  const words = 'the *tide* comes in ';
  const image = `![the tide, as it is](data:image/png;base64,${'iVBORw0K'.repeat(4_000)})`;
  for (const text of [
    words.repeat(3_000),
    'x'.repeat(50_000),
    '😀'.repeat(30_000),
    `a${'😀'.repeat(30_000)}`,
    words.repeat(500) + image + words.repeat(500),
    `${image}${image}`,
    `![](data:image/png;base64,${'iVBORw0K'.repeat(4_000)}`,
  ]) {
    const cut = pieces(text);
    assert.ok(cut.join('') === text, text.slice(0, 40));
    assert.ok(cut.every((piece) => piece.replaceAll(/data:[^)]*/gu, '').length <= 4_000));
    assert.ok(cut.every((piece) => !/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(piece)));
  }
  assert.ok(pieces(words.repeat(500) + image).some((piece) => piece.includes(image)));
});

test('pictures count for nothing in how long a text is, whatever stands around them (U3)', () => {
  const data = `data:image/png;base64,${'iVBORw0K'.repeat(4_000)}`;
  const types = (text: string): string[] => {
    const [paragraph] = lex(text);
    assert.ok(paragraph !== undefined && 'tokens' in paragraph);
    return inlineOf(paragraph.tokens ?? []).map(({ type }) => type);
  };
  assert.deepEqual(types(`Before ![a](${data}) and after ![b](${data})`), ['text', 'image', 'text', 'image']);
  assert.deepEqual(types(`![chart (2024)](${data})`), ['image']);
  assert.deepEqual(types(`![a](${data} "x (y)")`), ['image']);
  assert.deepEqual(types(`[![a](${data})](https://tides.example)`), ['link']);
  const marked = `**${'the *tide* comes in '.repeat(400)}![a](${data}) so**`;
  assert.deepEqual(types(marked), ['strong'], 'it is read whole');
  const long = 'the tide comes in '.repeat(220);
  const cut = pieces(`${long}![as it is now](${data}) ${long.repeat(6)}`);
  assert.ok(cut.some((piece) => piece.includes(`![as it is now](${data})`)));
});

test('no code is cut where a very long text is (U3)', () => {
  const text = `run \`npm run build\` and \`npm test\` then wait. `.repeat(600);
  for (const piece of pieces(text)) assert.equal(piece.split('`').length % 2, 1, piece.slice(-40));
  assert.equal(pieces(text).join(''), text);
});

test('a very long paragraph is read in parts that keep its marks, and one that is never closed is looked for nearby alone (U3)', () => {
  const text = `**never ${'the *tide* comes in '.repeat(3_000)} closed**`;
  const [paragraph] = lex(text);
  assert.ok(paragraph !== undefined && 'tokens' in paragraph);
  const parts = [inlineOf(paragraph.tokens ?? [])];
  for (;;) {
    const rest = parts.at(-1)?.at(-1);
    if (rest === undefined || !isRest(rest)) break;
    parts.push(rest.read());
  }
  const read = parts.flat().filter((token) => !isRest(token));
  assert.ok(read.map(({ raw }) => raw).join('') === text);
  assert.equal(parts.length, 3);
  assert.equal(read.filter(({ type }) => type === 'em').length, 3_000);
  assert.equal(read.filter(({ type }) => type === 'strong').length, 0);
  assert.equal(inlineOf(paragraph.tokens ?? []).length, parts[0]?.length, 'it is read once');
});

test('a paragraph that is not very long is read whole (U3)', () => {
  const [paragraph] = lex(`**${'the *tide* comes in '.repeat(900)}end**`);
  assert.ok(paragraph !== undefined && 'tokens' in paragraph);
  assert.deepEqual(
    inlineOf(paragraph.tokens ?? []).map(({ type }) => type),
    ['strong'],
  );
});
