import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { StorageState } from '../../../../src/runtime/journal/journal.ts';
import {
  beside,
  chunk,
  id,
  messageStarted,
  note,
  open,
  started,
  stored,
  turnEnded,
  turnStarted,
} from './temporary.ts';

/** Makes every insert of an envelope fail as a full disk does: the transaction is rolled back half-way. */
function fill(context: TestContext, file: string): { free(): void } {
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON envelope WHEN NEW.seq % 2 = 0
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  return { free: () => database.exec('DROP TRIGGER full') };
}

test('while storage fails nothing is told of; then everything is, in order, once (laws 1 and 9, J9)', async (context) => {
  const { journal, file, batches, tick, pass } = open(context);
  const states: StorageState[] = [];
  journal.onState((state) => states.push(state));
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const disk = fill(context, file);
  log.append({ at: 2, event: note('two') });
  log.append({ at: 3, event: note('three') });
  let isCommitted = false;
  const waiting = log.committed().then(() => (isCommitted = true));
  tick();
  assert.deepEqual([log.committedSeq, log.head?.seq, batches.length], [1, 3, 1]);
  assert.deepEqual(journal.state, { storage: 'failed', reason: 'database or disk is full' });

  log.append({ at: 4, event: note('four') });
  tick();
  pass(60_000);
  assert.deepEqual(stored(journal, id('a')).length, 1);
  assert.equal(journal.head(id('a'))?.head.seq, 1, 'readers see what is committed');
  await Promise.resolve();
  assert.equal(isCommitted, false);

  disk.free();
  pass(60_000);
  await waiting;
  assert.deepEqual(
    batches.flat().map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
  assert.deepEqual(
    stored(journal, id('a')).map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
  assert.deepEqual(states, [{ storage: 'failed', reason: 'database or disk is full' }, { storage: 'ok' }]);
});

test('the next append tries again at once, without waiting for the timer (law 9)', (context) => {
  const { journal, file, tick } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const disk = fill(context, file);
  log.append({ at: 2, event: note('two') });
  tick();
  disk.free();
  log.append({ at: 3, event: note('three') });
  tick();
  assert.deepEqual([journal.state.storage, log.committedSeq], ['ok', 3]);
});

test('a database that another program holds is a failure that passes (J9)', (context) => {
  const { journal, file, tick, pass } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const other = beside(context, file);
  other.exec('BEGIN IMMEDIATE');
  log.append({ at: 2, event: note('two') });
  tick();
  assert.equal(journal.state.storage, 'failed');
  other.exec('COMMIT');
  pass(100);
  assert.deepEqual([journal.state.storage, log.committedSeq], ['ok', 2]);
});

test('rows are shown as of the last commit while storage fails (law 1)', (context) => {
  const { journal, file, tick, pass } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  log.append({ at: 2, event: turnStarted('t') });
  log.append({ at: 3, event: messageStarted('m', 'safe') });
  tick();
  const disk = fill(context, file);
  log.append({ at: 4, event: chunk('m', ' and not') });
  log.append({ at: 5, event: turnEnded('t') });
  tick();
  const text = (): unknown => {
    const { items, seq } = journal.items(id('a'), { limit: 10 });
    const row = items[1];
    return [seq, row?.kind === 'message' && row.content];
  };
  assert.deepEqual(text(), [3, [{ type: 'text', text: 'safe' }]]);
  disk.free();
  pass(60_000);
  assert.deepEqual(text(), [5, [{ type: 'text', text: 'safe and not' }]]);
});

test('a log with something uncommitted is not let go, so that its numbers are never given twice (law 1)', (context) => {
  const { journal, file, tick, pass } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const disk = fill(context, file);
  log.append({ at: 2, event: note('two') });
  journal.release(id('a'));
  assert.equal(journal.log(id('a')), log);
  assert.throws(() => journal.delete(id('a')), { kind: 'storageFailed' });
  disk.free();
  pass(60_000);
  journal.release(id('a'));
  assert.notEqual(journal.log(id('a')), log);
});

test('closing while storage fails rejects who waits, and keeps what was committed (law 9)', async (context) => {
  const { journal, file, tick } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const disk = fill(context, file);
  log.append({ at: 2, event: note('two') });
  const waiting = log.committed();
  // That nobody looks at this one is no unhandled rejection.
  void log.committed();
  void journal.committed();
  journal.close();
  await assert.rejects(waiting, { kind: 'connectionClosed' });
  disk.free();
  assert.equal(
    open(context, { file })
      .journal.log(id('a'))
      ?.append({ at: 3, event: note('again') }).seq,
    2,
  );
});
