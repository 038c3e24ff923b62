import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandRunId, MessageId, TurnId } from '../../../src/protocol/ids.ts';
import { Coalescer } from '../../../src/runtime/coalescer.ts';
import type { Entry } from '../../../src/runtime/journal/journal.ts';
import { ManualClock } from '../../support/manualClock.ts';

const turnId = 't' as TurnId;

function text(words: string, messageId = 'm' as MessageId): Entry {
  return {
    at: 1,
    turnId,
    event: { type: 'message.appended', messageId, content: { type: 'text', text: words } },
  };
}

function output(words: string, stream: 'stdout' | 'stderr'): Entry {
  return {
    at: 1,
    turnId,
    event: { type: 'commandRun.output', commandRunId: 'r' as CommandRunId, stream, text: words },
  };
}

const notice: Entry = { at: 1, turnId, event: { type: 'notice', level: 'info', text: 'n' } };

function words({ event }: Entry): string {
  if (event.type === 'commandRun.output') return `${event.stream}:${event.text}`;
  if (event.type === 'message.appended' && event.content.type === 'text') return event.content.text;
  return event.type;
}

function setUp() {
  const clock = new ManualClock();
  const out: Entry[] = [];
  const coalescer = new Coalescer(clock, (entry) => out.push(entry));
  return { clock, coalescer, said: () => out.map(words) };
}

test('the first text after quiet goes at once, its followers together 20 ms later (law 7)', () => {
  const { clock, coalescer, said } = setUp();
  coalescer.push(text('a'));
  assert.deepEqual(said(), ['a']);
  coalescer.push(text('b'));
  coalescer.push(text('c'));
  assert.deepEqual(said(), ['a']);
  clock.advance(20);
  assert.deepEqual(said(), ['a', 'bc']);
  assert.equal(clock.waiting, 0);
});

test('any other event sends what waits before itself (law 7)', () => {
  const { coalescer, said } = setUp();
  coalescer.push(text('a'));
  coalescer.push(text('b'));
  coalescer.push(notice);
  assert.deepEqual(said(), ['a', 'b', 'notice']);
});

test('texts of two messages and of two streams are never joined', () => {
  const { coalescer, said } = setUp();
  coalescer.push(text('a', 'one' as MessageId));
  coalescer.push(text('b', 'one' as MessageId));
  coalescer.push(text('c', 'two' as MessageId));
  coalescer.push(output('d', 'stdout'));
  coalescer.push(output('e', 'stderr'));
  coalescer.flush();
  assert.deepEqual(said(), ['a', 'b', 'c', 'stdout:d', 'stderr:e']);
});

test('waiting text never grows without bound', () => {
  const { coalescer, said } = setUp();
  coalescer.push(text('a'));
  for (let count = 0; count < 10; count++) coalescer.push(text('x'.repeat(8 * 1024)));
  assert.ok(said().length >= 3, 'what waits goes on before 20 ms have passed');
  coalescer.flush();
  assert.equal(said().join('').length, 1 + 80 * 1024);
});
