import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventOf, EventType } from '../../../src/protocol/events.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const text = (words: string) => [{ type: 'text' as const, text: words }];

async function setUp(context: TestContext, clock?: ManualClock) {
  const memory = await runtimeInMemory(context, clock === undefined ? {} : { clock });
  const client = await memory.connect({ name: 'Anna' });
  await client.request('session/create', { sessionId, cwd: '/' });
  const prompt = (words: string, options: object = {}) =>
    client.request('session/prompt', { sessionId, content: text(words), ...options });
  const head = () => memory.journal.head(sessionId)?.head ?? assert.fail('no head');
  const waiting = () =>
    head().queue.map(({ content: [block] }) => (block?.type === 'text' ? block.text : ''));
  const said = () => memory.asked.map(({ content: [block] }) => (block?.type === 'text' ? block.text : ''));
  return { ...memory, client, prompt, head, waiting, said };
}

function all<T extends EventType>({ events }: Client, type: T): EventOf<T>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
}

test('what waits is listed, edited, moved and removed, and runs in the order it then has (T2)', async (context) => {
  const { client, prompt, waiting, asked, said, head } = await setUp(context);
  await prompt('running');
  const [a, b, c] = [await prompt('a'), await prompt('b'), await prompt('c')];
  const queue = (action: object) =>
    client.request('session/queue', { sessionId, action: action as { kind: 'list' } });
  assert.equal((await queue({ kind: 'list' })).queue.length, 3);
  await queue({ kind: 'move', turnId: c.turnId, before: a.turnId });
  assert.deepEqual(waiting(), ['c', 'a', 'b']);
  await queue({ kind: 'move', turnId: c.turnId });
  assert.deepEqual(waiting(), ['a', 'b', 'c']);
  await queue({ kind: 'edit', turnId: b.turnId, content: text('b, but better') });
  assert.equal(head().queue[1]?.editedBy?.name, 'Anna');
  const { queue: left } = await queue({ kind: 'remove', turnId: a.turnId });
  assert.deepEqual(
    left.map(({ turnId }) => turnId),
    [b.turnId, c.turnId],
  );
  for (let n = 0; n < 3; n++) {
    asked.at(-1)?.end();
    await turns();
  }
  assert.deepEqual(said(), ['running', 'b, but better', 'c']);
  assert.deepEqual(
    all(client, 'turn.ended').map(({ turnId, outcome }) => [turnId === a.turnId, outcome]),
    [
      [true, 'cancelled'],
      [false, 'completed'],
      [false, 'completed'],
      [false, 'completed'],
    ],
  );
});

test('an action on a turn that does not wait is refused, and who asked is in the journal (T2, P8)', async (context) => {
  const { client, prompt, head } = await setUp(context);
  const { turnId } = await prompt('running');
  await assert.rejects(client.request('session/queue', { sessionId, action: { kind: 'remove', turnId } }), {
    kind: 'turnNotFound',
  });
  assert.equal(head().turn?.turnId, turnId);
  await turns();
  const refused = client.events.find(({ event }) => event.type === 'action.taken');
  assert.equal(refused?.by?.name, 'Anna');
  assert.deepEqual(
    all(client, 'action.taken').map(({ action, outcome, error }) => [action, outcome, error?.kind]),
    [['session/queue', 'refused', 'turnNotFound']],
  );
});

test('every control action that is refused, or finds nothing, is in the journal with who asked (P8)', async (context) => {
  const { client, prompt } = await setUp(context);
  await client.request('session/cancel', { sessionId });
  await prompt('running');
  const gone = 'gone' as never;
  const answer = { kind: 'reject' } as const;
  await assert.rejects(client.request('session/answer', { sessionId, interactionId: gone, answer }));
  await assert.rejects(client.request('session/end', { sessionId }));
  await assert.rejects(client.request('rule/revoke', { sessionId, ruleId: 'gone' }));
  await turns();
  assert.deepEqual(
    all(client, 'action.taken').map(({ action, outcome, error }) => [action, outcome, error?.kind]),
    [
      ['session/cancel', 'nothing', undefined],
      ['session/answer', 'refused', 'interactionNotFound'],
      ['session/end', 'refused', 'sessionBusy'],
      ['rule/revoke', 'refused', 'ruleNotFound'],
    ],
  );
});

test('a prompt that asks to steer waits where the agent cannot be steered, and its sender is told (T2)', async (context) => {
  const { prompt } = await setUp(context);
  await prompt('running');
  const { queued, steered } = await prompt('and mind the gap', { mode: 'steer' });
  assert.deepEqual([queued, steered], [true, false]);
});

test('a prompt that does not want to wait is refused with its own end of nothing: the running turn goes on (T2)', async (context) => {
  const { client, prompt, asked, head } = await setUp(context);
  const { turnId } = await prompt('running');
  await assert.rejects(prompt('now or never', { mode: 'reject' }), { kind: 'sessionBusy' });
  assert.deepEqual([head().turn?.turnId, head().queue.length, asked[0]?.cancelled], [turnId, 0, false]);
  asked[0]?.end();
  await turns();
  assert.equal(all(client, 'turn.ended').length, 1);
});

test('a turn that takes longer than its deadline is cancelled, and ends failed with timedOut (T5)', async (context) => {
  const clock = new ManualClock();
  const { client, prompt, asked, head } = await setUp(context, clock);
  await prompt('long', { deadlineMs: 5000 });
  await turns();
  assert.equal(head().turn?.deadlineAt, clock.now() + 5000);
  clock.advance(5000);
  await turns();
  assert.equal(asked[0]?.cancelled, true);
  const [end] = all(client, 'turn.ended');
  assert.deepEqual([end?.outcome, end?.failure?.kind], ['failed', 'timedOut']);
  await prompt('next');
  await turns();
  assert.equal(asked.length, 2, 'the next prompt runs');
  clock.advance(10_000);
  await turns();
  assert.equal(all(client, 'turn.ended').length, 1, 'the deadline was the first turn’s alone');
});
