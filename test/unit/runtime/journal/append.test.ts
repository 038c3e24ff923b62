import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../../../src/protocol/errors.ts';
import type { KnownEvent } from '../../../../src/protocol/events.ts';
import { ALL, beside, id, note, open, started, stored, turnStarted } from './temporary.ts';

test('numbers are contiguous from 1 within each session, whatever the order of appending (law 1)', (context) => {
  const { journal, batches, tick } = open(context);
  const [a, b] = [journal.create(id('a')), journal.create(id('b'))];
  a.append({ at: 1, event: started() });
  b.append({ at: 2, event: started() });
  for (let n = 0; n < 5; n++) for (const log of [a, b]) log.append({ at: 3 + n, event: note(`${n}`) });
  tick();
  for (const session of ['a', 'b']) {
    const numbers = stored(journal, id(session)).map(({ seq }) => seq);
    assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6]);
  }
  assert.equal(batches.length, 1, 'one transaction a tick, across all sessions');
});

test('what is appended is folded at once and told of only after its commit (law 1)', async (context) => {
  const { journal, batches, tick } = open(context);
  const log = journal.create(id('a'));
  const envelope = log.append({ at: 1, event: started() });
  log.append({ at: 2, event: turnStarted('t') });
  let isCommitted = false;
  const waiting = log.committed().then(() => (isCommitted = true));
  assert.equal(log.head?.phase, 'running');
  assert.equal(log.committedSeq, 0);
  assert.deepEqual(batches, []);
  await Promise.resolve();
  assert.equal(isCommitted, false);
  tick();
  await waiting;
  assert.equal(log.committedSeq, 2);
  assert.equal(batches[0]?.[0], envelope);
});

test('a stored envelope is the JSON that goes to clients, with its place, cause and turn', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  const by = { client: 'c1', name: 'Window' };
  const turnId = 't' as never;
  log.append({ at: 2.5, turnId, by, event: note('naïve ☂ \u0000 \ud800') });
  const [, row] = journal.read(id('a'), 0, ALL);
  assert.ok(row !== undefined);
  const event = { type: 'notice', level: 'info', text: 'naïve ☂ \u0000 \ud800' };
  assert.deepEqual(JSON.parse(row.json), { sessionId: 'a', seq: 2, at: 2.5, turnId, by, event });
  assert.deepEqual([row.from, row.seq, row.bytes], [2, 2, Buffer.byteLength(row.json)]);
});

test('a read is bounded in events and bytes, and gives at least one envelope (law 7)', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  for (let n = 0; n < 9; n++) log.append({ at: 1, event: note('x'.repeat(1_000)) });
  const count = (maxEvents: number, maxBytes: number): number =>
    journal.read(id('a'), 1, { maxEvents, maxBytes }).length;
  assert.equal(count(3, Infinity), 3);
  assert.equal(count(100, 2_500), 2);
  assert.equal(count(100, 1), 1);
  assert.deepEqual(journal.read(id('a'), 10, ALL), []);
  assert.deepEqual(journal.read(id('nobody'), 0, ALL), []);
});

test('a reader sees what was appended before it, and no listener runs inside its call', (context) => {
  const { journal, batches, tick } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started({ title: 'Here' }) });
  assert.equal(journal.head(id('a'))?.head.title, 'Here');
  assert.equal(journal.heads({}, { limit: 10 }).heads.length, 1);
  assert.equal(journal.read(id('a'), 0, ALL).length, 1);
  assert.equal(journal.count(), 1);
  assert.equal(log.committedSeq, 1);
  assert.deepEqual(batches, []);
  tick();
  assert.equal(batches.length, 1);
});

test('a listener may append and read: what it causes is told after what it was told of, in order', (context) => {
  const { journal, batches, tick } = open(context);
  const log = journal.create(id('a'));
  let depth = 0;
  journal.onCommitted(() => {
    assert.equal(++depth, 1, 'listeners never nest');
    if (log.committedSeq < 4) {
      log.append({ at: 2, event: note('more') });
      assert.equal(stored(journal, id('a')).length, log.head?.seq);
    }
    depth--;
  });
  log.append({ at: 1, event: started() });
  tick();
  assert.deepEqual(
    batches.flat().map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
});

test('what a listener throws reaches neither the journal nor other listeners', (context) => {
  const errors: unknown[] = [];
  const { journal, tick } = open(context, { onError: (error) => errors.push(error) });
  const seen: number[] = [];
  journal.onCommitted(() => {
    throw new Error('listener');
  });
  journal.onCommitted((batch) => seen.push(batch.length));
  journal.create(id('a')).append({ at: 1, event: started() });
  tick();
  assert.deepEqual([seen, errors.length], [[1], 1]);
});

test('an event that cannot be stored is refused before it takes a number (law 1)', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  assert.throws(() => log.append({ at: 1, event: note('too early') }), HoldfastError);
  log.append({ at: 1, event: started() });
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const event: KnownEvent = { type: 'toolCall.started', toolCallId: 'c' as never, rawInput: circular };
  assert.throws(() => log.append({ at: 1, event }), TypeError);
  assert.throws(() => log.append({ at: NaN, event: note('when?') }), TypeError);
  assert.equal(log.append({ at: 1, event: note('next') }).seq, 2);
});

test('an id is free until its first event, and taken from then on', (context) => {
  const { journal } = open(context);
  const abandoned = journal.create(id('a'));
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  assert.throws(() => journal.create(id('a')), { kind: 'sessionExists' });
  assert.throws(() => abandoned.append({ at: 1, event: started() }), HoldfastError);
  journal.release(id('a'));
  assert.throws(() => journal.create(id('a')), { kind: 'sessionExists' });
  assert.equal(journal.log(id('b')), undefined);
});

test('a log is the same object while it is in use; let go, it takes nothing more, and the next one goes on', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  assert.equal(journal.log(id('a')), log);
  journal.release(id('a'));
  assert.throws(() => log.append({ at: 2, event: note('late') }), HoldfastError);
  const next = journal.log(id('a'));
  assert.deepEqual([next?.committedSeq, next?.journal], [1, log.journal]);
  assert.equal(next?.append({ at: 2, event: note('on') }).seq, 2);
});

test('a closed journal has everything that was appended, and takes nothing more (J4)', async (context) => {
  const { journal, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  log.append({ at: 2, event: turnStarted('t') });
  const waiting = log.committed();
  journal.close();
  await waiting;
  journal.close();
  assert.throws(() => log.append({ at: 3, event: note('late') }), { kind: 'connectionClosed' });
  assert.throws(() => journal.read(id('a'), 0, ALL), { kind: 'connectionClosed' });
  const again = open(context, { file }).journal;
  assert.equal(stored(again, id('a')).length, 2);
  assert.deepEqual(again.head(id('a')), { head: JSON.parse(JSON.stringify(log.head)), journal: log.journal });
});

test('a durable record is written with everything before it, in one batch', (context) => {
  const { journal, batches, tick } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  log.append({ at: 2, event: note('answer'), durable: true });
  log.append({ at: 3, event: note('after') });
  tick();
  log.append({ at: 4, event: note('later') });
  tick();
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [3, 1],
  );
});

test('a row whose text was damaged on the disk keeps its place and ends nothing (S4)', (context) => {
  const { journal, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started({ title: 'Kept' }) });
  for (const text of ['one', 'two', 'three']) log.append({ at: 2, event: note(text) });
  journal.close();
  const database = beside(context, file);
  database.exec(`UPDATE envelope SET body = '{"seq":3,' WHERE seq = 3; UPDATE head SET body = 'no JSON'`);
  database.exec(`UPDATE item SET body = '[]' WHERE position = 2`);
  database.close();
  const again = open(context, { file }).journal;
  const envelopes = stored(again, id('a'));
  assert.deepEqual(
    envelopes.map(({ seq, event }) => [seq, event.type]),
    [
      [1, 'session.started'],
      [2, 'notice'],
      [3, 'unknown'],
      [4, 'notice'],
    ],
  );
  assert.equal(again.head(id('a'))?.head.title, 'Kept');
  assert.deepEqual(
    again.items(id('a'), { limit: 10 }).items.map(({ position }) => position),
    [2, 3, 4],
  );
});

test('a session that is deleted is gone with all it had; made again, it is another lineage (law 6, J7)', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  journal.create(id('b')).append({ at: 1, event: started() });
  assert.equal(journal.delete(id('a')), true);
  assert.equal(journal.delete(id('a')), false);
  assert.deepEqual([journal.head(id('a')), stored(journal, id('a')), journal.count()], [undefined, [], 1]);
  const again = journal.create(id('a'));
  assert.notEqual(again.journal, log.journal);
  assert.equal(again.append({ at: 2, event: started() }).seq, 1);
});
