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
