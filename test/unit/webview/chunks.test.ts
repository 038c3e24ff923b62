import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ItemId, TurnId } from '../../../src/protocol/ids.ts';
import { chunksOf } from '../../../src/webview/chunks.ts';
import { SectionGroups } from '../../../src/webview/sectionGroups.ts';
import { turnRowId, type Section } from '../../../src/webview/sections.ts';

const rows = (from: number, to: number): ItemId[] =>
  Array.from({ length: to - from }, (_, index) => `message:${from + index}` as ItemId);

test('chunks hold every row once and in order, and stay the same arrays while rows come before and after [U3]', () => {
  const first = chunksOf(rows(20, 50), 8);
  const grown = chunksOf(rows(3, 61), 8, first);
  assert.deepEqual(grown.flat(), rows(3, 61));
  for (const chunk of first.slice(0, -1)) assert.ok(grown.includes(chunk), `${chunk[0]} is built again`);
  const whole = first.at(-1);
  assert.ok(
    whole !== undefined && grown.some((chunk) => chunk[0] === whole[0]),
    'the last one grew in place',
  );
});

test('a row that comes in between cuts only what stands behind it anew [U3]', () => {
  const first = chunksOf(rows(0, 40), 8);
  const inserted = [...rows(0, 20), 'notice:1' as ItemId, ...rows(20, 40)];
  const after = chunksOf(inserted, 8, first);
  assert.deepEqual(after.flat(), inserted);
  assert.equal(after[0], first[0]);
});

test('sections that another page of rows completes stay in their groups, and the others are the same arrays [U3]', () => {
  const sections = (from: number, to: number): Section[] =>
    Array.from({ length: to - from }, (_, index) => {
      const turnId = `turn-${from + index}` as TurnId;
      return { key: turnRowId(turnId), turnId, rows: rows(from + index, from + index + 1) };
    });
  const stacks = new SectionGroups();
  const groups = { of: (all: readonly Section[]) => stacks.of(all).flat() };
  const loaded = sections(20, 60);
  const before = groups.of(loaded);
  const [partial, ...others] = loaded;
  assert.ok(partial);
  const whole = { ...partial, rows: rows(19, 21) };
  const after = groups.of([...sections(0, 20), whole, ...others]);
  assert.deepEqual(after.flat(), [...sections(0, 20), whole, ...others]);
  const first = (group: readonly Section[] | undefined): ItemId | undefined => group?.[0]?.key;
  const place = after.findIndex((group) => first(group) === first(before[0]));
  assert.deepEqual(after.slice(place).map(first), before.map(first));
  assert.deepEqual(
    after.slice(place + 1).map((group, index) => group === before[index + 1]),
    before.slice(1).map(() => true),
  );
});

test('groups are stacked, and a stack whose sections stay is the same array when more come [U3]', () => {
  const sections = Array.from({ length: 400 }, (_, index): Section => {
    const turnId = `turn-${index}` as TurnId;
    return { key: turnRowId(turnId), turnId, rows: rows(index, index + 1) };
  });
  const groups = new SectionGroups();
  const before = groups.of(sections.slice(0, 300));
  assert.ok(before.length < 6, `${before.length} boxes`);
  const after = groups.of(sections);
  assert.deepEqual(after.flat(2), sections);
  assert.deepEqual(
    before.slice(0, -1).map((stack, index) => stack === after[index]),
    before.slice(0, -1).map(() => true),
  );
});
