import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from '../../../src/base/deferred.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { By, Envelope, KnownEvent } from '../../../src/protocol/events.ts';
import { foldHead, type Head } from '../../../src/protocol/head.ts';
import type { JournalId, SessionId, ToolCallId, TurnId } from '../../../src/protocol/ids.ts';
import type { TurnResult } from '../../../src/runtime/agent/agent.ts';
import type { SessionLog } from '../../../src/runtime/journal/journal.ts';
import { SessionWriter } from '../../../src/runtime/sessionWriter.ts';
import { Turns, type Work } from '../../../src/runtime/turns.ts';
import { ManualClock } from '../../support/manualClock.ts';

const by: By = { client: 'c', name: 'Anna' };
const prompt = (text: string): Work => ({ kind: 'prompt', content: [{ type: 'text', text }] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A log that only folds. */
function memoryLog() {
  const envelopes: Envelope[] = [];
  let head: Head | undefined;
  const log: SessionLog = {
    sessionId: 's' as SessionId,
    journal: 'j' as JournalId,
    get head() {
      return head;
    },
    get committedSeq() {
      return envelopes.length;
    },
    append(entry) {
      const envelope: Envelope = { sessionId: 's' as SessionId, seq: envelopes.length + 1, ...entry };
      envelopes.push(envelope);
      head = foldHead(head, envelope);
      return envelope;
    },
    committed: () => Promise.resolve(),
  };
  log.append({
    at: 1,
    event: { type: 'session.started', agent: { id: 'x', name: 'X', kind: 'acp' }, cwd: '/' },
  });
  return { log, envelopes };
}

function setUp(committed?: () => Promise<void>) {
  const clock = new ManualClock();
  const { log, envelopes } = memoryLog();
  const asked: {
    readonly work: Work;
    readonly turnId: TurnId;
    readonly signal: AbortSignal;
    readonly result: Deferred<TurnResult>;
  }[] = [];
  const settled: TurnId[] = [];
  const abandoned: string[] = [];
  const writer = new SessionWriter(log, clock);
  const turns = new Turns(
    {
      head: () => log.head ?? assert.fail('no head'),
      record: (event, place) => void writer.record(event, place),
      clock,
      perform(work, { turnId, signal }) {
        const result = new Deferred<TurnResult>();
        asked.push({ work, turnId, signal, result });
        return result.promise;
      },
      settleInteractions: (turnId) => settled.push(turnId),
      abandonAgent: (reason) => abandoned.push(reason),
      ...(committed && { committed }),
    },
    1000,
  );
  const events = (): KnownEvent[] => envelopes.map(({ event }) => event as KnownEvent);
  const ends = () => events().filter((event) => event.type === 'turn.ended');
  const accept = (text: string, front = false) => turns.accept(prompt(text), { by, origin: 'person', front });
  return {
    clock,
    turns,
    asked,
    events,
    ends,
    accept,
    settled,
    abandoned,
    head: () => log.head ?? assert.fail('no head'),
  };
}

test('prompts run one after another in the order they came, each with one end (T1, T2)', async () => {
  const { turns, asked, ends, accept, head } = setUp();
  const first = accept('a');
  const second = accept('b');
  accept('c');
  assert.deepEqual([first.queued, second.queued, asked.length], [false, true, 1]);
  assert.equal(head().queue.length, 2);
  for (let index = 0; index < 3; index++) {
    asked[index]?.result.resolve({ outcome: 'completed' });
    await turn();
  }
  assert.deepEqual(
    asked.map(({ work }) => work.kind === 'prompt' && work.content),
    [[{ type: 'text', text: 'a' }], [{ type: 'text', text: 'b' }], [{ type: 'text', text: 'c' }]],
  );
  assert.deepEqual(
    ends().map((end) => end.outcome),
    ['completed', 'completed', 'completed'],
  );
  assert.equal(turns.current, undefined);
});

test('a cancelled turn ends cancelled, whatever the agent answers after it (T3)', async () => {
  for (const late of ['completed', 'failed'] as const) {
    const { turns, asked, ends, accept, settled } = setUp();
    const { turnId } = accept('a');
    assert.equal(turns.cancel(turnId, by), turnId);
    assert.equal(turns.cancel(turnId, by), turnId, 'a double cancel is one');
    assert.equal(asked[0]?.signal.aborted, true);
    asked[0]?.result.resolve({ outcome: late, exitCode: 3 });
    await turn();
    assert.deepEqual(
      ends().map(({ outcome, exitCode }) => [outcome, exitCode]),
      [['cancelled', undefined]],
    );
    assert.ok(settled.includes(turnId));
  }
});

test('cancelling while idle is harmless, and a turn that is not there is not invented (T3)', () => {
  const { turns, ends } = setUp();
  assert.equal(turns.cancel(undefined, by), undefined);
  assert.equal(turns.cancel('gone' as TurnId, by), undefined);
  assert.equal(ends().length, 0);
});

test('cancelling a queued turn removes it from the queue and leaves the running one alone (T3)', () => {
  const { turns, ends, accept, asked, head } = setUp();
  accept('a');
  const { turnId } = accept('b');
  turns.cancel(turnId, by);
  assert.deepEqual(
    ends().map((end) => [end.turnId, end.outcome]),
    [[turnId, 'cancelled']],
  );
  assert.equal(head().queue.length, 0);
  assert.equal(asked[0]?.signal.aborted, false);
});

test('a prompt that interrupts runs before all that waits (T2)', async () => {
  const { turns, asked, accept } = setUp();
  accept('a');
  accept('b');
  accept('now', true);
  turns.cancel(undefined, by);
  asked[0]?.result.resolve({ outcome: 'cancelled' });
  await turn();
  assert.deepEqual(asked[1]?.work, prompt('now'));
});

test('a turn closes the tool calls it left unfinished', async () => {
  const { turns, asked, events, accept } = setUp();
  accept('a');
  turns.saw({ type: 'toolCall.started', toolCallId: 'open' as ToolCallId });
  turns.saw({ type: 'toolCall.started', toolCallId: 'done' as ToolCallId });
  turns.saw({ type: 'toolCall.ended', toolCallId: 'done' as ToolCallId, status: 'completed' });
  turns.cancel(undefined, by);
  asked[0]?.result.resolve({ outcome: 'cancelled' });
  await turn();
  const closed = events().filter((event) => event.type === 'toolCall.ended');
  assert.deepEqual(
    closed.map(({ toolCallId, status }) => [toolCallId, status]),
    [['open', 'cancelled']],
  );
});

test('an agent that ignores cancel is told about, then let go, and the turn ends (T4)', async () => {
  const { clock, turns, asked, events, ends, accept, abandoned } = setUp();
  accept('a');
  turns.cancel(undefined, by);
  clock.advance(1000);
  assert.ok(events().some((event) => event.type === 'notice'));
  assert.equal(ends().length, 0);
  clock.advance(1000);
  assert.deepEqual(
    ends().map((end) => end.outcome),
    ['cancelled'],
  );
  assert.equal(abandoned.length, 1);
  asked[0]?.result.resolve({ outcome: 'completed' });
  await turn();
  assert.equal(ends().length, 1, 'a late answer is no second end');
});

test('a turn whose work throws ends failed with the words of it (law 4)', async () => {
  const { asked, ends, accept } = setUp();
  accept('a');
  asked[0]?.result.reject(new Error('out of cheese'));
  await turn();
  assert.deepEqual(
    ends().map((end) => [end.outcome, end.failure?.message]),
    [['failed', 'out of cheese']],
  );
});

test('when the runtime stops, the running turn is interrupted and the queue is kept (T9)', async () => {
  const { turns, asked, ends, accept, head } = setUp();
  accept('a');
  accept('b');
  turns.interrupt('the runtime stops');
  asked[0]?.result.resolve({ outcome: 'completed' });
  await turn();
  assert.deepEqual(
    ends().map((end) => end.outcome),
    ['interrupted'],
  );
  assert.equal(head().queue.length, 1);
  assert.equal(asked.length, 1);
});

test('nothing is done for a turn before it is stored that it began: a runtime that is killed would do it again (T9)', async () => {
  let stored = new Deferred<void>();
  const { turns, asked, ends, accept } = setUp(() => stored.promise);
  const first = accept('a');
  accept('b');
  await turn();
  assert.equal(asked.length, 0);
  const isFull = stored;
  stored = new Deferred();
  turns.cancel(first.turnId, by);
  await turn();
  assert.equal(isFull.settled, false, 'what is cancelled waits for no disk');
  assert.deepEqual([ends().map(({ outcome }) => outcome), asked.length], [['cancelled'], 0]);
  stored.resolve();
  await turn();
  assert.equal(asked.length, 1);

  asked[0]?.result.resolve({ outcome: 'completed' });
  await turn();
  stored = new Deferred();
  const lost = accept('c');
  stored.reject(new HoldfastError('storageFailed', 'the disk is full'));
  await turn();
  const end = ends().find(({ turnId }) => turnId === lost.turnId);
  assert.deepEqual([end?.outcome, end?.failure?.kind, asked.length], ['failed', 'storageFailed', 1]);
});
