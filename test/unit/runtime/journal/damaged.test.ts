import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUIET_MS } from '../../../../src/runtime/journal/compactor.ts';
import { isUnreadable } from '../../../../src/runtime/journal/database.ts';
import { damage } from './damage.ts';
import { beside, id, note, open, started, stored, turnEnded } from './temporary.ts';

test('where a part of the file is damaged, what cannot be read is stood for, and the session goes on (J4, S4)', (context) => {
  const { journal, tick, pass, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  for (let n = 2; n <= 1000; n++) log.append({ at: 2, event: note(`${n}`) });
  tick();
  // A flood in another session: what is shown is read from the file.
  const other = journal.create(id('other'));
  other.append({ at: 1, event: started() });
  for (let n = 0; n < 3; n++) other.append({ at: 1, event: note('x'.repeat(600_000)) });
  tick();
  damage(context, file, '"sessionId":"a","seq":500,');
  const places: number[] = [];
  let lost = 0;
  for (let after = 0; after < 1000;) {
    const page = journal.read(id('a'), after, { maxEvents: 100, maxBytes: 1e6 });
    assert.ok(page.length > 0);
    for (const { from, seq, json } of page) {
      assert.equal(from, after + 1);
      after = seq;
      places.push(seq);
      if (json.includes('this row of the journal is damaged')) lost++;
    }
  }
  assert.deepEqual(
    places,
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
  assert.ok(lost > 0 && lost < 100, `${lost} cannot be read`);
  log.append({ at: 3, event: note('on') });
  tick();
  journal.release(id('a'));
  // The rows are made again from what can be read.
  beside(context, file).exec(
    `DELETE FROM item WHERE session = 1; UPDATE session SET items_seq = 0 WHERE key = 1`,
  );
  const { items, seq } = journal.items(id('a'), { limit: 2000 });
  assert.deepEqual([items.length, seq], [1000 - lost, 1001]);
  assert.equal(stored(journal, id('a'), 1000).length, 1);
  assert.equal(journal.log(id('a'))?.append({ at: 4, event: note('and on') }).seq, 1002);
  tick();
  pass(QUIET_MS);
  assert.deepEqual(journal.state, { storage: 'ok' });
});

test('events of one type are found beside a part of the file that is damaged (J4)', (context) => {
  const { journal, tick, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  for (let n = 2; n <= 1000; n++) log.append({ at: 2, event: note(`${n}`) });
  tick();
  damage(context, file, '"sessionId":"a","seq":500,');
  const left = journal.ofType(id('a'), 'notice').map((event) => Number(event.text));
  assert.deepEqual([left[0], left.at(-1)], [2, 1000]);
  assert.ok(left.length > 900 && left.length < 999, `${left.length} of 999`);
  assert.equal(journal.ofType(id('a'), 'session.started').length, 1);
});

test('rows are shown from the envelopes where a part of their table is damaged (law 5, J4)', (context) => {
  const { journal, tick, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  for (let n = 2; n <= 1000; n++) log.append({ at: 2, event: note(`${n}`) });
  tick();
  log.append({ at: 2, event: turnEnded('none') });
  tick();
  const pages = (): string =>
    JSON.stringify([
      journal.items(id('a'), { limit: 2000 }),
      journal.items(id('a'), { before: 520, limit: 40 }),
    ]);
  const before = pages();
  damage(context, file, '"itemId":"notice:500"');
  assert.deepEqual(JSON.parse(pages()), JSON.parse(before));
  log.append({ at: 3, event: note('on') });
  tick();
  assert.equal(journal.items(id('a'), { limit: 2000 }).seq, 1002);
  assert.deepEqual(journal.state, { storage: 'ok' });
});

test('what the disk cannot give is unreadable like what is damaged, and a journal that is full or busy is neither (J4)', () => {
  const thrown = (errcode: number): Error => Object.assign(new Error('as SQLite throws'), { errcode });
  const [corrupt, corruptIndex, readFailed, badData] = [11, 11 | (3 << 8), 10 | (1 << 8), 10 | (32 << 8)];
  for (const code of [corrupt, corruptIndex, readFailed, badData])
    assert.ok(isUnreadable(thrown(code)), `${code}`);
  const [full, busy, writeFailed] = [13, 5, 10 | (3 << 8)];
  for (const code of [full, busy, writeFailed]) assert.ok(!isUnreadable(thrown(code)), `${code}`);
  assert.ok(!isUnreadable(new Error('of another kind')));
});
