import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KnownEvent } from '../../../src/protocol/events.ts';
import { foldHead, phaseOf, type Head } from '../../../src/protocol/head.ts';
import type { InteractionId, MessageId, ProcessId, TurnId } from '../../../src/protocol/ids.ts';
import { eventsOf, inPlace, transcripts } from './transcripts.ts';

const turnId = 't' as TurnId;
const processId = 'p' as ProcessId;
const interactionId = 'i' as InteractionId;

const ready: KnownEvent = { type: 'agent.started', processId, agentSessionId: 'a', how: 'new' };
const prompt: KnownEvent = { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' };
const queued: KnownEvent = { type: 'turn.queued', turnId: 'q' as TurnId, kind: 'prompt', content: [] };
const ask: KnownEvent = {
  type: 'interaction.opened',
  interactionId,
  interaction: { kind: 'url', title: 'Open?', url: 'https://a.example' },
};
const answer: KnownEvent = {
  type: 'interaction.settled',
  interactionId,
  settlement: { outcome: 'answered', answer: { kind: 'accept' } },
};
const ended = (outcome: 'completed' | 'cancelled' | 'failed' | 'refused' | 'interrupted'): KnownEvent => ({
  type: 'turn.ended',
  turnId,
  outcome,
});
const lost: KnownEvent = {
  type: 'session.detached',
  reason: 'crash',
  failure: { kind: 'agentFailed', message: 'gone' },
};
const end: KnownEvent = { type: 'session.ended', reason: 'done' };
const read: KnownEvent = { type: 'session.configured', readSeq: 1_000 };

/** The head of a session in which these events happened. */
function headOf(...events: KnownEvent[]): Head {
  let head: Head | undefined;
  for (const envelope of inPlace([...eventsOf([]), ...events])) head = foldHead(head, envelope);
  assert.ok(head !== undefined);
  return head;
}

/** What happened, and the phase and attention it leads to. */
const table: readonly [string, KnownEvent[], Head['phase'], Head['attention']][] = [
  ['it was created', [], 'opening', 'none'],
  ['its agent started', [ready], 'idle', 'none'],
  ['its agent did not start', [lost], 'detached', 'failed'],
  [
    'its agent was let go for being idle',
    [ready, { type: 'session.detached', reason: 'idle' }],
    'detached',
    'none',
  ],
  ['a prompt runs', [ready, prompt], 'running', 'working'],
  ['a prompt runs while the agent still starts', [prompt], 'running', 'working'],
  ['something is asked', [ready, prompt, ask], 'waiting', 'needsYou'],
  ['something is asked outside of a turn', [ready, ask], 'waiting', 'needsYou'],
  ['what was asked was answered', [ready, prompt, ask, answer], 'running', 'working'],
  ['its turn completed', [ready, prompt, ended('completed')], 'idle', 'finished'],
  ['its turn failed', [ready, prompt, ended('failed')], 'idle', 'failed'],
  ['its turn was refused', [ready, prompt, ended('refused')], 'idle', 'failed'],
  ['its turn was interrupted', [ready, prompt, ended('interrupted')], 'idle', 'failed'],
  ['its turn was cancelled', [ready, prompt, ended('cancelled')], 'idle', 'none'],
  ['its turn completed and was read', [ready, prompt, ended('completed'), read], 'idle', 'none'],
  ['its turn failed and was read', [ready, prompt, ended('failed'), read], 'idle', 'none'],
  ['the loss of its agent was read', [ready, lost, read], 'detached', 'none'],
  ['a prompt is queued', [ready, queued], 'idle', 'working'],
  ['it ended while it ran and asked', [ready, prompt, ask, end], 'ended', 'none'],
  ['it ended and was resumed', [ready, end, { type: 'session.resumed' }], 'opening', 'none'],
  ['it was resumed and its agent started', [ready, end, { type: 'session.resumed' }, ready], 'idle', 'none'],
];

for (const [what, events, phase, attention] of table) {
  test(`when ${what}, a session is ${phase} and its attention is ${attention}`, () => {
    const head = headOf(...events);
    assert.deepEqual([head.phase, head.attention], [phase, attention]);
  });
}

test('nothing that comes late brings an ended session back (law 4, P4)', () => {
  for (const late of [ended('completed'), prompt, ready, ask, answer, queued, lost]) {
    const head = headOf(ready, prompt, end, late);
    assert.deepEqual(
      [head.phase, head.turn, head.queue, head.interactions],
      ['ended', undefined, [], []],
      late.type,
    );
  }
});

test('the end of another turn never ends the running one (law 4)', () => {
  const head = headOf(ready, prompt, { type: 'turn.ended', turnId: 'other' as TurnId, outcome: 'completed' });
  assert.deepEqual([head.phase, head.turn?.turnId, head.lastTurn], ['running', turnId, undefined]);
});

test('the end of a queued turn takes it from the queue (law 4)', () => {
  const head = headOf(ready, queued, { type: 'turn.ended', turnId: 'q' as TurnId, outcome: 'cancelled' });
  assert.deepEqual(head.queue, []);
});

test('the exit of an older agent process does not touch the one that hosts the session (P4)', () => {
  const exit = { type: 'agent.exited' as const, exitCode: 0, signal: null, stderrTail: '' };
  assert.equal(headOf(ready, { ...exit, processId: 'old' as ProcessId }).process?.processId, processId);
  assert.equal(headOf(ready, { ...exit, processId }).process, undefined);
});

test('a title that a person gave is kept; the first prompt names a session that nobody named', () => {
  const message = (text: string): KnownEvent => ({
    type: 'message.started',
    messageId: 'm' as MessageId,
    role: 'user',
    content: [{ type: 'text', text }],
  });
  const rename = (title: string, source: 'agent' | 'person'): KnownEvent => ({
    type: 'session.renamed',
    title,
    source,
  });
  assert.equal(headOf(message('\n Fix the bug \nplease')).title, 'Fix the bug');
  assert.equal(headOf(message('Fix'), rename('Bug fix', 'agent')).title, 'Bug fix');
  assert.equal(headOf(rename('Mine', 'person'), rename('Theirs', 'agent'), message('Fix')).title, 'Mine');
});

test('reading, pinning, archiving, naming and setting up a session, and letting its agent go, do not move it in the list (U1)', () => {
  const worked = [ready, prompt, ended('completed')];
  const keeping: KnownEvent[] = [
    { type: 'session.configured', readSeq: 4 },
    { type: 'session.configured', pinned: true },
    { type: 'session.configured', archived: true },
    { type: 'session.configured', archived: false },
    { type: 'session.configured', mode: 'plan' },
    { type: 'session.renamed', title: 'Tides', source: 'person' },
    { type: 'session.detached', reason: 'idle' },
    { type: 'agent.exited', processId, exitCode: 0, signal: null, stderrTail: '' },
  ];
  assert.equal(headOf(...worked, ...keeping).updatedAt, headOf(...worked).updatedAt);
  for (const happened of [prompt, queued, ask, lost, end])
    assert.ok(headOf(...worked, happened).updatedAt > headOf(...worked).updatedAt, happened.type);
});

test('a head says when a session was archived or taken back (J7)', () => {
  const archive = (archived: boolean): KnownEvent => ({ type: 'session.configured', archived });
  const { archivedAt, updatedAt } = headOf(archive(true));
  assert.equal(archivedAt, updatedAt + 1);
  assert.equal(headOf(archive(true), archive(true)).archivedAt, archivedAt);
  assert.equal(headOf(archive(true), archive(false)).archivedAt, updatedAt + 2);
});

test('reading a session never unreads what was read', () => {
  assert.equal(
    headOf({ type: 'session.configured', readSeq: 9 }, { type: 'session.configured', readSeq: 2 }).readSeq,
    9,
  );
});

test('a head is nothing before its session started, and is always at the last number (law 5)', () => {
  const [, second] = inPlace([...eventsOf([]), ready]);
  assert.ok(second !== undefined);
  assert.equal(foldHead(undefined, second), undefined);
  fc.assert(
    fc.property(transcripts, (envelopes) => {
      let head: Head | undefined;
      for (const envelope of envelopes) {
        head = foldHead(head, envelope);
        assert.equal(head?.seq, envelope.seq);
        assert.equal(head.phase, phaseOf(head));
      }
    }),
  );
});
