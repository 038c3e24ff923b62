import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HoldfastError } from '../../../src/protocol/errors.ts';
import { newCommandId, type SessionId } from '../../../src/protocol/ids.ts';
import type { Cursor, Result } from '../../../src/protocol/methods.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { nothing, rows } from './journal/unseenRows.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const id = (name: string): SessionId => name as SessionId;
const cwd = tmpdir();
const content = [{ type: 'text' as const, text: 'go' }];
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** All pages of a session's export. */
async function exported(client: Client, sessionId: SessionId, limit: number) {
  const envelopes: { seq: number }[] = [];
  let cursor: Cursor | undefined;
  for (let more = true; more;) {
    const page: Result<'session/export'> = await client.request('session/export', {
      sessionId,
      limit,
      ...(cursor && { cursor }),
    });
    assert.ok(page.envelopes.length <= limit);
    envelopes.push(...(page.envelopes as { seq: number }[]));
    ({ cursor, more } = page);
  }
  return envelopes;
}

const started = (extra: object = {}): object => ({
  sessionId: 'elsewhere',
  seq: 1,
  at: 1,
  event: { type: 'session.started', agent: { id: 'evil', name: 'Evil', kind: 'acp' }, cwd, ...extra },
});

test('an export in pages is the whole stream, and importing it makes the same transcript in another lineage (J7, law 6)', async (context) => {
  const { connect, asked } = await runtimeInMemory(context);
  const client = await connect();
  const made = await client.request('session/create', { sessionId: id('a'), cwd });
  await client.request('session/prompt', { sessionId: id('a'), content });
  await turns();
  asked[0]?.end();
  await turns();
  const envelopes = await exported(client, id('a'), 2);
  assert.deepEqual(
    envelopes.map(({ seq }) => seq),
    envelopes.map((_, index) => index + 1),
  );
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true },
  });
  assert.ok(sessionId !== undefined && sessionId !== 'a');
  const { head, cursor } = await client.request('session/get', { sessionId });
  assert.notEqual(cursor.journal, made.cursor.journal);
  assert.deepEqual([head.ended, head.turnCount, head.agentSessionId], [true, 1, undefined]);
  const rows = async (of: SessionId) =>
    (await client.request('session/history', { sessionId: of })).items
      .filter(({ kind }) => kind !== 'notice')
      .map(({ position: _, seq: __, ...row }) => row);
  assert.deepEqual(await rows(sessionId), await rows(id('a')));
});

test('a page after a cursor of another lineage is refused, never given silently (law 6)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/create', { sessionId: id('a'), cwd });
  const cursor = { journal: 'other' as never, seq: 1 };
  await assert.rejects(client.request('session/export', { sessionId: id('a'), cursor }), {
    kind: 'interrupted',
  });
});

test('an imported compacted envelope keeps its span, and its row (law 1)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const said = [{ type: 'text' as const, text: 'the whole of it' }];
  const event = { type: 'message.completed', messageId: 'm', role: 'agent', content: said };
  const envelopes = [started({}), { sessionId: 'elsewhere', from: 2, seq: 9, at: 2, event }];
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true },
  });
  const again = (await exported(client, sessionId as SessionId, 10)) as { from?: number; seq: number }[];
  assert.deepEqual([again[1]?.from, again[1]?.seq, again[2]?.seq], [2, 9, 10]);
  const { items } = await client.request('session/history', { sessionId });
  assert.ok(items.some((row) => row.kind === 'message' && row.content.length === 1));
});

test('what a file names is never run or gone on with: the agent is this runtime’s own, and its conversation is left out (S3)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const agent = { id: 'evil', name: 'Evil', kind: 'acp', command: 'rm', args: ['-rf', '/'] };
  const forkedFrom = { sessionId: 'x', agentSessionId: 'theirs' };
  const running = { type: 'agent.started', processId: 'p', agentSessionId: 'theirs', how: 'new' };
  const envelopes = [
    started({ agent, forkedFrom, additionalDirectories: ['/'] }),
    { sessionId: 'elsewhere', seq: 2, at: 2, event: running },
    {
      ...{ sessionId: 'elsewhere', seq: 3, at: 3, turnId: 't' },
      event: { type: 'turn.started', turnId: 't', kind: 'prompt', origin: 'person' },
    },
  ];
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true, cwd: '/here' },
  });
  const { head } = await client.request('session/get', { sessionId });
  assert.deepEqual([head.agent.command, head.agent.args], [undefined, undefined]);
  assert.deepEqual([head.agentSessionId, head.process, head.cwd], [undefined, undefined, '/here']);
  assert.deepEqual(head.additionalDirectories, []);
  assert.deepEqual([head.turn, head.lastTurn?.outcome, head.ended], [undefined, 'interrupted', true]);
});

test('an import is there as a whole or not at all, a page sent again changes nothing, and what is wrong is named (J5, J7)', async (context) => {
  const clock = new ManualClock();
  const { connect } = await runtimeInMemory(context, { clock });
  const client = await connect();
  const none = async () =>
    assert.equal((await client.request('session/list', {})).sessions.length, 0, 'nothing is there yet');
  const page = (number: number, given: object) =>
    client.request('session/import', { importId: 'i', page: number, ...given });
  await page(0, { envelopes: [started()] });
  await page(0, { envelopes: [started()] });
  await none();
  await assert.rejects(page(2, {}), /page 2 came, and page 1 was expected/u);
  await assert.rejects(
    page(0, { envelopes: [{ ...started(), seq: 2 }] }),
    /envelopes.0: it stands for 2 to 2/u,
  );
  const later = { sessionId: 'e', seq: 1, at: 1, event: { type: 'notice', level: 'info', text: 'x' } };
  await assert.rejects(page(0, { envelopes: [later] }), /first event must be session.started/u);
  await assert.rejects(page(0, { done: true }), /no events/u);
  const data = Buffer.from('hello').toString('base64');
  const damaged = [{ sha256: sha('other'), offset: 0, data }];
  await assert.rejects(page(0, { envelopes: [started()], blobs: damaged, done: true }), /damaged/u);
  await page(0, { envelopes: [started()] });
  clock.advance(10 * 60_000);
  await assert.rejects(page(1, { done: true }), /page 0 was expected/u, 'an abandoned one is given up');
  await none();
});

test('while a long session is taken in others are served, it is listed when it is whole, and is told of to every window (J7, law 7)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const [client, window] = [await connect(), await connect({ summaries: true })];
  const note = (seq: number): object => ({
    sessionId: 'elsewhere',
    seq,
    at: seq,
    event: { type: 'notice', level: 'info', text: `${seq}` },
  });
  const envelopes = [started({}), ...Array.from({ length: 1999 }, (_, index) => note(index + 2))];
  const done: string[] = [];
  const importing = client
    .request('session/import', { importId: 'i', page: 0, envelopes: envelopes as never, done: true })
    .finally(() => done.push('import'));
  const { sessions } = await client.request('session/list', {}).finally(() => done.push('list'));
  assert.deepEqual([sessions, done], [[], ['list']]);
  const { sessionId, events } = await importing;
  const { head } = await client.request('session/get', { sessionId: sessionId ?? id('') });
  assert.deepEqual([head.ended, head.seq, events], [true, 2003, 2003]);
  assert.deepEqual(head.readSeq, head.seq - 1, 'nothing in it is news');
  await turns();
  const told = window.told.filter(({ method }) => method === 'session/summaries');
  assert.ok(JSON.stringify(told).includes(sessionId ?? ''));
});

test('an import brings the large contents that its events refer to, in stretches, and counts those that miss (J7)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const run = { type: 'commandRun.started', commandRunId: 'c', command: 'x', cwd };
  const refer = (text: string): object => ({ sha256: sha(text), bytes: text.length });
  const ended = (seq: number, text: string): object => ({
    ...{ sessionId: 'elsewhere', seq, at: seq },
    event: { type: 'commandRun.ended', commandRunId: 'c', exitCode: 0, signal: null, blob: refer(text) },
  });
  const envelopes = [
    started(),
    { sessionId: 'e', seq: 2, at: 2, event: run },
    ended(3, 'hello'),
    ended(4, 'gone'),
  ];
  const stretch = (text: string, offset: number): object => ({
    ...{ sha256: sha('hello'), offset },
    data: Buffer.from(text).toString('base64'),
  });
  await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, blobs: [stretch('hel', 0)] as never },
  });
  const { sessionId, missingBlobs } = await client.request('session/import', {
    ...{ importId: 'i', page: 1, blobs: [stretch('lo', 3)] as never, done: true },
  });
  assert.equal(missingBlobs, 1);
  const { data } = await client.request('blob/read', { sessionId, sha256: sha('hello') });
  assert.equal(Buffer.from(data, 'base64').toString(), 'hello');
});

test('what a file says may be done without asking does not hold after its import (law 10, W5)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const rule = { ruleId: 'r', toolKind: 'execute', scope: 'session', decision: 'allow', createdAt: 1 };
  const events = [
    { type: 'session.configured', permissionMode: 'allowAll' },
    { type: 'rule.saved', rule, text: 'Allow everything' },
  ];
  const envelopes = [
    started(),
    ...events.map((event, index) => ({ sessionId: 'elsewhere', seq: index + 2, at: 1, event })),
  ];
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true },
  });
  assert.ok(sessionId !== undefined);
  const { head } = await client.request('session/get', { sessionId });
  assert.deepEqual([head.permissionMode, head.rules], ['ask', []]);
});

test('what a file says waits behind its end is not run when the session goes on (law 10)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const content = [{ type: 'text', text: 'touch planted' }];
  const events = [
    { type: 'session.ended', reason: 'ended by request' },
    { type: 'turn.queued', turnId: 'T', kind: 'command', content, command: { envNames: [] } },
    { type: 'turn.started', turnId: 'U', kind: 'prompt', origin: 'person' },
  ];
  const envelopes = [
    started(),
    ...events.map((event, index) => ({ sessionId: 'elsewhere', seq: index + 2, at: 1, event })),
  ];
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true },
  });
  assert.ok(sessionId !== undefined);
  const { head } = await client.request('session/get', { sessionId });
  assert.deepEqual([head.queue, head.turn, head.ended], [[], undefined, true]);
});

test('an artifact whose content an import did not bring is neither read nor uploaded as if it were empty (C4, J7)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const place = { directory: 'out', path: 'a.txt' };
  const events = [
    { type: 'artifact.declared', directories: ['out'] },
    { ...place, type: 'artifact.updated', bytes: 5, blob: { sha256: sha('hello'), bytes: 5 } },
  ].map((event) => ({ total: { count: 1, bytes: 5 }, ...event }));
  const envelopes = [
    started(),
    ...events.map((event, index) => ({ sessionId: 'elsewhere', seq: index + 2, at: 1, event })),
  ];
  const { sessionId } = await client.request('session/import', {
    ...{ importId: 'i', page: 0, envelopes: envelopes as never, done: true },
  });
  assert.ok(sessionId !== undefined);
  const url = 'http://127.0.0.1:9/x';
  const isGone = { kind: 'artifactNotFound', message: /a\.txt is not there any more/u };
  await assert.rejects(client.request('artifact/read', { sessionId, ...place }), isGone);
  await assert.rejects(client.request('artifact/upload', { sessionId, ...place, url }), isGone);
});

test('an import whose numbers leave no room for what comes after them is refused in words (J7, law 1)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  const last = { ...started(), seq: Number.MAX_SAFE_INTEGER - 1, from: 2 };
  const envelopes = [started({}), { ...last, event: { type: 'notice', level: 'info', text: 'far' } }];
  await assert.rejects(
    client.request('session/import', { importId: 'i', page: 0, envelopes: envelopes as never, done: true }),
    { kind: 'invalidParams', message: /9007199254740990 is higher than any session reaches/u },
  );
  assert.deepEqual((await client.request('session/list', {})).sessions, []);
});

test('what came of an import waits in a file that goes with it, whatever becomes of it (J7, law 7)', async (context) => {
  const clock = new ManualClock();
  const { connect } = await runtimeInMemory(context, { clock });
  const client = await connect();
  const before = new Set(readdirSync(tmpdir()));
  const kept = (): number =>
    readdirSync(tmpdir()).filter((name) => {
      const file = path.join(tmpdir(), name, 'pages.ndjson');
      return name.startsWith('holdfast-import-') && !before.has(name) && contentOf(file).includes(mark);
    }).length;
  const mark = randomUUID();
  const first = started({ title: mark });
  const page = (importId: string, number: number, more: object) =>
    client.request('session/import', { importId, page: number, ...more });
  await page('a', 0, { envelopes: [first] });
  await page('b', 0, { envelopes: [first] });
  await page('c', 0, { envelopes: [first] });
  assert.equal(kept(), 3);
  const note = { type: 'notice', level: 'info', text: 'ünd\n'.repeat(500_000) };
  const large = { sessionId: 'elsewhere', seq: 2, at: 2, event: note };
  const { events } = await page('a', 1, { envelopes: [large], done: true });
  assert.ok(events >= 3, 'what is larger than a piece that is read at once is whole');
  await assert.rejects(page('b', 5, {}), { kind: 'invalidParams' });
  assert.equal(kept(), 1);
  clock.advance(5 * 60_000);
  assert.equal(kept(), 0);
});

test('only so many imports are under way at once; those go on, and others can come when one is through (J7, law 7)', async (context) => {
  const { connect } = await runtimeInMemory(context, { clock: new ManualClock() });
  const client = await connect();
  const page = (importId: string, number: number, more: object) =>
    client.request('session/import', { importId, page: number, ...more });
  for (let count = 0; count < 100; count++) await page(`import ${count}`, 0, { envelopes: [started({})] });
  const more = () => page('one more', 0, { envelopes: [started({})] });
  await assert.rejects(more(), { kind: 'sessionBusy', message: /100 imports are under way/u });
  const { sessionId } = await page('import 7', 1, { done: true });
  assert.ok(sessionId !== undefined);
  assert.equal((await more()).events, 1);
  for (let count = 0; count < 100; count++) if (count !== 7) await page(`import ${count}`, 1, { done: true });
  await page('one more', 1, { done: true });
});

test('an import that is being written counts among those that are under way (J7, law 7)', async (context) => {
  const { connect } = await runtimeInMemory(context, { clock: new ManualClock() });
  const client = await connect();
  const page = (importId: string, number: number, more: object) =>
    client.request('session/import', { importId, page: number, ...more });
  for (let count = 0; count < 99; count++) await page(`import ${count}`, 0, { envelopes: [started({})] });
  for (const [number, envelopes] of longSession().entries()) await page('long', number, { envelopes });
  const done: string[] = [];
  const writing = page('long', 4, { done: true }).finally(() => done.push('written'));
  const more = () => page('one more', 0, { envelopes: [started({})] });
  await assert.rejects(
    more().finally(() => done.push('refused')),
    { kind: 'sessionBusy', message: /100 imports are under way/u },
  );
  assert.deepEqual(done, ['refused']);
  await writing;
  assert.equal((await more()).events, 1);
});

for (const [when, after] of Object.entries({ 'before it is begun': 0, 'while it is being written': 8 }))
  test(`an import that is cancelled after its last page was sent, ${when}, is not there, and nothing of it stays (J7, law 9)`, async (context) => {
    const clock = new ManualClock();
    const { connect, file } = await runtimeInMemory(context, { clock });
    const [client, window] = [await connect(), await connect({ summaries: true })];
    const pages = longSession();
    for (const [number, envelopes] of pages.entries())
      await client.request('session/import', { importId: 'i', page: number, envelopes: envelopes as never });
    const last = { importId: 'i', page: pages.length, done: true };
    await assert.rejects(client.takenBack('session/import', last, after), {
      kind: 'requestCancelled',
      message: /nothing was taken in/u,
    });
    for (let slice = 0; slice < 50; slice++) clock.advance(100);
    await turns();
    assert.deepEqual((await client.request('session/list', {})).sessions, []);
    assert.deepEqual(rows(context, file), nothing);
    assert.ok(window.told.every(({ method }) => method !== 'session/summaries'));
    // What came of it was given up with it.
    await assert.rejects(client.request('session/import', last), /page 0 was expected/u);
  });

test('an import whose last page was sent again on another connection is cancelled there (J7, J5)', async (context) => {
  const clock = new ManualClock();
  const { connect } = await runtimeInMemory(context, { clock });
  const [before, after] = [await connect(), await connect()];
  const pages = longSession();
  for (const [number, envelopes] of pages.entries())
    await before.request('session/import', { importId: 'i', page: number, envelopes: envelopes as never });
  const last = { importId: 'i', page: pages.length, done: true, commandId: newCommandId() };
  const taken = [before.request('session/import', last), after.takenBack('session/import', last, 8)];
  for (const each of await Promise.allSettled(taken))
    assert.equal(each.status === 'rejected' && (each.reason as HoldfastError).kind, 'requestCancelled');
  assert.deepEqual((await after.request('session/list', {})).sessions, []);
});

test('a page that is cancelled gives up what came before it (J7)', async (context) => {
  const { connect } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/import', { importId: 'i', page: 0, envelopes: [started()] as never });
  await assert.rejects(client.takenBack('session/import', { importId: 'i', page: 1 }, 0), {
    kind: 'requestCancelled',
  });
  const last = { importId: 'i', page: 1, done: true };
  await assert.rejects(client.request('session/import', last), /page 0 was expected/u);
});

test('an import of a large content lets others have their turn while it is read (J7, law 7)', async (context) => {
  const { connect } = await runtimeInMemory(context, { clock: new ManualClock() });
  const client = await connect();
  const [stretches, bytes] = [32, 256 * 1024];
  const part = Buffer.alloc(bytes, 'x');
  const sha256 = sha('x'.repeat(stretches * bytes));
  for (let number = 0; number < stretches; number++) {
    const blobs = [{ sha256, offset: number * bytes, data: part.toString('base64') }];
    const envelopes = number === 0 ? [started()] : [];
    await client.request('session/import', {
      ...{ importId: 'i', page: number, envelopes: envelopes as never, blobs },
    });
  }
  let isOver = false;
  let others = 0;
  const importing = client
    .request('session/import', { importId: 'i', page: stretches, done: true })
    .finally(() => (isOver = true));
  for (; !isOver; others++) await turns(1);
  const { sessionId = id('') } = await importing;
  // It is read once to see that it is sound, and once to be kept.
  assert.ok(others >= 2 * stretches, `${others} turns`);
  const { data } = await client.request('blob/read', { sessionId, sha256, offset: 0, length: 4 });
  assert.equal(Buffer.from(data, 'base64').toString(), 'xxxx');
});

/** Pages of a session that takes many turns of the event loop to be written. */
function longSession(): object[][] {
  const note = (seq: number): object => ({
    ...{ sessionId: 'elsewhere', seq, at: seq },
    event: { type: 'notice', level: 'info', text: `${seq}` },
  });
  return Array.from({ length: 4 }, (_, page) =>
    Array.from({ length: 2000 }, (__, index) =>
      page + index === 0 ? started({}) : note(page * 2000 + index + 1),
    ),
  );
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
