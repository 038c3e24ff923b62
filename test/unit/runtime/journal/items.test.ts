import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Envelope } from '../../../../src/protocol/events.ts';
import { emptyState, foldInto, foldState, inOrder } from '../../../../src/protocol/fold.ts';
import type { Item } from '../../../../src/protocol/items.ts';
import { eventsOf, steps } from '../../protocol/transcripts.ts';
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

const session = id('session-0');

/** As JSON has it: what was read from the database knows no `undefined`. */
const data = (items: readonly Item[]): unknown => JSON.parse(JSON.stringify(items));

test('rows are what folding the whole journal gives, with pages, ticks, crashes and restarts in between (law 5)', (context) => {
  const interruptions = fc.array(
    fc.record({ at: fc.nat(60), what: fc.constantFrom('tick', 'release', 'restart', 'crash') }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(steps, interruptions, fc.integer({ min: 1, max: 7 }), (given, interrupted, limit) => {
      let opened = open(context);
      const { file } = opened;
      let log = opened.journal.create(session);
      const envelopes: Envelope[] = [];
      for (const [index, event] of eventsOf(given).entries()) {
        envelopes.push(log.append({ at: 1_000 + index, event }));
        for (const { at, what } of interrupted) {
          if (at !== index) continue;
          opened.tick();
          if (what === 'release') opened.journal.release(session);
          if (what === 'restart') opened.journal.close();
          // After a crash the next process finds the file as it is; this one's connection only has to be let be.
          if (what === 'restart' || what === 'crash') opened = open(context, { file });
          log = opened.journal.log(session) as typeof log;
        }
      }
      const { journal } = opened;
      const all = inOrder(foldState(emptyState, envelopes).items.values());
      const paged: Item[] = [];
      let before: number | undefined;
      for (let more = true; more; before = paged[0]?.position) {
        const page = journal.items(session, { before, limit });
        assert.ok(page.items.length <= limit);
        assert.equal(page.seq, envelopes.length);
        paged.unshift(...page.items);
        more = page.more;
      }
      assert.deepEqual(data(paged), data(all));
      assert.deepEqual(stored(journal, session), JSON.parse(JSON.stringify(envelopes)));
      journal.close();
    }),
    { numRuns: 80 },
  );
});

test('a page with the events after it gives the rows that all events give (law 5)', (context) => {
  const { journal } = open(context);
  const log = journal.create(session);
  log.append({ at: 1, event: started() });
  for (let n = 0; n < 20; n++)
    log.append({ at: 2, event: n % 2 === 0 ? messageStarted(`m${n}`) : note(`${n}`) });
  const { items, seq } = journal.items(session, { limit: 5 });
  for (let n = 0; n < 20; n += 2) log.append({ at: 3, event: chunk(`m${n}`, `text ${n}`) });
  log.append({ at: 4, event: messageStarted('last') });
  const rows = new Map(items.map((item) => [item.itemId, item]));
  for (const envelope of stored(journal, session, seq)) foldInto(rows, envelope);
  assert.deepEqual(data(inOrder(rows.values())), data(journal.items(session, { limit: 6 }).items));
});

test('a message that streams in is written when its turn ends, not with every chunk', (context) => {
  const { journal, file, tick } = open(context);
  const log = journal.create(session);
  const table = beside(context, file).prepare('SELECT count(*) AS n, max(seq) AS seq FROM item');
  for (const event of [started(), turnStarted('t'), messageStarted('m')]) log.append({ at: 1, event });
  for (let n = 0; n < 50; n++) {
    log.append({ at: 2, event: chunk('m', 'word ') });
    tick();
  }
  assert.deepEqual({ ...table.get() }, { n: 0, seq: null });
  log.append({ at: 3, event: turnEnded('t') });
  tick();
  assert.deepEqual({ ...table.get() }, { n: 2, seq: 54 });
});

test('what one turn changes in memory is bounded: many rows, or much text, are written before its end (law 7)', (context) => {
  const { journal, file, tick } = open(context);
  const log = journal.create(session);
  const table = beside(context, file).prepare('SELECT count(*) AS n FROM item');
  log.append({ at: 1, event: started() });
  for (let n = 0; n < 250; n++) {
    log.append({ at: 2, event: note(`${n}`) });
    tick();
  }
  assert.deepEqual({ ...table.get() }, { n: 201 });
  log.append({ at: 3, event: messageStarted('m') });
  for (let n = 0; n < 12; n++) log.append({ at: 3, event: chunk('m', 'x'.repeat(100_000)) });
  tick();
  assert.deepEqual({ ...table.get() }, { n: 251 });
});

test('the number of times a long message is written grows with the logarithm of its length', (context) => {
  const { journal, file, tick } = open(context);
  const other = beside(context, file);
  other.exec('CREATE TABLE written(bytes INTEGER)');
  for (const when of ['INSERT', 'UPDATE']) {
    other.exec(
      `CREATE TRIGGER on${when} AFTER ${when} ON item BEGIN INSERT INTO written VALUES (length(NEW.body)); END`,
    );
  }
  const log = journal.create(session);
  for (const event of [started(), turnStarted('t'), messageStarted('m')]) log.append({ at: 1, event });
  for (let n = 0; n < 160; n++) {
    log.append({ at: 2, event: chunk('m', 'x'.repeat(100_000)) });
    tick();
  }
  const row = other.prepare('SELECT count(*) AS times, sum(bytes) AS bytes FROM written').get();
  assert.ok(Number(row?.['bytes']) < 3 * 16_000_000, `${row?.['bytes']} bytes written for 16,000,000`);
});

test('an event for a row that left memory finds it in the table (law 5)', (context) => {
  const { journal, tick } = open(context);
  const log = journal.create(session);
  for (const event of [started(), turnStarted('t'), messageStarted('m', 'a'), turnEnded('t')])
    log.append({ at: 1, event });
  tick();
  journal.release(session);
  journal.log(session)?.append({ at: 2, event: chunk('m', 'b') });
  const row = journal.items(session, { limit: 1 }).items[0];
  assert.deepEqual(row?.kind === 'message' && row.content, [{ type: 'text', text: 'ab' }]);
});

test('an unknown session has no rows, and a page may be empty', (context) => {
  const { journal } = open(context);
  assert.deepEqual(journal.items(id('nobody'), { limit: 5 }), { items: [], more: false, seq: 0 });
  journal.create(session).append({ at: 1, event: started() });
  assert.deepEqual(journal.items(session, { limit: 5 }), { items: [], more: false, seq: 1 });
});
