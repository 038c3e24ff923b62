import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  beside,
  chunk,
  id,
  messageStarted,
  note,
  open,
  started,
  turnEnded,
  turnStarted,
} from './temporary.ts';

test('a sound journal is said to be sound, compacted or not', async (context) => {
  const { journal, tick, pass } = open(context);
  const log = journal.create(id('a'));
  for (const event of [started(), turnStarted('t'), messageStarted('m')])
    log.append({ event, at: 1, turnId: 't' as never });
  for (let n = 0; n < 50; n++) log.append({ event: chunk('m', 'more '), at: 1, turnId: 't' as never });
  log.append({ event: turnEnded('t'), at: 1, turnId: 't' as never });
  journal.putBlob(id('a'), Buffer.from('content'));
  tick();
  assert.deepEqual(await journal.check(), { ok: true, problems: [] });
  pass(30_000);
  pass(100);
  assert.deepEqual(await journal.check(), { ok: true, problems: [] });
});

test('each kind of damage is told in words that name what it is about (J4)', async (context) => {
  const { journal, file, tick } = open(context);
  for (const name of ['a', 'b']) {
    const log = journal.create(id(name));
    log.append({ event: started(), at: 1 });
    for (let n = 0; n < 9; n++) log.append({ event: note(`${n}`), at: 1 });
    journal.putBlob(id(name), Buffer.from(name));
  }
  tick();
  const [sha256] = beside(context, file)
    .prepare('SELECT sha256 FROM blob ORDER BY rowid')
    .all()
    .map((row) => String(row['sha256']));
  beside(context, file).exec(`
    UPDATE envelope SET body = 'x' WHERE session = 1 AND seq = 3;
    DELETE FROM envelope WHERE session = 1 AND seq IN (5, 6);
    UPDATE session SET seq = 11 WHERE key = 2;
    UPDATE head SET body = 'x' WHERE session = 1;
    UPDATE blob SET bytes = x'00' WHERE sha256 = '${sha256}';
    DELETE FROM blob WHERE sha256 <> '${sha256}';
    INSERT INTO envelope(session, seq, from_seq, at, type, crc, body) VALUES (9, 1, 1, 0, 'notice', 0, '');
  `);
  const { ok, problems } = await journal.check();
  assert.equal(ok, false);
  for (const part of [
    'session a: the text of event 3 is damaged',
    'session a: the events from 5 to 6 are missing',
    'session b: its head is at 11, its last event is 10',
    'session a: its head is damaged',
    `the content ${sha256} is damaged`,
    'is missing',
    'events of a session that is not listed (number 9)',
  ]) {
    assert.ok(
      problems.some((problem) => problem.includes(part)),
      `${part}\n${problems.join('\n')}`,
    );
  }
});
