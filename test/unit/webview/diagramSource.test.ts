import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawnSource } from '../../../src/webview/diagrams/source.ts';

const small = 'flowchart LR\n  a --> b';

test('settings of a diagram are left out, once and when they stand in each other [S2]', () => {
  for (const source of [
    `%%{init: {"theme": "dark"}}%%\n${small}`,
    `---\ntitle: x\n---\n${small}`,
    `  --- \r\nconfig:\r\n  theme: dark\r\n  ---\t\r\n${small}`,
    `---\nx: 1\n---\n---\ny: 1\n---\n%%{wrap}%%${small}`,
    `%%%%{a}%%{b}%%${small}`,
  ]) {
    const given = drawnSource(source);
    assert.equal('text' in given && given.text.trim(), small, source);
  }
});

test('what could still be settings is refused: unclosed, or put together by what takes comments out [S2]', () => {
  const deep = Array.from({ length: 20 }).reduce<string>((inside) => `%%%%{${inside}}%%{x}%%`, 'a');
  for (const source of [
    `%%{init: {}\n${small}`,
    `${small}\n%%{a%%{b}%%init: {}}%%\n`,
    `%%%}%%x\n%{init: {}\n${small}`,
    `%%{x}%%---\nconfig: 1\n${small}`,
    `${deep}\n%%{`,
  ])
    assert.deepEqual(drawnSource(source), { refused: 'settings' }, source);
});

test('a diagram that asks for something is refused, also where it says so in another way [S2]', () => {
  for (const line of [
    'style a fill:url(https://evil.example/a.svg)',
    'style a fill:ur%%{x}%%l(https://evil.example/a.svg)',
    'style a fill:u\\72l(x)',
    'C4("u\\72 l(x)")',
    'C4("u\\rl(x)")',
    'C4("#117;rl(x)")',
    'C4("&#x75;rl#lpar;x)")',
    'C4("image-set(x)")',
    'C4("@im%%{x}%%port")',
    'a@{ img: "x" }',
    'a@{ "icon" : "x" }',
    'a@{ label: "}", img: "x" }',
    'a@{ "\\x69mg": "x" }',
    'a@{ label: &k img, *k : "x" }',
  ])
    assert.deepEqual(drawnSource(`flowchart LR\n  ${line}`), { refused: 'elsewhere' }, line);
});

test('ordinary sources are drawn as they are, without the tags in their labels', () => {
  const plain =
    'flowchart LR\n  a["the url (if any)<br/>#35; 50%"] --> b{"icon"} %% a note\n  c@{ shape: doc, label: "x" }';
  assert.deepEqual(drawnSource(plain), { text: plain });
  assert.deepEqual(drawnSource('a["<img src=x>"]'), { text: 'a["‹img src=x>"]' });
});
