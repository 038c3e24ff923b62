import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isTooMuch } from '../../../src/webview/diagrams/limits.ts';

const many = (count: number, part: (at: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(between);

test('what a person draws is drawn, also when it is large [U3]', () => {
  for (const source of [
    `flowchart LR\n${many(150, (at) => `a${at} --> b${at}`)}`,
    `%% a note\n\nsequenceDiagram\n${many(200, (at) => `A->>B: step ${at}, and on`, '\n\n')}`.slice(0, 4_000),
    `mindmap\n  root\n${many(80, (at) => `    idea ${at}`)}`,
    'packet-beta\n0-15: "Source Port"\n16-31: "Destination Port"\n32-1023: "Data"',
    `flowchart LR\n${many(600, (at) => `%% note ${at}`)}\na --> b`,
  ])
    assert.equal(isTooMuch(source), false, source.slice(0, 40));
});

test('what would keep the page from answering is not drawn: too many parts of any kind, however they are told apart [U3]', () => {
  for (const source of [
    `sequenceDiagram\n${many(1_500, () => 'a->>b:x')}`,
    `flowchart LR\n${many(1_500, (at) => `a${at}`, ';')}`,
    `flowchart LR\n${many(1_500, (at) => `a${at}`, ' & ')}`,
    `xychart-beta\nbar [${many(1_500, () => '1', ',')}]`,
    `\n%% a mind map\nmindmap\n root\n${many(300, (at) => `  m${at}`)}`,
    `block-beta\n${many(1_500, (at) => `b${at}`, ' ')}`,
    'packet-beta\n0-99999: "x"',
    `unknown\n${many(1_500, (at) => `u${at}`)}`,
    `flowchart LR\na["${'x'.repeat(20_001)}"]`,
  ])
    assert.equal(isTooMuch(source), true, source.slice(0, 40));
});
