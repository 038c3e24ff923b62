import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { JournalId, SessionId } from '../../../src/protocol/ids.ts';
import type { FromPage, PageMethod } from '../../../src/protocol/page.ts';
import { fromPageSchema } from '../../../src/protocol/pageSchemas.ts';
import { relay, type RelayTarget } from '../../../src/extension/pageRelay.ts';

const shown = 'shown' as SessionId;

function target(ended = false): RelayTarget & { readonly asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  return {
    asked,
    request: (method, params) => {
      asked.push([method, params]);
      return Promise.resolve('done');
    },
    session: () => ({ head: { ended }, cursor: { journal: 'j' as JournalId, seq: 7 } }),
  };
}

const request = (
  method: string,
  params: Record<string, unknown> = {},
  sessionId = shown,
): Extract<FromPage, { type: 'request' }> => ({
  type: 'request',
  requestId: 1,
  sessionId,
  method: method as PageMethod,
  params,
});

test('a request of the allow-list goes out about the session that is shown, with nothing the page may not say', async () => {
  const to = target();
  const answer = await relay(
    request('session/prompt', { content: [], sessionId: 'other', commandId: 'c' }),
    shown,
    to,
  );
  assert.deepEqual(answer, { type: 'response', requestId: 1, result: 'done' });
  assert.deepEqual(to.asked, [['session/prompt', { content: [], sessionId: shown }]]);
});

test('any other method is refused before anything is sent', async () => {
  const to = target();
  for (const method of ['runtime/retire', 'session/end', 'session/create', '__proto__']) {
    const answer = await relay(request(method), shown, to);
    assert.ok('error' in answer, method);
  }
  assert.deepEqual(to.asked, []);
});

test('a request about a session that is not shown is refused', async () => {
  const to = target();
  assert.ok('error' in (await relay(request('session/cancel', {}, 'other' as SessionId), shown, to)));
  assert.deepEqual(to.asked, []);
});

test('a failure comes back in words, with its kind', async () => {
  const failing: RelayTarget = {
    ...target(),
    request: () => Promise.reject(new HoldfastError('storageFailed', 'the disk is full')),
  };
  assert.deepEqual(await relay(request('session/prompt'), shown, failing), {
    type: 'response',
    requestId: 1,
    error: { kind: 'storageFailed', message: 'the disk is full' },
  });
});

test('writing to an ended session opens it again first, from where its events have come to', async () => {
  const to = target(true);
  await relay(request('session/prompt', { content: [] }), shown, to);
  await relay(request('session/history'), shown, to);
  assert.deepEqual(
    to.asked.map(([method]) => method),
    ['session/resume', 'session/prompt', 'session/history'],
  );
  assert.deepEqual(to.asked[0]?.[1], { sessionId: shown, cursor: { journal: 'j', seq: 7 } });
});

test('what a page says is read strictly', () => {
  assert.ok(fromPageSchema.safeParse(request('session/prompt')).success);
  for (const message of [
    undefined,
    'ready',
    { type: 'eval' },
    request('session/end'),
    { type: 'openLink', href: 7 },
    { type: 'action', action: 'quit' },
  ]) {
    assert.equal(fromPageSchema.safeParse(message).success, false, JSON.stringify(message));
  }
});
