import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { InteractionId } from '../../../src/protocol/ids.ts';
import { causeOf } from '../../../src/extension/causes.ts';
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
