import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isTooMuch } from '../../../src/webview/diagrams/limits.ts';
import { spansOf } from '../../../src/webview/diagrams/spans.ts';

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
    `flowchart LR\n${many(160, (at) => `a${at} --> b${at}`)}`,
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

/** A plan that leaves weekends out. */
const plan = (more: string, tasks: string): string =>
  `gantt\n  dateFormat YYYY-MM-DD\n  ${more}\n  begin :a, 2026-01-05, 3d\n${tasks}`;

test('a plan of a year or more is drawn, and one whose days or ticks nobody could count is not [U3]', () => {
  const tasks = many(60, (at) => `  step ${at} :s${at}, after a, ${(at % 20) + 1}d`);
  for (const source of [
    plan('excludes weekends', tasks),
    plan('tickInterval 1week', `${tasks}\n  end :2027-01-05, 2w`),
    plan('', '  for ever :b, 1000-01-01, 4000y'),
  ])
    assert.equal(isTooMuch(source), false, source);
  for (const source of [
    plan('excludes weekends', '  for ever :b, 1000-01-01, 4000y'),
    plan(
      'excludes weekends',
      many(380, (at) => `  step ${at} :s${at}, 2026-01-05, 300d`),
    ),
    plan('tickInterval 1second', '  soon :2026-01-06, 1d'),
    plan('tickInterval 1day', '  late :2026-01-06, 9999-01-01'),
    'gantt\n  dateFormat X\n  tickInterval 1day\n  late :0, 999999999999',
  ])
    assert.equal(isTooMuch(source), true, source);
});

test('lines over many rows are counted, since a layout makes a place for each in every row [U3]', () => {
  assert.equal(
    spansOf('flowchart TD\n  a[One] --> b("Two -->") -->|three --> x| c\n  a ==> c\n  c -.-> a'),
    6,
  );
  assert.equal(spansOf('erDiagram\n  A ||--o{ B : has\n  B }|..|{ C : is'), 2);
  assert.equal(spansOf('classDiagram\n  A <|-- B\n  B ..> C : uses\n  C *-- D'), 3);
  assert.equal(spansOf('stateDiagram-v2\n  [*] --> s1\n  s1 --> s2 : go\n  s2 --> s2'), 1);
  assert.equal(spansOf('flowchart LR\n  a & b --> c & d; d --> e'), 5);
  const chain = many(100, (at) => `  n${at} --> n${at + 1}`);
  assert.equal(isTooMuch(`flowchart TD\n${chain}`), false);
  const long = many(40, (at) => `  n${at} --> n${100 - at}`);
  assert.equal(isTooMuch(`flowchart TD\n${chain}\n${long}`), true);
});
