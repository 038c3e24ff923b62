import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CommandId } from '../../../../src/protocol/ids.ts';
import { QUIET_MS } from '../../../../src/runtime/journal/compactor.ts';
import type { HeadFilter } from '../../../../src/runtime/journal/journal.ts';
import { JOURNAL_VERSION } from '../../../../src/runtime/journal/migrations.ts';
import { beside, id, note, open, stored, temporaryFile } from './temporary.ts';

/** A copy of a journal that an earlier build wrote. */
function earlier(context: TestContext, version: number): string {
  const file = temporaryFile(context);
  copyFileSync(fileURLToPath(new URL(`./fixtures/version${version}.db`, import.meta.url)), file);
  return file;
}

test('a journal of version 1 opens with everything in place, and goes on (J8)', (context) => {
  const file = earlier(context, 1);
  const before = beside(context, file);
  const bodies = before.prepare('SELECT session, seq, body FROM envelope ORDER BY id').all();
  before.close();
  const { journal, notices } = open(context, { file });
  assert.deepEqual([notices, journal.count()], [[], 2]);
  assert.equal(beside(context, file).prepare('PRAGMA user_version').get()?.['user_version'], JOURNAL_VERSION);
  const all = [
    ...journal.read(id('a'), 0, { maxEvents: 1e6, maxBytes: 1e9 }),
    ...journal.read(id('b'), 0, { maxEvents: 1e6, maxBytes: 1e9 }),
  ];
  assert.deepEqual(
    all.map(({ json }) => json),
    bodies.map(({ body }) => body),
    'the envelopes are the same to the byte',
  );
  const a = journal.head(id('a'))?.head;
  assert.deepEqual([a?.title, a?.phase, a?.seq, a?.turnCount], ['The old session', 'ended', 95, 2]);
  const found = (filter: HeadFilter): string[] =>
    journal.heads(filter, { limit: 10 }).heads.map(({ head }) => head.sessionId);
  assert.deepEqual(found({ attention: [a?.attention ?? 'none'], phase: ['ended'] }), ['a']);
  assert.deepEqual(found({ text: a?.agent.name.toUpperCase(), phase: ['ended'] }), ['a']);
  assert.deepEqual(
    journal.unsettled().map(({ head }) => head.sessionId),
    ['b'],
  );
  assert.deepEqual(
    journal.items(id('a'), { limit: 100 }).items.map(({ kind }) => kind),
    ['turn', 'message', 'message', 'toolCall', 'interaction', 'turn', 'commandRun', 'notice'],
  );
  assert.deepEqual(journal.recall('c1' as CommandId), { method: 'session/end', result: { sessionId: 'a' } });
  const sha256 = String(beside(context, file).prepare('SELECT sha256 FROM blob').get()?.['sha256']);
  assert.equal(Buffer.from(journal.readBlob(sha256)?.bytes ?? []).toString(), 'what a long command printed');
  assert.ok(journal.holdsBlob(id('a'), sha256));
  assert.equal(journal.log(id('b'))?.append({ at: 2e12, event: note('on') }).seq, 10);
});

test('a session of an earlier version is found by its folder in any case, in letters of every script (J8, U2)', (context) => {
  const file = earlier(context, 1);
  const before = beside(context, file);
  before.exec("UPDATE session SET cwd = '/home/ÅSA/Проект' WHERE id = 'a'");
  before.close();
  const { journal } = open(context, { file });
  const found = (text: string): string[] =>
    journal.heads({ text }, { limit: 10 }).heads.map(({ head }) => head.sessionId);
  assert.deepEqual(
    ['/home/ÅSA', 'åsa', 'проект', 'ПРОЕКТ'].map((text) => found(text)),
    [['a'], ['a'], ['a'], ['a']],
  );
});

test('what a list is searched by is in small letters of every script, however many sessions an earlier version left (J8)', (context) => {
  const file = earlier(context, 1);
  const before = beside(context, file);
  before.exec(`
    DELETE FROM session;
    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1700)
    INSERT INTO session(key, id, journal, seq, items_seq, updated_at, archived, unsettled, agent, cwd, phase, folded_title)
      SELECT n, 'session ' || n, 'j', 1, 0, n, 0, 0, 'shell',
        CASE n % 3 WHEN 0 THEN '/A/b' WHEN 1 THEN '/öl' ELSE '/A/ÖL ' || n END, 'ended', '' FROM n`);
  before.close();
  open(context, { file }).journal.close();
  const after = beside(context, file).prepare('SELECT key, folded_about FROM session ORDER BY key').all();
  assert.deepEqual(
    after.map((row) => String(row['folded_about']).split('\n')[2]),
    Array.from({ length: 1700 }, (_, index) => ['/a/b', '/öl', `/a/öl ${index + 1}`][(index + 1) % 3]),
  );
});

test('what an earlier version left is compacted in the background, and shows the same rows (law 1)', (context) => {
  const { journal, pass } = open(context, { file: earlier(context, 1) });
  const rows = journal.items(id('a'), { limit: 100 }).items;
  const length = stored(journal, id('a')).length;
  pass(QUIET_MS);
  for (let slice = 0; slice < 20; slice++) pass(100);
  const after = stored(journal, id('a'));
  assert.ok(after.length < length / 3, `${after.length} envelopes of ${length}`);
  assert.deepEqual(
    after.filter(({ from }) => from !== undefined).map(({ event }) => event.type),
    ['message.completed', 'toolCall.ended', 'commandRun.ended'],
  );
  assert.deepEqual(journal.items(id('a'), { limit: 100 }).items, rows);
  assert.equal(stored(journal, id('b')).length, 9, 'its turn never ended');
});

test('what failed in a journal of version 1 is found, read or not, and what goes on since is not (J8, U1)', (context) => {
  for (const [change, expected] of [
    ["'$.lastTurn.outcome', 'failed'", ['a']],
    ["'$.lastTurn.outcome', 'completed'", []],
    ["'$.attention', 'failed'", ['a']],
    ["'$.lastTurn.outcome', 'completed', '$.detached', json('{\"seq\":1000,\"failure\":{}}')", ['a']],
    ["'$.lastTurn.outcome', 'completed', '$.detached', json('{\"seq\":1,\"failure\":{}}')", []],
    ["'$.lastTurn.outcome', 'failed', '$.turn', json('{}')", []],
  ] as const) {
    const file = earlier(context, 1);
    const before = beside(context, file);
    before.exec(
      `UPDATE head SET body = json_set(body, '$.attention', 'none', ${change}) WHERE session = (SELECT key FROM session WHERE id = 'a')`,
    );
    before.close();
    const { heads } = open(context, { file }).journal.heads({ failed: true }, { limit: 10 });
    assert.deepEqual(
      heads.map(({ head }) => head.sessionId),
      expected,
      change,
    );
  }
});
