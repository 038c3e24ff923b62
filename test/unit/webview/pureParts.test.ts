import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ItemId, TurnId } from '../../../src/protocol/ids.ts';
import type { Item } from '../../../src/protocol/items.ts';
import { shortDuration, spokenDuration } from '../../../src/webview/duration.ts';
import { diffCounts, lineDiff } from '../../../src/webview/lineDiff.ts';
import { sectionsOf } from '../../../src/webview/sections.ts';

test('a diff shows what changed with some lines around it', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  const lines = lineDiff(before, before.replace('line 10', 'line ten'));
  assert.deepEqual(
    lines.map((line) => (line.kind === 'gap' ? `gap ${line.count}` : `${line.kind} ${line.text}`)),
    [
      'gap 7',
      'same line 7',
      'same line 8',
      'same line 9',
      'removed line 10',
      'added line ten',
      'same line 11',
      'same line 12',
      'same line 13',
      'gap 6',
    ],
  );
  assert.deepEqual(diffCounts(lines), { added: 1, removed: 1 });
});

test('a new file is all added, an emptied one all removed, and line ends do not matter', () => {
  assert.deepEqual(diffCounts(lineDiff('', 'a\nb\n')), { added: 2, removed: 0 });
  assert.deepEqual(diffCounts(lineDiff('a\nb\n', '')), { added: 0, removed: 2 });
  assert.deepEqual(diffCounts(lineDiff('a\r\nb\r\n', 'a\nb\n')), { added: 0, removed: 0 });
});

test('a huge change is shown whole, without a huge table', () => {
  const many = (word: string): string =>
    Array.from({ length: 5000 }, (_, index) => `${word} ${index}`).join('\n');
  assert.deepEqual(diffCounts(lineDiff(many('a'), many('b'))), { added: 5000, removed: 5000 });
});

test('durations are short beside a label, and words when spoken', () => {
  assert.deepEqual([20, 400, 9_900, 9_990, 61_000, 120_000, 3_720_000].map(shortDuration), [
    '< 0.1 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '1 min 1 s',
    '2 min',
    '1 h 2 min',
  ]);
});

test('a spoken duration says what stands beside a label (U6)', () => {
  const times = [20, 100, 400, 1_000, 5_040, 12_300, 61_000, 120_000, 3_600_000, 7_380_000];
  assert.deepEqual(
    times.map((time) => [shortDuration(time), spokenDuration(time)]),
    [
      ['< 0.1 s', 'less than 0.1 seconds'],
      ['0.1 s', '0.1 seconds'],
      ['0.4 s', '0.4 seconds'],
      ['1.0 s', '1 second'],
      ['5.0 s', '5 seconds'],
      ['12 s', '12 seconds'],
      ['1 min 1 s', '1 minute 1 second'],
      ['2 min', '2 minutes'],
      ['1 h', '1 hour'],
      ['2 h 3 min', '2 hours 3 minutes'],
    ],
  );
});

test('rows are grouped by turn; rows before, between and after turns stand apart, late ones do not split a turn', () => {
  let position = 0;
  const row = (id: string, kind: Item['kind'], turnId?: string, more: Partial<Item> = {}): Item =>
    ({
      itemId: id as ItemId,
      kind,
      turnId: turnId as TurnId | undefined,
      position: ++position,
      seq: position,
      ...more,
    }) as Item;
  const items = [
    row('a', 'notice'),
    row('turn:1', 'turn', '1', { outcome: 'completed', seq: 5 }),
    row('m1', 'message', '1'),
    row('within', 'notice'),
    row('m2', 'message', '1'),
    row('between', 'notice'),
    row('turn:2', 'turn', '2'),
    row('late', 'toolCall', '1'),
    row('m3', 'message', '2'),
  ];
  const sections = sectionsOf(items, (itemId) => items.find((item) => item.itemId === itemId));
  assert.deepEqual(
    sections.map(({ turnId, rows }) => [turnId, rows]),
    [
      [undefined, ['a']],
      ['1', ['turn:1', 'm1', 'within', 'm2']],
      [undefined, ['between']],
      ['2', ['turn:2', 'late', 'm3']],
    ],
  );
});

test('an agent that is gone is told of by the turn that failed with it, and not once more behind it (U3)', () => {
  const words = 'Claude Code exited with code 1.';
  const row = (itemId: string, kind: Item['kind'], position: number, more: object): Item =>
    ({ itemId, kind, position, seq: position, ...more }) as unknown as Item;
  const failed = { turnId: '1', outcome: 'failed', seq: 3, failure: { kind: 'agentFailed', message: words } };
  const items = [
    row('turn:1', 'turn', 1, failed),
    row('m1', 'message', 2, { turnId: '1' }),
    row('other', 'notice', 4, { level: 'error', text: 'Claude Code lost its way.' }),
    row('unsent', 'notice', 5, { level: 'info', text: 'Not sent', turnId: '2' }),
    row('gone', 'notice', 6, { level: 'error', text: words }),
    row('later', 'notice', 7, { level: 'error', text: words }),
  ];
  const sections = sectionsOf(items, (itemId) => items.find((item) => item.itemId === itemId));
  assert.deepEqual(
    sections.map(({ rows, repeat }) => [rows, repeat]),
    [
      [['turn:1', 'm1'], 'gone'],
      [['other'], undefined],
      [['unsent'], undefined],
      [['later'], undefined],
    ],
    'told again later, it is another one',
  );
});
