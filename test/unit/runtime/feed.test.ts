import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { ClientFeed } from '../../../src/runtime/feed.ts';
import type { Journal, StoredEnvelope } from '../../../src/runtime/journal/journal.ts';

/** A journal that holds rows of a given size and can be written to. */
function rows(bytes = 100) {
  const stored = new Map<SessionId, StoredEnvelope[]>();
  const damaged = new Set<SessionId>();
  const read: Journal['read'] = (sessionId, after, { maxEvents, maxBytes }) => {
    if (damaged.has(sessionId)) throw new Error('database disk image is malformed');
    const given: StoredEnvelope[] = [];
    let sum = 0;
    for (const row of stored.get(sessionId) ?? []) {
      if (row.seq <= after) continue;
      if (given.length > 0 && (given.length >= maxEvents || sum + row.bytes > maxBytes)) break;
      given.push(row);
      sum += row.bytes;
    }
    return given;
  };
  return {
    journal: { read } as Journal,
    damage: (sessionId: SessionId) => damaged.add(sessionId),
    mend: (sessionId: SessionId) => damaged.delete(sessionId),
    write(sessionId: SessionId, count: number) {
      const session = stored.get(sessionId) ?? [];
      for (let index = 0; index < count; index++) {
        const seq = session.length + 1;
        session.push({ from: seq, seq, json: JSON.stringify(`${sessionId}${seq}`), bytes });
      }
      stored.set(sessionId, session);
      return new Set([sessionId]);
    },
  };
}

function setUp(credit: number) {
  const { journal, write, damage, mend } = rows();
  const sent: string[] = [];
  let charged = 0;
  const unreadable: SessionId[] = [];
  const feed = new ClientFeed(journal, credit, {
    send(envelopes, bytes) {
      sent.push(...envelopes.map((json) => JSON.parse(json) as string));
      charged += bytes;
    },
    onUnreadable: (sessionId) => unreadable.push(sessionId),
  });
  return { feed, write, sent, charged: () => charged, damage, mend, unreadable };
}

const a = 'a' as SessionId;
const b = 'b' as SessionId;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('replay and live are one stream: nothing is missed and nothing comes twice (law 6)', async () => {
  const { feed, write, sent } = setUp(1e6);
  write(a, 3);
  feed.attach(a, 1);
  feed.committed(write(a, 2));
  await turn();
  feed.committed(write(a, 1));
  assert.deepEqual(sent, ['a2', 'a3', 'a4', 'a5', 'a6']);
});

test('a client that gives no credit back gets its window and no more, and the rest when it does (law 7, J2)', async () => {
  const { feed, write, sent, charged } = setUp(1000);
  write(a, 100);
  feed.attach(a, 0);
  await turn();
  assert.ok(sent.length >= 10 && sent.length <= 11, `${sent.length} envelopes for a window of ten`);
  while (sent.length < 100) {
    const before = charged();
    feed.credit(500);
    assert.ok(charged() > before, 'credit moves the stream on');
  }
  assert.deepEqual(
    sent,
    Array.from({ length: 100 }, (_, index) => `a${index + 1}`),
  );
});

test('a flooding session does not keep a quiet one waiting (law 7)', async () => {
  const { feed, write, sent } = setUp(32 * 1024);
  feed.attach(a, 0);
  feed.attach(b, 0);
  await turn();
  feed.committed(write(a, 10_000));
  const flood = sent.length;
  feed.committed(write(b, 1));
  feed.credit(16 * 1024 + 200);
  const waited = sent.indexOf('b1') - flood;
  assert.ok(waited >= 0 && waited <= 330, `the quiet session waited for ${waited} envelopes of the flood`);
});

test('a session that was left sends nothing more', async () => {
  const { feed, write, sent } = setUp(1e6);
  feed.attach(a, 0);
  feed.leave(a);
  feed.committed(write(a, 1));
  await turn();
  assert.deepEqual(sent, []);
});

test('a session that cannot be read keeps nothing of others back, is told of once, and goes on where it stopped when it can be (law 1, S4)', async () => {
  const { feed, write, sent, damage, mend, unreadable } = setUp(1e6);
  const c = 'c' as SessionId;
  for (const session of [a, b, c]) {
    write(session, 2);
    feed.attach(session, 0);
  }
  damage(b);
  await turn();
  assert.deepEqual([sent.toSorted(), unreadable], [['a1', 'a2', 'c1', 'c2'], [b]]);
  feed.committed(new Set([...write(b, 1), ...write(a, 1)]));
  assert.deepEqual([sent.at(-1), unreadable], ['a3', [b]]);
  mend(b);
  feed.committed(write(b, 1));
  assert.deepEqual(sent.slice(-4), ['b1', 'b2', 'b3', 'b4']);
  damage(b);
  feed.committed(write(b, 1));
  assert.deepEqual(unreadable, [b, b]);
});
