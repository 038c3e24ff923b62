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

test('a description says for how long a session works or gives no sign of life, and why it failed (U1, T8)', () => {
  const now = 10 * minute;
  const running = { phase: 'running', turnStartedAt: 3 * minute } as const;
  assert.equal(descriptionOf(summary('a', running), now, english), 'Shell · working for 7 min');
  const stalled = { since: 8 * minute, waitingFor: 'the command “make” to end' };
  const silent = summary('a', { ...running, stalled });
  assert.equal(descriptionOf(silent, now, english), 'Shell · silent for 2 min');
  assert.equal(lookOf(silent, english).label, 'Silent');
  assert.match(tooltipOf(silent, { now }, english), /waits for the command “make” to end/u);
  const failed = summary('a', { attention: 'failed', problem: 'no such file\nat line 3', updatedAt: now });
  assert.equal(descriptionOf(failed, now, english), 'Shell · no such file · now');
});

test('a look says in an icon and a word what to notice', () => {
  assert.equal(lookOf({ phase: 'running', attention: 'working' }, english).icon, 'loading~spin');
  assert.equal(lookOf({ phase: 'waiting', attention: 'needsYou' }, english).label, 'Needs you');
  assert.equal(lookOf({ phase: 'idle', attention: 'failed' }, english).icon, 'error');
  assert.equal(lookOf({ phase: 'ended', attention: 'failed' }, english).label, 'Failed');
  assert.equal(lookOf({ phase: 'ended', attention: 'none' }, english).label, 'Ended');
  assert.equal(lookOf({ phase: 'idle', attention: 'finished' }, english).icon, 'pass');
  assert.equal(lookOf({ phase: 'detached', attention: 'none' }, english).label, 'Detached');
});

test('a session that failed looks so also when that was read, until it works again; only archived it does not (U1)', () => {
  const looks = (more: Partial<Parameters<typeof lookOf>[0]>): string =>
    lookOf({ phase: 'idle', attention: 'none', failed: true, ...more }, english).label;
  assert.deepEqual(
    [looks({}), looks({ phase: 'detached' }), looks({ phase: 'ended' })],
    ['Failed', 'Failed', 'Failed'],
  );
  assert.deepEqual([looks({ phase: 'running' }), looks({ archived: true })], ['Working', 'Archived']);
  const read = summary('a', { failed: true, problem: 'exited with 3' });
  assert.equal(descriptionOf(read, 5 * minute, english), 'Shell · exited with 3 · 5 min ago');
});

test('an archived session looks archived, however it ended, unless it is at work (U1)', () => {
  const looks = (phase: 'idle' | 'running' | 'ended', attention: 'finished' | 'failed' | 'working') =>
    lookOf({ phase, attention, archived: true }, english).label;
  assert.deepEqual(
    [looks('idle', 'finished'), looks('idle', 'failed'), looks('running', 'working')],
    ['Archived', 'Archived', 'Working'],
  );
  const [ended, archived] = [false, true].map(
    (each) => lookOf({ phase: 'ended', attention: 'none', archived: each }, english).icon,
  );
  assert.notEqual(ended, archived);
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
    summary('a', { model: 'm-4', modelName: 'big', mode: 'plan', queued: 2, turnCount: 3 }),
    { now: 0, process: { pid: 12, rssBytes: 5 * 1024 * 1024 } },
    english,
  );
  for (const part of ['/home/ada/tides', 'big · plan', 'process 12 · 5 MB', '3 turns · 2 queued'])
    assert.ok(text.includes(part), part);
  const inProcess = tooltipOf(summary('a'), { now: 0, process: { pid: null, rssBytes: null } }, english);
  assert.ok(!inProcess.includes('server-process'), 'what has no process of its own has no line for it');
});
