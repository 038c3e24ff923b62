import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownEvent } from '../../../../src/protocol/events.ts';
import type { InteractionId, ProcessId } from '../../../../src/protocol/ids.ts';
import { conditionsOf } from '../../../../src/runtime/journal/headFilter.ts';
import type { HeadFilter, Journal } from '../../../../src/runtime/journal/journal.ts';
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

const ids = (journal: Journal, filter: HeadFilter = {}): string[] =>
  journal.heads(filter, { limit: 100 }).heads.map(({ head }) => head.sessionId);

const ready: KnownEvent = {
  type: 'agent.started',
  processId: 'p' as ProcessId,
  agentSessionId: 's',
  how: 'new',
};

test('sessions are listed by last change, newest first, from heads alone', (context) => {
  const { journal } = open(context);
  for (const [at, name] of ['a', 'b', 'c'].entries())
    journal.create(id(name)).append({ at, event: started() });
  assert.deepEqual(ids(journal), ['c', 'b', 'a']);
  journal.log(id('a'))?.append({ at: 10, event: note('news') });
  assert.deepEqual(ids(journal), ['a', 'c', 'b']);
  const [first] = journal.heads({}, { limit: 1 }).heads;
  const log = journal.log(id('a'));
  assert.deepEqual(first, JSON.parse(JSON.stringify({ head: log?.head, journal: log?.journal })));
});

test('pages follow one another without a gap or a double, also among sessions of the same time', (context) => {
  const { journal } = open(context);
  for (let n = 0; n < 25; n++)
    journal.create(id(`s${n}`)).append({ at: Math.floor(n / 7), event: started() });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = journal.heads({}, { limit: 4, after });
    seen.push(...page.heads.map(({ head }) => head.sessionId));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(seen, ids(journal));
  assert.equal(new Set(seen).size, 25);
});

test('a place in the list that cannot be read is refused by name', (context) => {
  const { journal } = open(context);
  for (const after of ['', '%%%', 'bnVsbA', 'WzEsMl0']) {
    assert.throws(() => journal.heads({}, { limit: 1, after }), {
      kind: 'invalidParams',
      message: /^after:/u,
    });
  }
});

test('all conditions of a filter hold together', (context) => {
  const { journal } = open(context);
  const make = (name: string, first: KnownEvent, ...rest: KnownEvent[]): void => {
    const log = journal.create(id(name));
    for (const event of [first, ...rest]) log.append({ at: name.charCodeAt(0), event });
  };
  const pinned: KnownEvent = { type: 'session.configured', pinned: true };
  make('a', started({ title: 'Fix the Über bug', cwd: '/x' }), ready, pinned);
  make('b', started({ title: 'Write 100% of docs', cwd: '/y', agent: 'claude' }), ready, turnStarted('t'));
  make('c', started({ cwd: '/x', agent: 'claude' }), { type: 'session.configured', archived: true });
  make('d', started({ cwd: '/x' }), { type: 'session.ended', reason: 'done' });
  assert.deepEqual(ids(journal, { archived: false }), ['d', 'b', 'a']);
  assert.deepEqual(ids(journal, { archived: true }), ['c']);
  assert.deepEqual(ids(journal, { pinned: true }), ['a']);
  assert.deepEqual(ids(journal, { pinned: false }), ['d', 'c', 'b']);
  assert.deepEqual(ids(journal, { agent: 'claude' }), ['c', 'b']);
  assert.deepEqual(ids(journal, { cwd: '/x', archived: false }), ['d', 'a']);
  assert.deepEqual(ids(journal, { phase: ['running', 'ended'] }), ['d', 'b']);
  assert.deepEqual(ids(journal, { phase: [] }), []);
  assert.deepEqual(ids(journal, { text: 'über' }), ['a']);
  assert.deepEqual(ids(journal, { text: '0% OF' }), ['b']);
  assert.deepEqual(ids(journal, { text: '' }), ['d', 'c', 'b', 'a']);
  assert.deepEqual(ids(journal, { agent: 'claude', cwd: '/x', archived: false }), []);
  assert.deepEqual(ids(journal, { attention: ['working'] }), ['b']);
  assert.deepEqual(ids(journal, { attention: ['working', 'none'], archived: false }), ['d', 'b', 'a']);
});

test('a list is narrowed to folders with what is in them, and searched by agent and folder too (U1, U2)', (context) => {
  const { journal } = open(context);
  const make = (name: string, event: KnownEvent): void =>
    void journal.create(id(name)).append({ at: name.charCodeAt(0), event });
  make('a', started({ title: 'One', cwd: '/home/ada/tides' }));
  make('b', started({ title: 'Two', cwd: '/home/ada/tides/pier', agent: 'claude' }));
  make('c', started({ title: 'Three', cwd: '/home/ada/tidesmark' }));
  make('d', started({ title: 'Four', cwd: 'C:\\Ada\\Über\\pier' }));
  assert.deepEqual(ids(journal, { within: ['/home/ada/tides/'] }), ['b', 'a']);
  assert.deepEqual(ids(journal, { within: ['/home/ada/tidesmark', 'C:/Ada'] }), ['d', 'c']);
  assert.deepEqual(ids(journal, { within: [] }), []);
  assert.deepEqual(ids(journal, { within: ['/home/ada'], agent: 'claude' }), ['b']);
  assert.deepEqual(ids(journal, { text: 'claude' }), ['b']);
  assert.deepEqual(ids(journal, { text: 'PIER' }), ['d', 'b']);
  assert.deepEqual(ids(journal, { text: 'über' }), ['d']);
});

test('what failed, read or not, and what is at work, is found among all sessions by an index (U1)', (context) => {
  const { journal, file } = open(context);
  const make = (name: string, ...rest: KnownEvent[]): void => {
    const log = journal.create(id(name));
    for (const [at, event] of [started(), ...rest].entries()) log.append({ at, event });
  };
  const failed = [ready, turnStarted('t'), { ...turnEnded('t'), outcome: 'failed' }] as KnownEvent[];
  make('a', ...failed);
  make('b');
  make('c', ...failed, { type: 'session.configured', readSeq: 100 });
  make('d', ready, {
    ...{ type: 'interaction.opened', interactionId: 'i' as InteractionId },
    interaction: { kind: 'url', title: 'Open?', url: 'https://a.example' },
  });
  assert.deepEqual(ids(journal, { attention: ['failed'] }), ['a']);
  assert.deepEqual(ids(journal, { attention: ['failed', 'needsYou'] }).sort(), ['a', 'd']);
  assert.deepEqual(ids(journal, { failed: true }).sort(), ['a', 'c'], 'read or not');
  assert.deepEqual(ids(journal, { failed: false }).sort(), ['b', 'd']);
  const planOf = (filter: HeadFilter): string => {
    const { conditions, values } = conditionsOf(filter);
    const sql = `SELECT id FROM session s WHERE ${conditions.join(' AND ')} ORDER BY s.updated_at DESC, s.id DESC`;
    const plan = beside(context, file).prepare(`EXPLAIN QUERY PLAN ${sql}`);
    return JSON.stringify(plan.all(...values));
  };
  assert.match(planOf({ attention: ['failed', 'needsYou'], archived: false }), /session_attention/u);
  assert.match(planOf({ failed: true, archived: false }), /session_failed/u);
  assert.match(planOf({ phase: ['opening', 'running', 'waiting'] }), /session_active/u);
});

test('a title that changes is found by its new words alone', (context) => {
  const { journal } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started({ title: 'Old' }) });
  assert.deepEqual(ids(journal, { text: 'old' }), ['a']);
  log.append({ at: 2, event: { type: 'session.renamed', title: 'New', source: 'person' } });
  assert.deepEqual([ids(journal, { text: 'old' }), ids(journal, { text: 'new' })], [[], ['a']]);
});

test('a head that was read again is the head that was folded, also when only its place moved (law 5)', (context) => {
  const { journal, file } = open(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  log.append({ at: 2, event: turnStarted('t') });
  log.append({ at: 3, event: messageStarted('m') });
  journal.head(id('a'));
  for (let at = 4; at < 8; at++) log.append({ at, event: chunk('m', 'text') });
  const { head } = log;
  journal.close();
  const again = open(context, { file }).journal;
  assert.deepEqual(again.head(id('a'))?.head, JSON.parse(JSON.stringify(head)));
  assert.deepEqual(again.head(id('a'))?.head.updatedAt, 7);
});

test('what a start must settle is found without looking at the rest: turns, queues, questions, processes (P5)', (context) => {
  const { journal } = open(context);
  const make = (name: string, ...rest: KnownEvent[]): void => {
    const log = journal.create(id(name));
    for (const event of [started(), ...rest]) log.append({ at: 1, event });
  };
  const ask: KnownEvent = {
    type: 'interaction.opened',
    interactionId: 'i' as InteractionId,
    interaction: { kind: 'url', title: 'Open?', url: 'https://a.example' },
  };
  const detached: KnownEvent = { type: 'session.detached', reason: 'idle' };
  make('opening');
  make('running', ready, turnStarted('t'));
  make('waiting', ready, ask);
  make('hosted', ready, turnStarted('t'), turnEnded('t'));
  make('queued', ready, detached, { type: 'turn.queued', turnId: 'q' as never, kind: 'prompt', content: [] });
  make('detached', ready, detached);
  make('ended', ready, turnStarted('t'), { type: 'session.ended', reason: 'done' });
  assert.deepEqual(
    journal.unsettled().map(({ head }) => head.sessionId),
    ['opening', 'running', 'waiting', 'hosted', 'queued'],
  );
});
