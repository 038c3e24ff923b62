import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  compareSessions,
  contextValueOf,
  countSessions,
  looksTheSame,
} from '../../../src/extension/sessionOrder.ts';
import { summary } from './summary.ts';

test('sessions that need you come first, then those at work, failed and pinned, then the rest by last change, archived ones last', () => {
  const rows = [
    summary('archived', { archived: true, attention: 'needsYou', phase: 'waiting', updatedAt: 99 }),
    summary('old', { updatedAt: 1 }),
    summary('ended', { phase: 'ended', updatedAt: 90 }),
    summary('new', { updatedAt: 2 }),
    summary('pinned', { pinned: true, updatedAt: 0 }),
    summary('working', { phase: 'running', attention: 'working', updatedAt: 0 }),
    summary('failed', { attention: 'failed', updatedAt: 0 }),
    summary('asking', { phase: 'waiting', attention: 'needsYou', updatedAt: 0 }),
  ];
  assert.deepEqual(
    rows.sort(compareSessions).map(({ title }) => title),
    ['asking', 'working', 'failed', 'pinned', 'new', 'old', 'ended', 'archived'],
  );
});

test('archived sessions are not counted', () => {
  const rows = [
    summary('a', { attention: 'needsYou' }),
    summary('b', { attention: 'working' }),
    summary('c', { attention: 'working', archived: true }),
  ];
  assert.deepEqual(countSessions(rows), { working: 1, needsYou: 1, failed: 0 });
});

test('menus see the phase and whether a session is archived', () => {
  assert.equal(contextValueOf(summary('a', { phase: 'running' })), 'session running #61');
  const putAway = summary('waiting', { phase: 'ended', archived: true, pinned: true });
  assert.equal(
    contextValueOf(putAway),
    'session ended pinned archived #77616974696e67',
    'no id is one of the words',
  );
});

test('rows at work keep their places while they change, and a change that nobody sees is none (U1)', () => {
  const working = { phase: 'running', attention: 'working' } as const;
  const rows = [
    summary('older', { ...working, createdAt: 1, updatedAt: 9e6 }),
    summary('newer', { ...working, createdAt: 2, updatedAt: 1e6 }),
  ];
  assert.deepEqual(
    rows.sort(compareSessions).map(({ title }) => title),
    ['newer', 'older'],
  );
  const row = summary('a', { updatedAt: 60_000 });
  assert.ok(looksTheSame(row, { ...row, seq: 9, updatedAt: 61_000 }));
  assert.ok(!looksTheSame(row, { ...row, updatedAt: 120_000 }));
  assert.ok(!looksTheSame(row, { ...row, title: 'b' }));
});
