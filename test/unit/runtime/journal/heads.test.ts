import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownEvent } from '../../../../src/protocol/events.ts';
import type { InteractionId, ProcessId } from '../../../../src/protocol/ids.ts';
import type { HeadFilter, Journal } from '../../../../src/runtime/journal/journal.ts';
import { chunk, id, messageStarted, note, open, started, turnEnded, turnStarted } from './temporary.ts';

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
