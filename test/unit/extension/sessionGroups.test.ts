import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filterSessions, narrowingOf } from '../../../src/extension/sessionFilter.ts';
import { groupSessions } from '../../../src/extension/sessionGroups.ts';
import { summary } from './summary.ts';

const noon = new Date(2026, 4, 10, 12).getTime();
const hour = 3_600_000;
const today = { updatedAt: noon - hour };

test('sessions stand in the group that says what to do about them first, archived ones last (U1)', () => {
  const rows = [
    summary('asking', { ...today, pinned: true, attention: 'needsYou' }),
    summary('pinned', { pinned: true }),
    summary('working', { ...today, attention: 'working' }),
    summary('starting', { ...today, phase: 'opening' }),
    summary('failed', { attention: 'failed' }),
    summary('finished', { ...today, attention: 'finished' }),
    summary('night', { updatedAt: noon - 13 * hour }),
    summary('old', { updatedAt: noon - 36.5 * hour }),
    summary('away', { ...today, archived: true, attention: 'needsYou' }),
  ];
  assert.deepEqual(
    groupSessions(rows, noon).map(({ id, sessions }) => [id, ...sessions.map(({ title }) => title)]),
    [
      ['needsYou', 'asking'],
      ['pinned', 'pinned'],
      ['working', 'working', 'starting'],
      ['failed', 'failed'],
      ['today', 'finished'],
      ['yesterday', 'night'],
      ['earlier', 'old'],
      ['archived', 'away'],
    ],
  );
});

test('a filter lets through what needs me, or what works in the folders of the window (U1)', () => {
  const rows = [
    summary('asking', { attention: 'needsYou', cwd: '/home/ada/tides-old' }),
    summary('failed', { attention: 'failed', cwd: '/home/ada/tides/docs' }),
    summary('idle', { cwd: 'C:\\ada\\tides' }),
    summary('read', { failed: true, archived: true, cwd: '/' }),
  ];
  const titles = (...given: Parameters<typeof filterSessions>): string[] =>
    filterSessions(...given).map(({ title }) => title);
  assert.deepEqual(titles(rows, 'needsMe', []), ['asking', 'failed']);
  assert.deepEqual(titles(rows, 'workspace', ['/home/ada/tides']), ['failed']);
  assert.deepEqual(titles(rows, 'workspace', ['C:\\ada\\tides\\']), ['idle']);
  assert.deepEqual(titles(rows, 'state:failed', []), ['failed', 'read'], 'read or not');
  assert.deepEqual(narrowingOf('state:failed', []), { failed: true }, 'also those that are not known here');
  assert.deepEqual(titles(rows, 'all', []).length, 4);
});
