import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  beside,
  chunk,
  id,
  messageStarted,
  note,
  open,
  started,
  stored,
  temporaryFile,
} from './temporary.ts';
import { killWhen, nothing, rows } from './unseenRows.ts';

const program = fileURLToPath(new URL('./importUntilKilled.ts', import.meta.url));

test('a session that is taken in is seen by nobody before it is whole, and then by all, while others go on (J7)', async (context) => {
  const { journal, tick, file, batches } = open(context);
  const other = journal.create(id('other'));
  other.append({ at: 1, event: started() });
  tick();
  const taken = journal.import(id('taken'));
  taken.log.append({ at: 1, event: started() });
  taken.log.append({ at: 1, event: messageStarted('m') });
  for (let n = 0; n < 10; n++) {
    taken.log.append({ at: 2, event: chunk('m', '.') });
    taken.write();
    other.append({ at: 2, event: note(`${n}`) });
    tick();
    assert.deepEqual(
      [journal.count(), journal.head(id('taken')), journal.log(id('taken'))],
      [1, undefined, undefined],
    );
    assert.deepEqual(stored(journal, id('taken')), []);
  }
  assert.equal(stored(journal, id('other')).length, 11);
  assert.ok(batches.flat().every(({ sessionId }) => sessionId === 'other'));
  assert.equal(rows(context, file)['unseen'], 1);
  assert.deepEqual((await journal.check()).problems, [], 'what is under way is no damage');
  taken.show();
  taken.log.append({ at: 3, event: { type: 'session.ended', reason: 'imported' } });
  tick();
  assert.equal(journal.count(), 2);
  assert.deepEqual(
    stored(journal, id('taken')).map(({ seq }) => seq),
    Array.from({ length: 13 }, (_, index) => index + 1),
  );
  assert.deepEqual(
    batches.at(-1)?.map(({ event }) => event.type),
    ['session.ended'],
    'what makes others look for it is told',
  );
  const { items, seq } = journal.items(id('taken'), { limit: 10 });
  assert.deepEqual([items.length, seq], [2, 13]);
  assert.equal(journal.head(id('taken'))?.head.ended, true);
  assert.equal(rows(context, file)['unseen'], 0);
  assert.deepEqual((await journal.check()).problems, []);
});

test('what is given up is removed bit by bit, with the contents that only it has (J7)', (context) => {
  const { journal, tick, pass, file } = open(context);
  const taken = journal.import(id('taken'));
  taken.putBlob('sha', Buffer.from('a large content'), 15);
  taken.log.append({ at: 1, event: started() });
  for (let n = 0; n < 500; n++) taken.log.append({ at: 2, event: note(`${n}`) });
  taken.write();
  taken.dispose();
  taken.dispose();
  assert.throws(() => taken.log.append({ at: 2, event: chunk('m', '.') }), /was let go/u);
  const before = rows(context, file);
  assert.deepEqual([before['session'], before['envelope'], before['unseen']], [0, 501, 1]);
  for (let slice = 0; slice < 50; slice++) pass(100);
  assert.deepEqual(rows(context, file), nothing);
  // Its number is not taken a second time while anything of it is there.
  journal.create(id('next')).append({ at: 1, event: started() });
  tick();
  assert.equal(stored(journal, id('next')).length, 1);
});

test('what a killed runtime was taking in is removed by the next and seen by nobody; what was whole is there (J4, J7)', async (context) => {
  const file = temporaryFile(context);
  await killWhen(program, file, 'written');
  const left = rows(context, file);
  assert.deepEqual([left['session'], left['envelope'], left['blob'], left['unseen']], [0, 302, 1, 1]);
  const first = open(context, { file });
  assert.deepEqual([first.notices, first.journal.count()], [[], 0]);
  assert.deepEqual((await first.journal.check()).problems, []);
  // Before all of it is gone, other sessions begin, and this runtime stops too.
  first.journal.create(id('next')).append({ at: 1, event: started() });
  first.tick();
  first.journal.close();
  const second = open(context, { file });
  assert.equal(stored(second.journal, id('next')).length, 1);
  for (let slice = 0; slice < 50; slice++) second.pass(100);
  assert.deepEqual(rows(context, file), { ...nothing, session: 1, head: 1, envelope: 1 });
  second.journal.close();
  await killWhen(program, file, 'shown');
  const third = open(context, { file });
  assert.deepEqual([third.journal.count(), stored(third.journal, id('taken')).length], [2, 302]);
  assert.deepEqual((await third.journal.check()).problems, []);
});

test('while storage fails a session that is taken in is given up in words, and nothing of it stays (J7, law 9)', (context) => {
  const { journal, file, pass } = open(context);
  const taken = journal.import(id('taken'));
  taken.log.append({ at: 1, event: started() });
  taken.write();
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON envelope
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  taken.log.append({ at: 2, event: messageStarted('m') });
  assert.throws(() => taken.write(), { kind: 'storageFailed', message: /disk is full/u });
  taken.dispose();
  database.exec('DROP TRIGGER full');
  for (let slice = 0; slice < 10; slice++) pass(100);
  assert.deepEqual(rows(context, file), nothing);
});
