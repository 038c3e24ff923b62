import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { KnownEvent } from '../../../src/protocol/events.ts';
import { foldHead, type Head } from '../../../src/protocol/head.ts';
import type { JournalId, TurnId } from '../../../src/protocol/ids.ts';
import { summaryOf, type Summary } from '../../../src/protocol/summary.ts';
import { eventsOf, inPlace } from './transcripts.ts';

/** What a list is told of a session in which these events happened. */
function summaryAfter(...events: KnownEvent[]): Summary {
  let head: Head | undefined;
  for (const envelope of inPlace([...eventsOf([]), ...events])) head = foldHead(head, envelope);
  assert.ok(head !== undefined);
  return summaryOf(head, 'j' as JournalId);
}

const queued = (id: string, text: string): KnownEvent => ({
  type: 'turn.queued',
  turnId: id as TurnId,
  kind: 'prompt',
  content: [{ type: 'text', text }],
});
const lines = (summary: Summary): string[] => (summary.queue ?? []).map(({ text }) => text);

test('a summary tells what waits, each prompt as one short line, so that a list shows every change of it (U1, T2)', () => {
  assert.equal(summaryAfter().queue, undefined);
  const both = [queued('a', 'first\n\n  of all'), queued('b', 'second')];
  assert.deepEqual(lines(summaryAfter(...both)), ['first of all', 'second']);
  const moved: KnownEvent = { type: 'turn.moved', turnId: 'b' as TurnId, before: 'a' as TurnId };
  assert.deepEqual(lines(summaryAfter(...both, moved)), ['second', 'first of all']);
  const edited: KnownEvent = {
    type: 'turn.edited',
    turnId: 'b' as TurnId,
    content: [{ type: 'text', text: 'another' }],
  };
  assert.deepEqual(lines(summaryAfter(...both, edited)), ['first of all', 'another']);
});

test('a summary of a long queue, or of long prompts, stays short', () => {
  const many = Array.from({ length: 300 }, (_, index) => queued(`q${index}`, 'x'.repeat(100_000)));
  const summary = summaryAfter(...many);
  assert.equal(summary.queued, 300);
  assert.ok(JSON.stringify(summary).length < 10_000);
});

test('a summary says that a session failed, and why, also when that was read, until a turn begins (U1)', () => {
  const turn = (id: string) => ({ turnId: id as TurnId });
  const begun = (id: string): KnownEvent => ({
    ...{ type: 'turn.started', kind: 'prompt', origin: 'person' },
    ...turn(id),
  });
  const failed: KnownEvent = {
    ...{ type: 'turn.ended', outcome: 'failed', ...turn('a') },
    failure: { kind: 'commandFailed', message: 'exited with 3' },
  };
  const read: KnownEvent = { type: 'session.configured', readSeq: 1_000 };
  const done: KnownEvent = { type: 'turn.ended', outcome: 'completed', ...turn('b') };
  const lost: KnownEvent = {
    ...{ type: 'session.detached', reason: 'crash' },
    failure: { kind: 'agentFailed', message: 'gone' },
  };
  const told = (...events: KnownEvent[]) => {
    const summary = summaryAfter(...events);
    return [summary.attention, summary.failed, summary.problem];
  };
  assert.deepEqual(told(begun('a'), failed), ['failed', true, 'exited with 3']);
  assert.deepEqual(told(begun('a'), failed, read), ['none', true, 'exited with 3']);
  assert.deepEqual(told(begun('a'), failed, read, { type: 'session.ended', reason: 'done' }), [
    'none',
    true,
    'exited with 3',
  ]);
  assert.deepEqual(told(begun('a'), failed, begun('b')), ['working', undefined, undefined]);
  assert.deepEqual(told(begun('a'), failed, begun('b'), done, read), ['none', undefined, undefined]);
  assert.deepEqual(told(begun('b'), done, lost, read), ['none', true, 'gone']);
});

test('a summary names model and mode as the agent does (U1, P7)', () => {
  const summary = summaryAfter({
    type: 'session.configured',
    ...{ mode: 'plan', modes: [{ id: 'plan', name: 'Plan first' }] },
    ...{ model: 'm-4', models: [{ id: 'm-4', name: 'Spring 4' }] },
  });
  assert.deepEqual(
    [summary.mode, summary.modeName, summary.model, summary.modelName],
    ['plan', 'Plan first', 'm-4', 'Spring 4'],
  );
});
