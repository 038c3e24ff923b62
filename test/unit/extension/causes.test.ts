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

test('an interaction that was not open before is a cause, once', () => {
  const before = summary('a', { attention: 'working' });
  const after = summary('a', { attention: 'needsYou', needs: [need('1')] });
  assert.deepEqual(causeOf({ summary: after, before }), {
    kind: 'needsYou',
    key: 'needs:1',
    sessionId: 'a',
    interactionId: '1',
    what: 'Run 1?',
  });
  assert.equal(causeOf({ summary: after, before: after }), undefined);
});

test('the end of a turn is a cause, and each turn has its own', () => {
  const before = summary('a', { attention: 'working', turnCount: 2 });
  assert.equal(
    causeOf({ summary: summary('a', { attention: 'finished', turnCount: 2 }), before })?.key,
    'finished:a:2',
  );
  assert.equal(
    causeOf({ summary: summary('a', { attention: 'failed', turnCount: 2 }), before })?.kind,
    'failed',
  );
  assert.equal(causeOf({ summary: summary('a', { attention: 'none', turnCount: 2 }), before }), undefined);
});

test('what was over before the window looked on is no news', () => {
  assert.equal(causeOf({ summary: summary('a', { attention: 'finished' }), before: undefined }), undefined);
});
