import assert from 'node:assert/strict';
import { copyFileSync, renameSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { Boot } from '../../../../src/runtime/journal/lineage.ts';
import { id, open, started, type Opened } from './temporary.ts';

const monday: Boot = { id: 'monday' };
const tuesday: Boot = { id: 'tuesday' };

/** Opens a journal in a run of the machine, with a session in it, and says its lineage. */
function use(context: TestContext, boot: Boot, file?: string): Opened & { lineage: string } {
  const opened = open(context, file === undefined ? { boot } : { boot, file });
  const log = opened.journal.log(id('a')) ?? opened.journal.create(id('a'));
  if (log.head === undefined) log.append({ at: 1, event: started() });
  opened.tick();
  return { ...opened, lineage: log.journal };
}

test('a lineage outlives an orderly end, also when the machine starts anew after it (law 6)', (context) => {
  const first = use(context, monday);
  first.journal.close();
  const second = use(context, monday, first.file);
  second.journal.close();
  const third = use(context, tuesday, first.file);
  assert.deepEqual([second.lineage, third.lineage], [first.lineage, first.lineage]);
});

test('a lineage outlives a killed runtime: what it committed, the system still has (law 6)', (context) => {
  const first = use(context, monday);
  assert.equal(use(context, monday, first.file).lineage, first.lineage);
});

test('a start after the machine stopped uncleanly changes every lineage, once (law 6)', (context) => {
  const first = use(context, monday);
  first.journal.create(id('b')).append({ at: 1, event: started() });
  first.tick();
  const second = use(context, tuesday, first.file);
  assert.notEqual(second.lineage, first.lineage);
  assert.notEqual(second.journal.head(id('b'))?.journal, first.journal.head(id('b'))?.journal);
  assert.notEqual(second.journal.head(id('b'))?.journal, second.lineage);
  second.journal.close();
  assert.equal(use(context, tuesday, first.file).lineage, second.lineage);
});

test('where a boot has no id, its start is compared, with room for a clock that is corrected (law 6)', (context) => {
  const first = use(context, { startedAt: 1_000_000 });
  assert.equal(use(context, { startedAt: 1_002_000 }, first.file).lineage, first.lineage);
  assert.notEqual(use(context, { startedAt: 9_000_000 }, first.file).lineage, first.lineage);
});

test('a file that was put back from a copy is another lineage (law 6)', (context) => {
  const first = use(context, monday);
  first.journal.close();
  copyFileSync(first.file, `${first.file}.copy`);
  renameSync(`${first.file}.copy`, first.file);
  assert.notEqual(use(context, monday, first.file).lineage, first.lineage);
});

test('every session has a lineage of its own (law 6)', (context) => {
  const { journal } = open(context);
  assert.notEqual(journal.create(id('a')).journal, journal.create(id('b')).journal);
});
