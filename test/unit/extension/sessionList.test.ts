import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Deferred } from '../../../src/base/deferred.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import type { JournalId, SessionId } from '../../../src/protocol/ids.ts';
import type { NotificationParams, ParamsIn, Result } from '../../../src/protocol/methods.ts';
import type { ConnectionView } from '../../../src/protocol/page.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { RuntimeSessions } from '../../../src/extension/sessionList.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { summary } from './summary.ts';

type Told = NotificationParams<'session/summaries'>;

/** A list on a runtime that holds `sessions` and answers `session/list` as a real one does, newest first. */
function listOf(context: TestContext, sessions: readonly Summary[], remembered: readonly Summary[] = []) {
  const views = new Emitter<ConnectionView>();
  const told = new Emitter<Told>();
  const asked: ParamsIn<'session/list'>[] = [];
  const connection = {
    onSummaries: told.listen,
    onView: views.listen,
    request: (_: string, params: ParamsIn<'session/list'>) => {
      asked.push(params);
      const { archived, pinned, phase, attention, agent, within, text, limit = 200, after = '0' } = params;
      const fits = sessions.filter(
        (each) =>
          (archived === undefined || each.archived === archived) &&
          (pinned === undefined || each.pinned === pinned) &&
          (phase === undefined || phase.includes(each.phase)) &&
          (attention === undefined || attention.includes(each.attention)) &&
          (agent === undefined || agent === each.agent.id) &&
          (within === undefined || within.includes(each.cwd)) &&
          (text === undefined || each.title.includes(text)),
      );
      const next = Number(after) + limit;
      const page = fits.slice(Number(after), next);
      return Promise.resolve({ sessions: page, ...(next < fits.length && { next: String(next) }) });
    },
  };
  const kept: (readonly Summary[])[] = [];
  const lastKnown = { get: () => remembered, keep: (given: readonly Summary[]) => kept.push(given) };
  const parts = { connection, lastKnown, log: () => undefined } as unknown;
  const list = new RuntimeSessions(parts as ConstructorParameters<typeof RuntimeSessions>[0]);
  context.after(() => list.dispose());
  const connect = (): Promise<void> =>
    new Promise((resolve) => {
      const off = list.onChange(() => {
        off.dispose();
        resolve();
      });
      views.fire({ state: 'connected' });
    });
  const tell = (more: Partial<Told>): void =>
    told.fire({ summaries: [], removed: [], notify: false, ...more });
  return { list, connect, tell, asked, kept };
}

const many = Array.from({ length: 10_000 }, (_, index) =>
  summary(`s${index}`, {
    updatedAt: 1e9 - index * 60_000,
    pinned: index === 9_000,
    ...(index === 9_700 && { attention: 'failed' }),
    ...(index >= 9_000 && { cwd: '/home/ada/pier', agent: { id: 'ebb', name: 'Ebb' } }),
    ...(index === 9_500 && { phase: 'waiting', attention: 'needsYou' }),
  }),
);

test('of 10,000 sessions the newest are loaded, and all that are pinned, at work or failed, however old (U1)', async (t) => {
  const { list, connect, asked } = listOf(t, many);
  await connect();
  assert.equal(asked.length, 5);
  assert.deepEqual(
    list
      .sorted()
      .slice(0, 4)
      .map(({ title }) => title),
    ['s9500', 's9700', 's9000', 's0'],
  );
  assert.ok(list.sorted().length < 300);
  await list.loadMore('current');
  assert.ok(list.get('s399'));
  assert.ok(list.hasMore('current'));
  await list.find('s7777');
  assert.ok(list.get('s7777'), 'a title is found in the runtime');
});

test('before the runtime answers the list is what was known last, and says so (U1)', async (t) => {
  const { list, connect } = listOf(t, [summary('now')], [summary('then')]);
  assert.deepEqual([list.loaded, list.get('then')?.title], [false, 'then']);
  await connect();
  assert.deepEqual([list.loaded, list.sorted().map(({ title }) => title)], [true, ['now']]);
});

test('what is kept for the next start is what the runtime answered, never what was known before (U1)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { list, connect, kept } = listOf(t, [summary('now')], [summary('then')]);
  list.hide('then', true);
  t.mock.timers.tick(10_000);
  assert.equal(kept.length, 0);
  await connect();
  t.mock.timers.tick(10_000);
  assert.deepEqual(
    kept.map((rows) => rows.map(({ title }) => title)),
    [['now']],
  );
});

test('changes that nobody sees are told to nobody, and a session that is hidden stays out until it is shown again', async (t) => {
  const { list, connect, tell } = listOf(t, [summary('a', { updatedAt: 1 })]);
  await connect();
  let changes = 0;
  list.onChange(() => changes++);
  tell({ summaries: [summary('a', { seq: 2, updatedAt: 2 })] });
  assert.deepEqual([changes, list.get('a')?.seq], [0, 2]);
  tell({ summaries: [summary('a', { seq: 3, turnCount: 1 })] });
  assert.equal(changes, 1);
  tell({ summaries: [summary('a', { seq: 1, turnCount: 0 })] });
  assert.equal(list.get('a')?.turnCount, 1, 'an older message overwrites nothing');
  list.hide('a', true);
  assert.deepEqual(list.sorted(), []);
  list.hide('a', false);
  assert.equal(list.sorted().length, 1);
  tell({ removed: ['a' as SessionId] });
  assert.equal(list.sorted().length, 0);
});

test('a list that is narrowed brings what fits, however old it is, and goes on with it page by page (U1)', async (t) => {
  const { list, connect, asked } = listOf(t, many);
  const pier = (): number => list.sorted().filter(({ cwd }) => cwd === '/home/ada/pier').length;
  list.narrow({ within: ['/home/ada/pier'] });
  assert.equal(asked.length, 0, 'without a connection nothing is asked for');
  await connect();
  await settle();
  assert.equal(pier(), 202, 'the newest, and two older ones that stand on top of every list');
  for (let page = 0; page < 4; page++) await list.loadMore('current');
  assert.deepEqual([pier(), list.hasMore('current')], [1_000, false]);
  const before = asked.length;
  list.narrow({ within: ['/home/ada/pier'] });
  assert.equal(asked.length, before, 'what it is narrowed to already is not asked for again');
  list.narrow({ agent: 'shell' });
  await settle();
  assert.deepEqual([asked.at(-2)?.agent, list.hasMore('current')], ['shell', true]);
  list.narrow(undefined);
  assert.equal(list.hasMore('current'), true);
  await list.loadMore('current');
  assert.ok(list.get('s399'), 'all go on where they were');
});

test('where an older runtime does not know what a list is narrowed to, and answers with all sessions, there is no more of it (U1)', async (t) => {
  for (const failed of [true, undefined]) {
    const { list, connect } = listOf(
      t,
      // A turn may begin in one of them meanwhile.
      many.map((each, at) => ({ ...each, failed: at % 2 === 0 ? failed : undefined })),
    );
    await connect();
    list.narrow({ failed: true });
    await settle();
    assert.equal(list.hasMore('current'), failed === true);
    list.narrow(undefined);
    assert.equal(list.hasMore('current'), true);
  }
});

/** A list whose pages come when the test says so: each that is asked for waits in `asked`. */
function slowListOf(context: TestContext) {
  const views = new Emitter<ConnectionView>();
  const told = new Emitter<Told>();
  const clock = new ManualClock();
  const asked: { readonly params: ParamsIn<'session/list'>; readonly page: Deferred<Page> }[] = [];
  const connection = {
    onSummaries: told.listen,
    onView: views.listen,
    request: (_: string, params: ParamsIn<'session/list'>) => {
      const page = new Deferred<Page>();
      asked.push({ params, page });
      return page.promise;
    },
  };
  const lastKnown = { get: () => [], keep: () => undefined };
  const parts = { connection, lastKnown, clock, log: () => undefined } as unknown;
  const list = new RuntimeSessions(parts as ConstructorParameters<typeof RuntimeSessions>[0]);
  context.after(() => list.dispose());
  const answer = async (from: number, ...pages: Page[]): Promise<void> => {
    for (const [at, { page }] of asked.slice(from).entries()) page.resolve(pages[at] ?? { sessions: [] });
    await settle();
  };
  return {
    ...{ list, clock, asked, answer },
    view: (state: 'connected' | 'stopped') => views.fire({ state }),
    tell: (more: Partial<Told>): void => told.fire({ summaries: [], removed: [], notify: false, ...more }),
    titles: () => list.sorted().map(({ title }) => title),
  };
}

type Page = Awaited<Result<'session/list'>>;

/** Lets what was answered be taken in. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is told while the list is on its way counts beside it: a new session stays, a removed one does not come back (O5, U1)', async (t) => {
  const { view, asked, tell, titles, answer, list } = slowListOf(t);
  view('connected');
  asked[0]?.page.resolve({ sessions: [summary('old'), summary('gone'), summary('newer', { seq: 3 })] });
  tell({
    summaries: [summary('fresh', { createdAt: 5 }), summary('newer', { seq: 2 })],
    removed: ['gone' as SessionId],
  });
  tell({ summaries: [summary('again', { journal: 'second' as JournalId })] });
  await answer(1, { sessions: [] }, { sessions: [summary('again', { seq: 9 })] });
  assert.deepEqual([...titles()].sort(), ['again', 'fresh', 'newer', 'old']);
  assert.equal(list.get('newer')?.seq, 3, 'a page that is newer than what was told counts');
  assert.equal(list.get('again')?.journal, 'second', 'what stood in its place before does not');
});

test('a page of older sessions brings back none that was removed while it was on its way, and a second one asks on (O5, U1)', async (t) => {
  const { view, asked, tell, titles, answer, list } = slowListOf(t);
  view('connected');
  await answer(0, { sessions: [summary('a')], next: '1' });
  const more = Promise.all([list.loadMore('current'), list.loadMore('current')]);
  tell({ removed: ['b' as SessionId] });
  await answer(5, ...Array(2).fill({ sessions: [summary('b'), summary('c')], next: '2' }));
  await more;
  assert.deepEqual([...titles()].sort(), ['a', 'c']);
  const next = list.loadMore('current');
  assert.equal(asked.at(-1)?.params.after, '2');
  await answer(7, { sessions: [] });
  await next;
  assert.equal(list.hasMore('current'), false);
});

test('a list that could not be had is asked for again, later each time, and not once the connection is gone (U1, U8)', async (t) => {
  const { view, asked, clock, list, answer } = slowListOf(t);
  const fail = async (): Promise<void> => {
    for (const { page } of asked) if (!page.settled) page.reject(new Error('too slow'));
    await settle();
  };
  view('connected');
  await fail();
  assert.deepEqual([asked.length, list.loaded], [5, false]);
  clock.advance(1_000);
  assert.equal(asked.length, 10);
  await fail();
  clock.advance(1_000);
  assert.equal(asked.length, 10, 'it waits longer the second time');
  clock.advance(1_000);
  assert.equal(asked.length, 15);
  await fail();
  view('stopped');
  clock.advance(3_600_000);
  assert.deepEqual([asked.length, clock.waiting], [15, 0]);
  view('connected');
  assert.equal(asked.length, 20, 'a new connection waits for nothing');
  for (let round = 0; round < 10; round++) {
    await fail();
    clock.advance(30_000);
    assert.equal(asked.length, 25 + round * 5, 'it never waits for longer than half a minute');
  }
  await answer(asked.length - 5, { sessions: [summary('now')] });
  assert.deepEqual([list.loaded, clock.waiting], [true, 0]);
});
