import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionRouter } from '../../../../src/runtime/agent/sessionRouter.ts';
import { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';

test('what is held for a session that is not known yet is bounded in number and in weight; the oldest goes first (A2, law 7)', () => {
  const reported: string[] = [];
  const router = new SessionRouter((text) => reported.push(text));
  router.update('nobody', {});
  assert.equal(reported.length, 1, 'nothing is held while nothing is being opened');
  const over = router.opening(new RecordingHost());
  const text = 'x'.repeat(4 * 1024 * 1024);
  for (let held = 0; held < 3; held++) router.update('new', { text });
  assert.equal(reported.length, 1);
  router.update('new', { text });
  assert.equal(reported.length, 2, 'the first was let go of');
  for (let held = 0; held < 997; held++) router.update('new', {});
  assert.equal(reported.length, 2);
  router.update('new', {});
  assert.equal(reported.length, 3);
  over();
  assert.equal(reported.length, 1 + 1 + 1 + 1000);
});
