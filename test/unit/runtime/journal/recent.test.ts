import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { newJournalId } from '../../../../src/protocol/ids.ts';
import { Recent } from '../../../../src/runtime/journal/recent.ts';
import { ALL, beside, id, note, open, started, stored } from './temporary.ts';

const envelope = (seq: number, from?: number) => ({
  ...{ sessionId: id('a'), seq, at: 1, event: note(`${seq}`) },
  ...(from !== undefined && { from }),
});

test('what was committed last is read from any number on, within the bounds but at least one (law 6)', () => {
  const recent = new Recent();
  for (const [seq, from] of [[5], [8, 6], [9]] as const) recent.keep(1, envelope(seq, from), `"${seq} ü"`);
  const seqs = (after: number, bounds = ALL) => recent.read(1, after, bounds)?.map(({ seq }) => seq);
  assert.equal(seqs(3), undefined, 'what is older only the database knows');
  assert.deepEqual(seqs(4), [5, 8, 9]);
  assert.deepEqual(seqs(5), [8, 9]);
  assert.deepEqual(seqs(7), [8, 9], 'a reader inside a span gets what stands for it');
  assert.deepEqual(seqs(9), []);
  assert.deepEqual(seqs(4, { maxEvents: 2, maxBytes: Infinity }), [5, 8]);
  assert.deepEqual(seqs(4, { maxEvents: 9, maxBytes: 1 }), [5]);
  assert.deepEqual(recent.read(1, 5, ALL)?.[0], { from: 6, seq: 8, json: '"8 ü"', bytes: 6 });
  assert.equal(recent.read(2, 4, ALL), undefined);
});

test('what is kept of it is bounded, and goes with its session (law 7)', () => {
  const recent = new Recent(10);
  recent.keep(1, envelope(1), '123456');
  recent.keep(2, envelope(1), '1234');
  recent.keep(1, envelope(2), '1');
  assert.equal(recent.read(1, 0, ALL), undefined, 'all of it was let go of');
  assert.deepEqual(recent.read(1, 1, ALL)?.length, 1);
  recent.keep(1, envelope(3), '1234567890+');
  assert.equal(recent.read(1, 2, ALL), undefined, 'what is larger than the bound is not kept');
  recent.keep(1, envelope(4), '1234567890');
  recent.forget(1);
  recent.keep(1, envelope(5), '1234567890');
  assert.deepEqual(recent.read(1, 4, ALL)?.length, 1, 'room is made by what is forgotten');
});

test('the text that clients get is the one that the database has, whichever it is read from (law 1)', (context) => {
  const { journal, tick, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ event: started({ title: 'Ü “quoted” \\ \u2028' }), at: 1.5 });
  const by = { client: newJournalId(), name: 'Ada "the first"' };
  for (let n = 0; n < 40; n++) log.append({ event: note(`"${n}"\n`), at: n, by, turnId: 't' as never });
  log.append({ event: note('for five'), at: 3, span: 5 });
  tick();
  const rows = beside(context, file)
    .prepare('SELECT body FROM envelope ORDER BY seq')
    .all()
    .map(({ body }) => String(body));
  assert.deepEqual(
    journal.read(id('a'), 0, ALL).map(({ json }) => json),
    rows,
  );
  assert.deepEqual(
    rows.map((row) => JSON.stringify(JSON.parse(row))),
    stored(journal, id('a')).map((each) => JSON.stringify(each)),
  );
  assert.equal(rows.length, 42);
  assert.equal(JSON.parse(rows.at(-1) ?? '').from, 42);
});

test('what is written much is brought into the file by another thread than the one that commits (law 7)', async (context) => {
  const { journal, tick, file } = open(context, { indexAfterMs: 3_600_000 });
  const log = journal.create(id('a'));
  log.append({ event: started(), at: 1 });
  tick();
  const before = statSync(file).size;
  const text = 'x'.repeat(10_000);
  for (let written = 0; written < 300; written++) {
    log.append({ event: note(text), at: 2 });
    tick();
  }
  // Of itself a commit brings in more than this at once, or nothing.
  while (statSync(file).size < before + 1_000_000) await turn();
  assert.equal(journal.read(id('a'), 0, ALL).length, 301);
});
