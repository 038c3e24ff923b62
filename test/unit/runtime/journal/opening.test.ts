import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { openJournal } from '../../../../src/runtime/journal/openJournal.ts';
import { beside, id, note, open, started, stored, temporaryFile } from './temporary.ts';

test('a new journal is made, private to the user (S1)', { skip: process.platform === 'win32' }, (context) => {
  const { file, notices } = open(context);
  assert.deepEqual(notices, []);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a journal of a newer build is refused with words that help, and left as it is (J8)', (context) => {
  const first = open(context);
  first.journal.create(id('a')).append({ at: 1, event: started() });
  first.journal.close();
  const other = beside(context, first.file);
  other.exec('PRAGMA user_version = 99');
  other.close();
  const before = readFileSync(first.file);
  assert.throws(() => open(context, { file: first.file }), {
    kind: 'journalNewer',
    message: new RegExp(`${first.file}.*version 99.*reads up to \\d+.*update Holdfast.*HOLDFAST_HOME`, 'u'),
  });
  assert.deepEqual(readFileSync(first.file), before);
  assert.deepEqual(readdirSync(dirname(first.file)), ['journal.db']);
});

test('a newer version that stands only in the write-ahead log is refused as well (J8)', (context) => {
  const { file, journal } = open(context);
  journal.close();
  // Its connection stays open, as that of a killed process would be: nothing is moved into the file.
  const other = beside(context, file);
  other.exec('PRAGMA user_version = 99');
  const before = [readFileSync(file), readFileSync(`${file}-wal`)];
  assert.throws(() => open(context, { file }), { kind: 'journalNewer' });
  assert.deepEqual([readFileSync(file), readFileSync(`${file}-wal`)], before);
});

for (const [what, damage] of [
  [
    'no database at all',
    (file: string) => writeFileSync(file, 'not a database, but long enough to be looked at. '.repeat(9)),
  ],
  ['shorter than any header', (file: string) => writeFileSync(file, 'SQLite')],
  ['cut off', (file: string) => truncateSync(file, 5_000)],
  [
    'overwritten inside',
    (file: string) => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 4_096, bytes.length - 100);
      writeFileSync(file, bytes);
    },
  ],
] as const) {
  test(`a journal that is ${what} is moved aside and told of, never silently replaced (J4)`, (context) => {
    const first = open(context);
    const log = first.journal.create(id('a'));
    log.append({ at: 1, event: started() });
    for (let n = 0; n < 200; n++) log.append({ at: 1, event: note(`${n}`.repeat(50)) });
    first.journal.close();
    damage(first.file);
    const bytes = readFileSync(first.file);
    const { journal, notices } = open(context, { file: first.file });
    assert.equal(notices.length, 1);
    const aside = /moved to (\S+),/u.exec(notices[0] ?? '')?.[1] ?? '';
    assert.match(aside, /journal\.db\.damaged-1970-01-01T00-16-40-000Z$/u);
    assert.deepEqual(readFileSync(aside), bytes);
    assert.equal(journal.count(), 0);
    assert.equal(journal.create(id('a')).append({ at: 1, event: started() }).seq, 1);
  });
}

test('an empty file is a new journal', (context) => {
  const file = temporaryFile(context);
  writeFileSync(file, '');
  assert.deepEqual(open(context, { file }).notices, []);
});

test('a folder that is missing, no folder, or not writable is named (S4)', (context) => {
  const file = temporaryFile(context);
  writeFileSync(join(dirname(file), 'plain'), '');
  mkdirSync(join(dirname(file), 'folder.db'));
  for (const unusable of ['missing/journal.db', 'plain/journal.db', 'folder.db']) {
    const path = join(dirname(file), unusable);
    assert.throws(
      () => openJournal({ file: path }),
      (error: Error & { kind?: string }) => {
        assert.equal(error.kind, 'homeUnusable');
        assert.ok(error.message.includes(path), error.message);
        return true;
      },
    );
  }
});

const isRoot = process.getuid?.() === 0;

test(
  'a file that may not be written is named',
  { skip: isRoot || process.platform === 'win32' },
  (context) => {
    const { file, journal } = open(context);
    journal.close();
    chmodSync(file, 0o400);
    assert.throws(() => openJournal({ file }), { kind: 'homeUnusable', message: new RegExp(file, 'u') });
  },
);

test('a Node without node:sqlite is told so in words', () => {
  const program = `
    process.getBuiltinModule = () => undefined;
    const { openJournal } = await import(${JSON.stringify(import.meta.resolve('../../../../src/runtime/journal/openJournal.ts'))});
    try { openJournal({ file: '/nowhere' }) } catch (error) { console.log(error.kind, error.message) }`;
  const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
  });
  assert.match(said, /^noUsableNode Node v\S+ has no node:sqlite; set HOLDFAST_NODE/u);
});

test('without a test’s clock and ticks, the journal commits by itself', async (context) => {
  const { journal } = openJournal({ file: temporaryFile(context), clock: systemClock });
  context.after(() => journal.close());
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  await log.committed();
  assert.equal(log.committedSeq, 1);
  assert.equal(stored(journal, id('a')).length, 1);
});
