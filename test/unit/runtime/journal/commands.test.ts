import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandId } from '../../../../src/protocol/ids.ts';
import { beside, id, note, open, started, stored } from './temporary.ts';

const command = (name: string): CommandId => name as CommandId;
const DAY_MS = 24 * 60 * 60 * 1000;

test('a command’s result is recalled before and after its commit, and by the next process (law 4, J5)', (context) => {
  const { journal, file, tick } = open(context);
  const result = { turnId: 't', queued: false };
  journal.remember(command('c'), 'session/prompt', { ...result, nothing: undefined });
  assert.deepEqual(journal.recall(command('c')), { method: 'session/prompt', result });
  tick();
  assert.deepEqual(journal.recall(command('c')), { method: 'session/prompt', result });
  journal.remember(command('d'), 'session/end', undefined);
  assert.deepEqual(journal.recall(command('d')), { method: 'session/end', result: undefined });
  journal.close();
  const again = open(context, { file }).journal;
  assert.deepEqual(again.recall(command('c')), { method: 'session/prompt', result });
  assert.deepEqual(again.recall(command('d')), { method: 'session/end', result: undefined });
  assert.equal(again.recall(command('never')), undefined);
});

test('a result is committed with the events of its tick, or neither is (law 4, J5)', (context) => {
  const { journal, file, tick, pass } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  tick();
  const other = beside(context, file);
  other.exec(`CREATE TRIGGER full BEFORE INSERT ON command BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
  log.append({ at: 2, event: note('done') });
  journal.remember(command('c'), 'session/prompt', {});
  tick();
  assert.deepEqual(
    [
      other.prepare('SELECT count(*) AS n FROM envelope').get(),
      other.prepare('SELECT count(*) AS n FROM command').get(),
    ],
    [
      { __proto__: null, n: 1 },
      { __proto__: null, n: 0 },
    ],
  );
  assert.ok(journal.recall(command('c')), 'what is about to be committed is recalled');
  other.exec('DROP TRIGGER full');
  pass(60_000);
  assert.equal(stored(journal, id('a')).length, 2);
  assert.deepEqual({ ...other.prepare('SELECT count(*) AS n FROM command').get() }, { n: 1 });
});

test('who remembers without an event can wait for the commit too', async (context) => {
  const { journal, tick } = open(context);
  await journal.committed();
  journal.remember(command('c'), 'session/cancel', {});
  let isCommitted = false;
  const waiting = journal.committed().then(() => (isCommitted = true));
  await Promise.resolve();
  assert.equal(isCommitted, false);
  tick();
  await waiting;
});

test('results are kept for a day (J5)', (context) => {
  const { journal, file, tick, pass } = open(context);
  journal.remember(command('old'), 'session/prompt', {});
  tick();
  pass(DAY_MS - 1_000);
  journal.remember(command('young'), 'session/prompt', {});
  tick();
  pass(2_000);
  for (let n = 0; n < 1_001; n++) journal.remember(command(`c${n}`), 'session/prompt', {});
  tick();
  assert.deepEqual(
    [journal.recall(command('old')), Boolean(journal.recall(command('young')))],
    [undefined, true],
  );
  assert.equal(beside(context, file).prepare('SELECT count(*) AS n FROM command').get()?.['n'], 1_002);
});
