import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InteractionId } from '../../../src/protocol/ids.ts';
import { causeOf, isWanted } from '../../../src/extension/causes.ts';
import { summary } from './summary.ts';

const need = (id: string) => ({
  interactionId: id as InteractionId,
  kind: 'permission' as const,
  title: `Run ${id}?`,
});

test('of the things a session waits for, the new one is the cause (U4)', () => {
  const before = summary('a', { attention: 'needsYou', needs: [need('1')] });
  const after = summary('a', { attention: 'needsYou', needs: [need('1'), need('2')] });
  assert.deepEqual(causeOf({ summary: after, before }), {
    kind: 'needsYou',
    key: 'needs:2',
    sessionId: 'a',
    interactionId: '2',
    what: 'Run 2?',
  });
  assert.equal(causeOf({ summary: before, before: undefined })?.key, 'needs:1');
});

test('the end of a turn is a cause, and each turn has its own (U4)', () => {
  const before = undefined;
  const finished = summary('a', { attention: 'finished', turnCount: 2 });
  assert.equal(causeOf({ summary: finished, before })?.key, 'finished:a:2');
  assert.equal(causeOf({ summary: { ...finished, attention: 'failed' }, before })?.kind, 'failed');
  assert.equal(causeOf({ summary: { ...finished, attention: 'none' }, before }), undefined);
});

test('settings say of what a person hears, and how long a turn was of whose end they do (U4)', () => {
  const before = summary('a', { attention: 'working', turnStartedAt: 10_000 });
  const after = (attention: 'finished' | 'failed' | 'needsYou', updatedAt: number) => {
    const needs = attention === 'needsYou' ? [need('1')] : [];
    return { before, summary: summary('a', { attention, needs, updatedAt, turnCount: 1 }) };
  };
  const all = {
    needsYou: true,
    failed: true,
    finished: true,
    finishedAfterSeconds: 30,
    system: true,
    sound: false,
  };
  const hears = (change: Parameters<typeof causeOf>[0], settings: Partial<typeof all> = {}): boolean => {
    const cause = causeOf(change);
    assert.ok(cause !== undefined);
    return isWanted(cause, change, { ...all, ...settings });
  };
  assert.deepEqual(
    [39_999, 40_000].map((at) => hears(after('finished', at))),
    [false, true],
  );
  assert.ok(hears(after('failed', 10_001)), 'a failure is told however soon it comes');
  assert.ok(hears(after('needsYou', 10_001)));
  assert.ok(!hears(after('needsYou', 10_001), { needsYou: false }));
  assert.ok(!hears(after('failed', 10_001), { failed: false }));
  assert.ok(!hears(after('finished', 99_000), { finished: false }));
  const unknown = { before: undefined, summary: after('finished', 10_001).summary };
  assert.ok(hears(unknown), 'of a turn whose start nobody saw');
});
