import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InteractionId } from '../../../src/protocol/ids.ts';
import { descriptionOf, lookOf, relativeTime, tooltipOf } from '../../../src/extension/sessionLook.ts';
import { english } from '../../../src/extension/words.ts';
import { summary } from './summary.ts';

const minute = 60_000;

test('a description names the agent, and what is most worth knowing', () => {
  const now = 10 * minute;
  assert.equal(descriptionOf(summary('a', { updatedAt: 7 * minute }), now, english), 'Shell · 3 min ago');
  assert.equal(
    descriptionOf(summary('a', { phase: 'running', queued: 2 }), now, english),
    'Shell · working · 2 queued',
  );
  const needs = [
    { interactionId: 'i' as InteractionId, kind: 'permission' as const, title: 'Run npm test?' },
  ];
  assert.equal(
    descriptionOf(summary('a', { phase: 'waiting', needs }), now, english),
    'Shell · Run npm test?',
  );
});

test('a look says in an icon and a word what to notice', () => {
  assert.equal(lookOf({ phase: 'running', attention: 'working' }, english).icon, 'loading~spin');
  assert.equal(lookOf({ phase: 'waiting', attention: 'needsYou' }, english).label, 'Needs you');
  assert.equal(lookOf({ phase: 'idle', attention: 'failed' }, english).icon, 'error');
  assert.equal(lookOf({ phase: 'idle', attention: 'finished' }, english).icon, 'pass');
  assert.equal(lookOf({ phase: 'detached', attention: 'none' }, english).label, 'Detached');
});

test('times are told in few words', () => {
  const ago = (milliseconds: number): string => relativeTime(0, milliseconds, english);
  assert.deepEqual([0, 5 * minute, 61 * minute, 25 * 60 * minute, 80 * 60 * minute].map(ago), [
    'now',
    '5 min ago',
    '1 h ago',
    'yesterday',
    '3 days ago',
  ]);
});

test('a title with Markdown in it stays text in a tooltip', () => {
  const text = tooltipOf(summary('[x](command:evil) <b> $(bell)'), { now: 0 }, english);
  assert.match(text, /\\\[x\\\]\\\(command:evil\\\) \\<b\\> \\\$\\\(bell\\\)/);
});

test('a tooltip says where a session works, with what, and what its process weighs (U1)', () => {
  const text = tooltipOf(
    summary('a', { model: 'big', mode: 'plan', queued: 2, turnCount: 3 }),
    { now: 0, process: { pid: 12, rssBytes: 5 * 1024 * 1024 } },
    english,
  );
  for (const part of ['/home/ada/tides', 'big · plan', 'process 12 · 5 MB', '3 turns · 2 queued'])
    assert.ok(text.includes(part), part);
});
