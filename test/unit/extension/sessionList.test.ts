import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Emitter } from '../../../src/base/emitter.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { NotificationParams, ParamsIn } from '../../../src/protocol/methods.ts';
import type { ConnectionView } from '../../../src/protocol/page.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { RuntimeSessions } from '../../../src/extension/sessionList.ts';
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
      const { archived, pinned, phase, text, limit = 200, after = '0' } = params;
      const fits = sessions.filter(
        (each) =>
          (archived === undefined || each.archived === archived) &&
          (pinned === undefined || each.pinned === pinned) &&
          (phase === undefined || phase.includes(each.phase)) &&
          (text === undefined || each.title.includes(text)),
      );
      const next = Number(after) + limit;
      const page = fits.slice(Number(after), next);
      return Promise.resolve({ sessions: page, ...(next < fits.length && { next: String(next) }) });
    },
  };
  const memory = { get: () => remembered, update: () => Promise.resolve(), keys: () => [] };
  const parts = { connection, memory, log: () => undefined } as unknown;
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
  return { list, connect, tell, asked };
}

const many = Array.from({ length: 10_000 }, (_, index) =>
  summary(`s${index}`, {
    updatedAt: 1e9 - index * 60_000,
    pinned: index === 9_000,
    ...(index === 9_500 && { phase: 'waiting', attention: 'needsYou' }),
  }),
);

test('of 10,000 sessions the newest are loaded, and all that are pinned or at work, however old (U1)', async (t) => {
  const { list, connect, asked } = listOf(t, many);
  await connect();
  assert.equal(asked.length, 4);
  assert.deepEqual(
    list
      .sorted()
      .slice(0, 3)
      .map(({ title }) => title),
    ['s9500', 's9000', 's0'],
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
