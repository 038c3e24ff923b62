import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Deferred } from '../../../src/base/deferred.ts';
import type { ItemId, SessionId } from '../../../src/protocol/ids.ts';
import type { FromPage } from '../../../src/protocol/page.ts';
import { DeliveryTaker } from '../../../src/webview/deliveries.ts';
import { RequestFailed } from '../../../src/webview/host.ts';

const ebb = 'ebb' as SessionId;
const row = (position: number): ItemId => `message:${position}` as ItemId;

/** A page that shows a session from its row 90 on. Each request for earlier rows is one of these: whether it brings ten. */
function page(...answers: readonly boolean[]) {
  const taken: number[] = [];
  const left = [...answers];
  const shown = { sessionId: ebb, first: 90, asked: 0, onAsk: () => {} };
  const store = {
    sessionId: { peek: () => shown.sessionId },
    more: { peek: () => shown.first > 0 },
    revealed: { value: undefined as ItemId | undefined },
    row: (itemId: ItemId) => (Number(itemId.split(':')[1]) >= shown.first ? {} : undefined),
    get firstPosition() {
      return shown.first;
    },
    async loadEarlier() {
      shown.asked++;
      shown.onAsk();
      if (left.shift() !== true) throw new RequestFailed({ kind: 'connectionLost', message: 'it was lost' });
      shown.first -= 10;
    },
  };
  const done = new Deferred<void>();
  const host = {
    post(message: FromPage) {
      if (message.type === 'took') taken.push(message.deliveryId);
      done.resolve();
    },
  };
  const taker = new DeliveryTaker({ store, host } as unknown as ConstructorParameters<
    typeof DeliveryTaker
  >[0]);
  const lead = (deliveryId: number, position: number): void =>
    taker.receive({ type: 'reveal', deliveryId, sessionId: ebb, itemId: row(position), position });
  return { shown, store, taken, done: done.promise, lead };
}

test('a way to a place survives every connection that is lost on it (U3, U5)', async () => {
  const { store, taken, done, lead } = page(false, false, false, true, false, false, true, true);
  lead(1, 65);
  await done;
  assert.equal(store.revealed.value, row(65));
  assert.deepEqual(taken, [1]);
});

test('a way on which nothing comes is given up in the end (U3)', async () => {
  const { shown, store, taken, done, lead } = page();
  lead(1, 65);
  await done;
  assert.deepEqual([store.revealed.value, taken], [undefined, [1]]);
  assert.ok(shown.asked < 100, `${shown.asked} requests`);
});

test('a lost way is not taken again where another one is, or where the page shows another session (U3)', async () => {
  const other = page(false, true, true, true);
  other.shown.onAsk = () => (other.shown.sessionId = 'flood' as SessionId);
  other.lead(1, 65);
  await other.done;
  assert.deepEqual([other.store.revealed.value, other.shown.asked], [undefined, 1]);
  const later = page(false, true, true, true);
  later.lead(1, 55);
  later.lead(2, 95);
  await later.done;
  while (later.taken.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([later.store.revealed.value, later.shown.asked], [row(95), 1]);
});
