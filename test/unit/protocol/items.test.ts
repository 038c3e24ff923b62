import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownEvent } from '../../../src/protocol/events.ts';
import { emptyState, foldState, inOrder } from '../../../src/protocol/fold.ts';
import type {
  CommandRunId,
  InteractionId,
  MessageId,
  ToolCallId,
  TurnId,
} from '../../../src/protocol/ids.ts';
import { foldItem, type Item } from '../../../src/protocol/items.ts';
import { eventsOf, inPlace } from './transcripts.ts';

const turnId = 't' as TurnId;
const toolCallId = 'c' as ToolCallId;
const interactionId = 'i' as InteractionId;
const commandRunId = 'r' as CommandRunId;

/** The rows of a session in which these events happened. */
function rows(...events: KnownEvent[]): Item[] {
  const { items } = foldState(emptyState, inPlace([...eventsOf([]), ...events]));
  return inOrder(items.values());
}

test('a second end of a turn never overwrites the first (law 4)', () => {
  const [row] = rows(
    { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' },
    { type: 'turn.ended', turnId, outcome: 'cancelled' },
    { type: 'turn.ended', turnId, outcome: 'completed', exitCode: 0 },
  );
  assert.ok(row?.kind === 'turn');
  assert.equal(row.outcome, 'cancelled');
  assert.equal(row.exitCode, undefined);
});

test('a tool call that was cancelled stays so when its completion comes late, which is still recorded (law 4, T3)', () => {
  const [row] = rows(
    { type: 'toolCall.started', toolCallId, title: 'Read', kind: 'read' },
    { type: 'toolCall.ended', toolCallId, status: 'cancelled' },
    { type: 'toolCall.updated', toolCallId, status: 'in_progress' },
    { type: 'toolCall.ended', toolCallId, status: 'completed', rawOutput: 'late' },
  );
  assert.ok(row?.kind === 'toolCall');
  assert.equal(row.status, 'cancelled');
  assert.equal(row.rawOutput, 'late');
});

test('an update of a tool call replaces the fields it gives and keeps the others', () => {
  const [row] = rows(
    { type: 'toolCall.started', toolCallId, title: 'Read', kind: 'read', locations: [{ path: '/a' }] },
    { type: 'toolCall.updated', toolCallId, title: 'Read a', status: 'in_progress' },
  );
  assert.ok(row?.kind === 'toolCall');
  assert.deepEqual([row.title, row.toolKind, row.status], ['Read a', 'read', 'in_progress']);
  assert.deepEqual(row.locations, [{ path: '/a' }]);
});

test('an interaction is settled once: the first answer stays (law 2)', () => {
  const [row] = rows(
    {
      type: 'interaction.opened',
      interactionId,
      interaction: { kind: 'url', title: 'Open?', url: 'https://a.example' },
    },
    {
      type: 'interaction.settled',
      interactionId,
      settlement: { outcome: 'answered', answer: { kind: 'accept' } },
    },
    {
      type: 'interaction.settled',
      interactionId,
      settlement: { outcome: 'cancelled', reason: 'turn ended' },
    },
  );
  assert.ok(row?.kind === 'interaction');
  assert.deepEqual(row.settlement, { outcome: 'answered', answer: { kind: 'accept' } });
});

test('a command ends once, and what it printed before stays (law 4, C1)', () => {
  const [row] = rows(
    { type: 'commandRun.started', commandRunId, command: 'ls', cwd: '/' },
    { type: 'commandRun.output', commandRunId, stream: 'stdout', text: 'a\n' },
    { type: 'commandRun.ended', commandRunId, exitCode: -1, signal: 'SIGKILL' },
    { type: 'commandRun.ended', commandRunId, exitCode: 0, signal: null },
  );
  assert.ok(row?.kind === 'commandRun');
  assert.deepEqual(
    [row.exitCode, row.signal, row.output.start],
    [-1, 'SIGKILL', [{ stream: 'stdout', text: 'a\n' }]],
  );
});

test('a completed message is what its completion says, not what was streamed', () => {
  const messageId = 'm' as MessageId;
  const [row] = rows(
    { type: 'message.started', messageId, role: 'agent', content: [] },
    { type: 'message.appended', messageId, content: { type: 'text', text: 'half a sent' } },
    { type: 'message.completed', messageId, role: 'agent', content: [{ type: 'text', text: 'A sentence.' }] },
  );
  assert.ok(row?.kind === 'message');
  assert.deepEqual([row.content, row.done], [[{ type: 'text', text: 'A sentence.' }], true]);
});

test('ends, resumptions and losses of the agent are lines of the transcript; a loss without a failure is none', () => {
  const made = rows(
    { type: 'session.detached', reason: 'idle' },
    {
      type: 'session.detached',
      reason: 'crash',
      failure: { kind: 'agentFailed', message: 'It exited with code 1.' },
    },
    { type: 'session.ended', reason: 'done' },
    { type: 'session.resumed' },
    { type: 'notice', level: 'warning', text: 'slow' },
  );
  assert.deepEqual(
    made.map((row) => row.kind === 'notice' && [row.level, row.text]),
    [
      ['error', 'It exited with code 1.'],
      ['info', 'Session ended: done'],
      ['info', 'Session resumed'],
      ['warning', 'slow'],
    ],
  );
});

test('a turn keeps what became of each artifact once, up to a bound, and a page without the turn makes nothing of it (law 5, C4)', () => {
  const total = { count: 0, bytes: 0 };
  const told = (path: string, bytes: number): KnownEvent => ({
    ...{ type: 'artifact.updated', directory: 'out', path, bytes, total },
  });
  const events = [
    { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' },
    told('a', 1),
    told('b', 1),
    told('a', 2),
    ...Array.from({ length: 120 }, (_, index) => told(`more-${index}`, 1)),
  ] as const satisfies readonly KnownEvent[];
  const envelopes = inPlace(events).map((envelope) => ({ ...envelope, turnId }));
  const { items } = foldState(emptyState, envelopes);
  const [row] = items.values();
  assert.ok(row?.kind === 'turn');
  assert.deepEqual(
    row.artifacts?.files.slice(0, 2).map(({ path, bytes }) => [path, bytes]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.deepEqual([row.artifacts?.files.length, row.artifacts?.omitted], [100, 22]);
  assert.equal(envelopes[1] && foldItem(undefined, envelopes[1]), undefined);
});

test('a refused action is a row that says who asked for what and why not, and one that found nothing is none (P8)', () => {
  const error = { kind: 'sessionBusy', message: 'a turn runs' };
  const found = rows(
    { type: 'action.taken', action: 'session/cancel', outcome: 'nothing' },
    { type: 'action.taken', action: 'session/end', outcome: 'refused', error },
  );
  assert.deepEqual(
    found.map((row) => row.kind === 'refusal' && [row.action, row.reason]),
    [['session/end', 'a turn runs']],
  );
});
