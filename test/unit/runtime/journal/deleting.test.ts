import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { beside, id, note, open, started, stored, temporaryFile } from './temporary.ts';
import { damage } from './damage.ts';
import { killWhen, nothing, rows } from './unseenRows.ts';

const program = fileURLToPath(new URL('./deleteUntilKilled.ts', import.meta.url));

test('a long session that is deleted is there for nobody at once, and is removed bit by bit while others go on (J7, law 7)', async (context) => {
  const { journal, tick, pass, file } = open(context);
  const other = journal.create(id('other'));
  other.append({ at: 1, event: started() });
  const log = journal.create(id('long'));
  log.append({ at: 1, event: started({ title: 'The long one' }) });
  const sha256 = journal.putBlob(id('long'), Buffer.from('a large content'));
  for (let n = 0; n < 9999; n++) log.append({ at: 2, event: note(`${n}`) });
  tick();
  assert.equal(journal.delete(id('long')), true);
  assert.deepEqual(
    [journal.count(), journal.head(id('long')), journal.log(id('long')), [...journal.weigh(id('long'))]],
    [1, undefined, undefined, []],
  );
  assert.deepEqual([stored(journal, id('long')), journal.holdsBlob(id('long'), sha256)], [[], false]);
  assert.deepEqual(journal.heads({ text: 'The long one' }, { limit: 10 }).heads, []);
  assert.equal(journal.delete(id('long')), false);
  const left = rows(context, file);
  assert.deepEqual([left['session'], left['head'], left['unseen']], [1, 1, 1]);
  assert.ok((left['envelope'] ?? 0) > 5000, `${left['envelope']} envelopes wait to be removed`);
  assert.deepEqual((await journal.check()).problems, [], 'what is being removed is no damage');
  // The id is free for another session, which has nothing of the one before it.
  const again = journal.create(id('long'));
  assert.notEqual(again.journal, log.journal);
  again.append({ at: 3, event: started() });
  for (let slice = 0; slice < 50; slice++) {
    other.append({ at: 4, event: note(`${slice}`) });
    tick();
    pass(100);
  }
  assert.deepEqual(rows(context, file), { ...nothing, session: 2, head: 2, envelope: 52, item: 0 });
  assert.deepEqual([stored(journal, id('long')).length, stored(journal, id('other')).length], [1, 51]);
  assert.deepEqual((await journal.check()).problems, []);
});

test('a short session is gone from the file as soon as it is deleted (J7)', (context) => {
  const { journal, tick, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  journal.putBlob(id('a'), Buffer.from('a large content'));
  for (let n = 0; n < 500; n++) log.append({ at: 2, event: note(`${n}`) });
  tick();
  journal.delete(id('a'));
  assert.deepEqual(rows(context, file), nothing);
});

test('what a runtime that is killed had deleted stays deleted, and the next removes the rest (J4, J7)', async (context) => {
  const file = temporaryFile(context);
  await killWhen(program, file);
  const left = rows(context, file);
  assert.deepEqual([left['session'], left['blob'], left['unseen']], [1, 1, 1]);
  const first = open(context, { file });
  assert.deepEqual([first.notices, first.journal.count()], [[], 1]);
  assert.deepEqual([first.journal.head(id('long')), stored(first.journal, id('long'))], [undefined, []]);
  assert.deepEqual((await first.journal.check()).problems, []);
  // Its number is not taken a second time while anything of it is there, also not by the runtime after this one.
  first.journal.create(id('next')).append({ at: 1, event: started() });
  first.tick();
  first.journal.close();
  const second = open(context, { file });
  for (let slice = 0; slice < 50; slice++) second.pass(100);
  assert.deepEqual(rows(context, file), { ...nothing, session: 2, head: 2, envelope: 2 });
  assert.equal(stored(second.journal, id('next')).length, 1);
});

test('a deletion that cannot be stored is refused in words, and the session is there as before (J7, law 9)', (context) => {
  const { journal, tick, file, pass } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE DELETE ON envelope
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  assert.throws(() => journal.delete(id('a')), { kind: 'storageFailed', message: /disk is full/u });
  assert.deepEqual([journal.count(), stored(journal, id('a')).length], [1, 1]);
  database.exec('DROP TRIGGER full');
  pass(60_000);
  assert.equal(stored(journal, id('a')).length, 1);
  journal.delete(id('a'));
  assert.deepEqual(rows(context, file), nothing);
});

test('a damaged session can be weighed and deleted, and what of it cannot be removed keeps none behind it (J4, J7)', (context) => {
  const { journal, tick, file, pass } = open(context);
  for (const name of ['damaged', 'whole', 'other']) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: started() });
    for (let n = 0; n < 999; n++) log.append({ at: 2, event: note(`${n}`) });
    tick();
  }
  damage(context, file, '"sessionId":"damaged","seq":500,');
  assert.deepEqual([...journal.weigh(id('damaged'))], [0], 'what cannot be read is not counted');
  assert.deepEqual([journal.delete(id('damaged')), journal.delete(id('whole'))], [true, true]);
  for (let time = 0; time < 100; time++) pass(60_000);
  assert.deepEqual(
    [journal.state, journal.count(), rows(context, file)['unseen']],
    [{ storage: 'ok' }, 1, 1],
  );
  journal.log(id('other'))?.append({ at: 3, event: note('on') });
  tick();
  assert.equal(stored(journal, id('other')).length, 1001);
});

test('what is damaged of a deleted session keeps nothing else of it in the file, is told once, and counts as held by it (J4, J7)', (context) => {
  const told: unknown[] = [];
  const { journal, tick, file, pass } = open(context, { onError: (error) => told.push(error) });
  for (const name of ['damaged', 'other']) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: started() });
    for (let n = 0; n < 999; n++) log.append({ at: 2, event: note(`${name} ${n}`) });
  }
  // Where the name stands there is nothing else in the page.
  const content = (name: string): Buffer => Buffer.from(name.padStart(20_000, '.').padEnd(40_000, '.'));
  for (const name of ['first', 'second', 'third']) journal.putBlob(id('damaged'), content(name));
  tick();
  damage(context, file, '"sessionId":"damaged","seq":500,');
  damage(context, file, 'second');
  journal.delete(id('damaged'));
  for (let time = 0; time < 200; time++) pass(60_000);
  const { envelope = 0, ...left } = rows(context, file);
  const one = { session: 1, head: 1, unseen: 1, blob: 1, blob_ref: 1 };
  assert.deepEqual(left, { ...one, blob_part: 0, item: 999 }, 'rows of the other one, and what is damaged');
  assert.ok(envelope > 1000 && envelope < 1300, `${envelope} envelopes`);
  assert.equal(told.length, 1);
  assert.match(String(told[0]), /is damaged and stays/u);
  journal.putBlob(id('other'), content('second'));
  tick();
  assert.equal([...journal.weigh(id('other'))][0], 0);
});

test('a deleted session that cannot be removed keeps none behind it, and is tried again (J7)', (context) => {
  const { journal, tick, file, pass } = open(context);
  for (const name of ['damaged', 'whole']) {
    const log = journal.create(id(name));
    log.append({ at: 1, event: started() });
    for (let n = 0; n < 9999; n++) log.append({ at: 2, event: note(`${name} ${n}`) });
    tick();
    journal.delete(id(name));
  }
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER damaged BEFORE DELETE ON envelope WHEN OLD.session = 1
    BEGIN SELECT RAISE(ABORT, 'it cannot be read'); END`);
  for (let time = 0; time < 100; time++) pass(60_000);
  assert.equal(rows(context, file)['unseen'], 1, 'only what cannot be removed is left');
  database.exec('DROP TRIGGER damaged');
  for (let time = 0; time < 100; time++) pass(60_000);
  assert.deepEqual(rows(context, file), nothing);
});
