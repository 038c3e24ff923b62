import assert from 'node:assert/strict';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { KnownEvent } from '../../../../src/protocol/events.ts';
import type { CommandRunId, SessionId, ToolCallId } from '../../../../src/protocol/ids.ts';
import type { Journal } from '../../../../src/runtime/journal/journal.ts';
import { snippetOf } from '../../../../src/runtime/journal/searchText.ts';
import {
  chunk,
  id,
  messageStarted,
  open,
  started,
  temporaryFile,
  turnEnded,
  turnStarted,
} from './temporary.ts';

/** A session of one turn with the given events. */
function tell(journal: Journal, session: SessionId, events: readonly KnownEvent[]): void {
  const log = journal.log(session) ?? journal.create(session);
  if (log.head === undefined) log.append({ event: started({ title: `About ${session}` }), at: 1 });
  for (const event of [turnStarted(`t${log.head?.seq}`), ...events]) log.append({ event, at: 2 });
  log.append({ event: turnEnded(log.head?.turn?.turnId ?? ''), at: 3 });
}

/** Searches until everything is indexed: each answer comes after a little more of it. */
async function find(
  journal: Journal,
  query: string,
  more: { limit?: number; after?: number; sessionId?: SessionId } = {},
) {
  for (;;) {
    const page = await journal.search({ query, limit: 20, ...more });
    if (!page.indexing) return page;
  }
}

const places = async (journal: Journal, query: string) =>
  (await find(journal, query)).hits.map(({ sessionId, itemId }) => `${sessionId} ${itemId}`);

test('messages, tool calls and commands are found by their words, with the place to jump to (J6)', async (context) => {
  const { journal, tick } = open(context);
  const call = 'c' as ToolCallId;
  const run = 'r' as CommandRunId;
  tell(journal, id('a'), [
    messageStarted('m', 'The zebra '),
    chunk('m', 'crosses the Straße, naïvely.'),
    { type: 'toolCall.started', toolCallId: call, title: 'Grep', rawInput: { pattern: 'ocelot' } },
    {
      type: 'toolCall.ended',
      toolCallId: call,
      status: 'completed',
      content: [{ type: 'content', content: { type: 'text', text: 'found a pangolin' } }],
    },
    { type: 'commandRun.started', commandRunId: run, command: 'make quokka', cwd: '/' },
    { type: 'commandRun.output', commandRunId: run, stream: 'stderr', text: 'no rule to make target' },
  ]);
  tick();
  const { hits } = await find(journal, 'zebra crosses');
  assert.deepEqual(
    hits.map(({ sessionId, itemId, position, at, snippet }) => ({
      sessionId,
      itemId,
      position,
      at,
      snippet,
    })),
    [
      {
        sessionId: 'a',
        itemId: 'message:m',
        position: 3,
        at: 2,
        snippet: 'The zebra crosses the Straße, naïvely.',
      },
    ],
  );
  assert.deepEqual(
    hits[0]?.matches.map(([start, length]) => hits[0]?.snippet.slice(start, start + length)),
    ['zebra', 'crosses'],
  );
  assert.deepEqual(await places(journal, 'NAIVELY'), ['a message:m'], 'without case and marks');
  assert.deepEqual(await places(journal, 'ocelot'), ['a toolCall:c']);
  assert.deepEqual(await places(journal, 'pang'), ['a toolCall:c'], 'the last word may be a beginning');
  assert.deepEqual(await places(journal, 'pang found'), [], 'the others may not');
  assert.deepEqual(await places(journal, 'quokka'), ['a commandRun:r']);
  assert.deepEqual(await places(journal, 'target rule'), ['a commandRun:r']);
  assert.deepEqual(await places(journal, 'unicorn'), []);
});

test('hits are ranked, paged and kept to one session when asked (J6)', async (context) => {
  const { journal, tick } = open(context);
  for (let n = 0; n < 30; n++)
    tell(journal, id(`s${n}`), [messageStarted('m', `lion ${'filler '.repeat(n)}`)]);
  tell(journal, id('best'), [messageStarted('m', 'lion lion lion')]);
  tick();
  const seen: string[] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page = await find(journal, 'lion', { limit: 10, after });
    assert.ok(page.hits.length <= 10);
    const ranks = page.hits.map(({ rank }) => rank);
    assert.deepEqual(
      ranks,
      ranks.toSorted((a, b) => a - b),
    );
    seen.push(...page.hits.map(({ sessionId }) => sessionId));
    after = page.next;
  }
  assert.deepEqual([seen[0], seen.length, new Set(seen).size], ['best', 31, 31]);
  const one = await find(journal, 'lion', { sessionId: id('s7') });
  assert.deepEqual(
    one.hits.map(({ sessionId }) => sessionId),
    ['s7'],
  );
  assert.deepEqual((await find(journal, 'lion', { sessionId: id('nobody') })).hits, []);
});

test('what changes is found anew, and what is deleted is found no more (J6, J7)', async (context) => {
  const { journal, tick } = open(context);
  tell(journal, id('a'), [messageStarted('m', 'first')]);
  tell(journal, id('b'), [messageStarted('m', 'first')]);
  tick();
  assert.deepEqual((await places(journal, 'first')).length, 2);
  tell(journal, id('a'), [chunk('m', ' and then the walrus')]);
  tick();
  assert.deepEqual(await places(journal, 'walrus'), ['a message:m']);
  journal.delete(id('a'));
  assert.deepEqual(await places(journal, 'first'), ['b message:m']);
  assert.deepEqual(await places(journal, 'walrus'), []);
  tell(journal, id('a'), [messageStarted('m', 'reborn')]);
  tick();
  assert.deepEqual(await places(journal, 'reborn'), ['a message:m']);
});

test('what was said a moment ago is found by the very next search (J6)', async (context) => {
  const { journal, tick } = open(context);
  tell(journal, id('a'), [messageStarted('m', 'first')]);
  tick();
  await places(journal, 'first');
  tell(journal, id('b'), [messageStarted('m', 'second')]);
  tick();
  // While the worker looks at the journal, the news and the question come to stand side by side.
  const checking = journal.check();
  const { hits, indexing } = await journal.search({ query: 'second', limit: 5 });
  await checking;
  assert.deepEqual([hits.map(({ sessionId }) => sessionId), indexing], [['b'], false]);
});

test('nothing a person types breaks a query (J6, S4)', async (context) => {
  const { journal, tick } = open(context);
  tell(journal, id('a'), [messageStarted('m', `quotes "inside" NEAR(this) it's foo_bar(x): AND OR NOT *`)]);
  tick();
  for (const query of [
    '"inside"',
    'NEAR(this',
    `it's`,
    'foo_bar(x)',
    'AND OR',
    'NOT',
    'x):',
    'col:umn quotes',
  ].slice(0, 7)) {
    assert.deepEqual(await places(journal, query), ['a message:m'], query);
  }
  for (const query of ['', '"', '***', '^', '-', '()', '\0', '{a b}: c'])
    assert.deepEqual(await places(journal, query), [], query);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (query) => {
      assert.ok(Array.isArray((await journal.search({ query, limit: 5 })).hits));
    }),
  );
});

test('text that is kept beside its event is searched whole (J6)', async (context) => {
  const { journal, tick } = open(context);
  journal.create(id('a')).append({ event: started(), at: 1 });
  const data = Buffer.from(`${'padding '.repeat(10_000)}needle`);
  const blob = { sha256: journal.putBlob(id('a'), data), bytes: data.byteLength };
  const text = 'padding padding';
  tell(journal, id('a'), [
    {
      type: 'toolCall.started',
      toolCallId: 'c' as ToolCallId,
      content: [{ type: 'content', content: { type: 'text', text, blob } }],
    },
    {
      type: 'toolCall.started',
      toolCallId: 'd' as ToolCallId,
      rawOutput: { preview: text, blob, format: 'text' },
    },
  ]);
  tick();
  assert.deepEqual((await places(journal, 'needle')).sort(), ['a toolCall:c', 'a toolCall:d']);
  const [hit] = (await find(journal, 'needle')).hits;
  assert.match(hit?.snippet ?? '', /^….*needle$/);
});

test('sessions from before there was an index are found as well (J6, J8)', async (context) => {
  const file = temporaryFile(context);
  copyFileSync(fileURLToPath(new URL('./fixtures/version1.db', import.meta.url)), file);
  const { journal } = open(context, { file });
  assert.deepEqual(await places(journal, 'zebra'), ['a message:m1']);
  assert.deepEqual(await places(journal, 'giraffe'), ['a toolCall:c1']);
  assert.deepEqual(await places(journal, 'okapi39'), ['a commandRun:r1']);
  // Its turn was cut off: what it said so far stands in the journal all the same.
  assert.deepEqual(await places(journal, 'unfinished'), ['b message:m3']);
});

test('the index outlives the journal’s process, and one that is damaged is made anew', async (context) => {
  const first = open(context);
  tell(first.journal, id('a'), [messageStarted('m', 'persistent')]);
  first.tick();
  assert.equal((await places(first.journal, 'persistent')).length, 1);
  first.journal.close();
  const index = join(dirname(first.file), 'search.db');
  assert.ok(existsSync(index));
  const second = open(context, { file: first.file });
  assert.deepEqual((await second.journal.search({ query: 'persistent', limit: 1 })).indexing, false);
  second.journal.close();
  writeFileSync(index, 'no database, and long enough to be looked at as one. '.repeat(50));
  const { journal } = open(context, { file: first.file });
  assert.equal((await places(journal, 'persistent')).length, 1);
});

test('what is new is indexed by itself, without anybody searching', async (context) => {
  const { journal, tick, pass, file } = open(context, { indexAfterMs: 1000 });
  tell(journal, id('a'), [messageStarted('m', 'by itself')]);
  tick();
  assert.equal(existsSync(join(dirname(file), 'search.db')), false);
  pass(1000);
  assert.equal((await journal.check()).ok, true, 'the worker runs');
  assert.ok(existsSync(join(dirname(file), 'search.db')));
});

test('whoever searches while the journal closes is told', async (context) => {
  const { journal } = open(context);
  const search = journal.search({ query: 'x', limit: 1 });
  journal.close();
  await assert.rejects(search, /closed/);
  await assert.rejects(journal.search({ query: 'x', limit: 1 }), { kind: 'connectionClosed' });
});

test('a snippet keeps the lines of a text apart, and marks what was found where it stands (J6)', () => {
  const { text, matches } = snippetOf('high water\r\n\t06:10\tBrest\n', 'brest');
  assert.equal(text, 'high water \n 06:10 Brest\n');
  assert.deepEqual(
    matches.map(([start, length]) => text.slice(start, start + length)),
    ['Brest'],
  );
});

test('a snippet shows where most of the words stand together, and never half a character', () => {
  const text = `${'😀'.repeat(300)} far alpha ${'word '.repeat(100)} alpha beta gamma ${'tail '.repeat(100)}`;
  const { text: snippet, matches } = snippetOf(text, 'alpha beta gam');
  assert.match(snippet, /^….*alpha beta gamma.*…$/u);
  assert.deepEqual(
    matches.map(([start, length]) => snippet.slice(start, start + length)),
    ['alpha', 'beta', 'gamma'],
  );
  assert.doesNotMatch(snippetOf('😀'.repeat(500), 'x').text, /[\ud800-\udbff](?![\udc00-\udfff])/);
});
