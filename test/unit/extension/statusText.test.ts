import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HoldfastError } from '../../../src/protocol/errors.ts';
import { connectionView, type ConnectionFacts } from '../../../src/extension/connectionView.ts';
import { statusText } from '../../../src/extension/statusText.ts';
import { needsHelp, waysOf } from '../../../src/extension/statusWays.ts';
import { english } from '../../../src/extension/words.ts';

const nothing = { working: 0, needsYou: 0, failed: 0 };
const facts: ConnectionFacts = {
  trusted: true,
  channel: 'connected',
  dial: undefined,
  problem: undefined,
  storageProblem: undefined,
};

test('the status bar counts what needs you, what failed and what runs (U2)', () => {
  const connected = connectionView(facts);
  assert.equal(statusText({ ...nothing, working: 2 }, connected, 0, english).text, '$(sync~spin) 2 running');
  const both = statusText({ ...nothing, working: 2, needsYou: 1 }, connected, 0, english);
  assert.equal(both.text, '$(bell) 1 needs you  $(sync~spin) 2 running');
  assert.equal(both.tone, 'warning');
  assert.equal(statusText({ ...nothing, needsYou: 2 }, connected, 0, english).text, '$(bell) 2 need you');
  assert.equal(statusText({ ...nothing, failed: 1 }, connected, 0, english).text, '$(error) 1 failed');
  assert.equal(statusText(nothing, connected, 0, english).tone, undefined);
});

test('a storage that fails is louder than what runs', () => {
  const { text, tooltip, tone } = statusText(
    { ...nothing, working: 2 },
    connectionView({ ...facts, storageProblem: 'disk full' }),
    0,
    english,
  );
  assert.deepEqual([text, tone], ['$(error) Holdfast cannot write', 'error']);
  assert.match(tooltip, /disk full/);
});

test('a connection that is not there says so in the status bar, whose click offers what helps (U8)', () => {
  const lastError = new HoldfastError('runtimeUnreachable', 'nobody there');
  const dial = { state: 'waiting', attempt: 2, nextAttemptAt: 5, lastError } as const;
  const views = {
    reconnecting: connectionView({ ...facts, channel: 'reconnecting', dial }),
    'cannot start': connectionView({ ...facts, channel: 'starting', dial }),
    stopped: connectionView({ ...facts, channel: 'closed' }),
    'another version': connectionView({ ...facts, channel: 'incompatible' }),
    restricted: connectionView({ ...facts, trusted: false, channel: 'closed' }),
  };
  for (const [words, view] of Object.entries(views)) {
    assert.ok(statusText(nothing, view, 0, english).text.includes(words), words);
    assert.ok(needsHelp(view), words);
  }
  assert.deepEqual(
    Object.values(views).map((view) => waysOf(view)[0]),
    ['retry', 'retry', 'retry', 'restart', 'trust'],
  );
  assert.ok(!needsHelp(connectionView(facts)));
  assert.ok(needsHelp(connectionView({ ...facts, storageProblem: 'disk full' })));
});

test('the hover of a connection that is lost says when it is tried again (U8)', () => {
  const view = { state: 'reconnecting', detail: 'nobody there', nextAttemptAt: 5_000 } as const;
  const { tooltip } = statusText(nothing, view, 2_000, english);
  assert.match(tooltip, /trying again\. nobody there\. Next attempt in 3 s\.$/u);
  const failing = statusText(nothing, { ...view, state: 'starting' }, 2_000, english);
  assert.equal(failing.tooltip, 'nobody there. Next attempt in 3 s.');
});

test('every state of the connection has its view', () => {
  const lastError = new HoldfastError('runtimeUnreachable', 'nobody there');
  const dial = { state: 'waiting', attempt: 2, nextAttemptAt: 5, lastError } as const;
  const untrusted = { ...facts, trusted: false };
  assert.deepEqual(connectionView(untrusted), { state: 'restricted', isReading: true });
  assert.deepEqual(connectionView({ ...untrusted, channel: 'starting' }), {
    state: 'restricted',
    isReading: false,
  });
  assert.deepEqual(connectionView({ ...facts, channel: undefined }), { state: 'stopped', detail: undefined });
  assert.deepEqual(connectionView({ ...facts, channel: 'reconnecting', dial }), {
    state: 'reconnecting',
    detail: 'nobody there',
    nextAttemptAt: 5,
  });
  const problem = new HoldfastError('incompatible', 'too old');
  assert.deepEqual(connectionView({ ...facts, channel: 'incompatible', problem }), {
    state: 'incompatible',
    detail: 'too old',
  });
});
