import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FollowedRow } from '../../../src/extension/followedRow.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';

const [ebb, flood] = ['ebb', 'flood'] as SessionId[] as [SessionId, SessionId];

/** A tree with these rows. */
function tree(...rows: SessionId[]) {
  const selected: SessionId[] = [];
  const redrawn = { times: 0 };
  const followed = new FollowedRow((sessionId) => {
    if (!rows.includes(sessionId)) return undefined;
    if (redrawn.times-- > 0) return Promise.reject(new Error('no such row'));
    selected.push(sessionId);
    return Promise.resolve();
  });
  return { rows, selected, redrawn, followed };
}

test('the row of the session that one works in is selected once, and again when it changed (U1)', () => {
  const { selected, followed } = tree(ebb, flood);
  for (const sessionId of [ebb, ebb, flood, undefined, ebb]) {
    followed.follow(sessionId);
    followed.drawn();
  }
  assert.deepEqual(selected, [ebb, flood, ebb]);
});

test('a session whose row is not there yet has it selected when it comes (U1)', () => {
  const { rows, selected, followed } = tree();
  followed.follow(ebb);
  rows.push(flood);
  followed.drawn();
  assert.deepEqual(selected, []);
  rows.push(ebb);
  followed.drawn();
  followed.drawn();
  assert.deepEqual(selected, [ebb]);
});

test('a row that comes after the person selected others leaves them selected (U1)', () => {
  const { rows, selected, followed } = tree(flood);
  followed.follow(ebb);
  followed.selected();
  rows.push(ebb);
  followed.drawn();
  assert.deepEqual(selected, []);
});

test('what the person selects by pressing a row stays, however late the chat shows it (U1)', () => {
  const { selected, followed } = tree(ebb, flood);
  followed.pressed(ebb);
  followed.follow(ebb);
  assert.deepEqual(selected, []);
});

test('a row that is drawn anew while it is selected is selected then, however often, unless the person selected others (U1)', async () => {
  const { selected, redrawn, followed } = tree(ebb, flood);
  const draws = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    followed.drawn();
  };
  redrawn.times = 3;
  followed.follow(ebb);
  for (let left = 3; left > 0; left--) {
    assert.deepEqual(selected, []);
    await draws();
  }
  await draws();
  assert.deepEqual(selected, [ebb]);
  redrawn.times = 1;
  followed.follow(flood);
  followed.selected();
  await draws();
  assert.deepEqual(selected, [ebb]);
});
