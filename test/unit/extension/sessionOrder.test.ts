import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compareSessions, contextValueOf, countSessions } from '../../../src/extension/sessionOrder.ts';
import { summary } from './summary.ts';

test('sessions that need you come first, then those at work, then the rest by last change, archived ones last', () => {
  const rows = [
    summary('archived', { archived: true, attention: 'needsYou', phase: 'waiting', updatedAt: 99 }),
    summary('old', { updatedAt: 1 }),
    summary('ended', { phase: 'ended', updatedAt: 90 }),
    summary('new', { updatedAt: 2 }),
    summary('pinned', { pinned: true, updatedAt: 0 }),
    summary('working', { phase: 'running', attention: 'working', updatedAt: 0 }),
    summary('asking', { phase: 'waiting', attention: 'needsYou', updatedAt: 0 }),
  ];
  assert.deepEqual(
    rows.sort(compareSessions).map(({ title }) => title),
    ['asking', 'working', 'pinned', 'new', 'old', 'ended', 'archived'],
  );
});

test('archived sessions are not counted', () => {
  const rows = [
    summary('a', { attention: 'needsYou' }),
    summary('b', { attention: 'working' }),
    summary('c', { attention: 'working', archived: true }),
  ];
  assert.deepEqual(countSessions(rows), { working: 1, needsYou: 1 });
});

test('menus see the phase and whether a session is archived', () => {
  assert.equal(contextValueOf({ phase: 'running', archived: false }), 'session running');
  assert.equal(contextValueOf({ phase: 'ended', archived: true }), 'session ended archived');
});
