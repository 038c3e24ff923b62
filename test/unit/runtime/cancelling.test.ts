/**
 * What cancel promises (T3), one title for each sentence. That the commands of a cancelled turn end with all their descendants
 * needs real processes: `turnWork.test.ts`, `work/commandRun.test.ts` and `shell/shellProcess.test.ts` show it.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventOf, EventType } from '../../../src/protocol/events.ts';
import type { MessageId, SessionId, ToolCallId } from '../../../src/protocol/ids.ts';
import type { Interaction } from '../../../src/protocol/interaction.ts';
import { runtimeInMemory, turns, type Asked } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const other = 'other' as SessionId;
const content = [{ type: 'text' as const, text: 'go' }];
const question: Interaction = {
  kind: 'question',
  title: 'Which?',
  questions: [{ questionId: 'q', text: 'Which?', options: [], multiSelect: false, freeText: true }],
};

async function setUp(context: TestContext) {
  const memory = await runtimeInMemory(context);
  const client = await memory.connect({ name: 'Anna' });
  for (const each of [sessionId, other])
    await client.request('session/create', { sessionId: each, cwd: '/' });
  const prompt = async (at = sessionId) => {
    const { turnId } = await client.request('session/prompt', { sessionId: at, content });
    await turns();
    return turnId;
  };
  const agent = (at = sessionId): Asked =>
    memory.asked.findLast((asked) => asked.sessionId === at) ?? assert.fail('no prompt came to the agent');
  const cancel = (turnId?: string) =>
    client.request('session/cancel', { sessionId, turnId: turnId as never });
  const all = <T extends EventType>(type: T, at = sessionId): EventOf<T>[] =>
    client.events.flatMap(({ event, sessionId: of }) =>
      event.type === type && of === at ? [event as EventOf<T>] : [],
    );
  const ends = (at = sessionId) => all('turn.ended', at).map(({ turnId, outcome }) => [turnId, outcome]);
  const head = (at = sessionId) => memory.journal.head(at)?.head ?? assert.fail('no head');
  return { ...memory, client, prompt, agent, cancel, all, ends, head };
}

test('cancel ends the named turn alone: another session, and the session itself, go on (T3)', async (context) => {
  const { prompt, agent, cancel, ends, head } = await setUp(context);
  const elsewhere = await prompt(other);
  const first = await prompt();
  await cancel(first);
  await turns();
  assert.deepEqual([ends(), head(other).turn?.turnId], [[[first, 'cancelled']], elsewhere]);
  const second = await prompt();
  agent().end();
  agent(other).end();
  await turns();
  assert.deepEqual(ends().at(-1), [second, 'completed']);
  assert.deepEqual(ends(other), [[elsewhere, 'completed']]);
});

for (const [what, answer] of [
  ['a normal result', (agent: Asked) => agent.end()],
  ['a partial one', (agent: Asked) => agent.end({ outcome: 'completed', stopReason: 'max_tokens' })],
  ['a refusal', (agent: Asked) => agent.end({ outcome: 'refused' })],
  [
    'a failure',
    (agent: Asked) => agent.end({ outcome: 'failed', failure: { kind: 'internal', message: 'no' } }),
  ],
  ['an error', (agent: Asked) => agent.fail(new Error('Internal error'))],
] as const) {
  test(`a turn that was cancelled ends cancelled, once, also when its agent answers with ${what} after it (T3)`, async (context) => {
    const { prompt, agent, cancel, ends, all, head } = await setUp(context);
    const turnId = await prompt();
    agent().ignoreCancel();
    await cancel(turnId);
    await turns();
    assert.deepEqual([ends(), head().turn?.turnId], [[], turnId], 'it is not over before its agent is');
    answer(agent());
    await turns();
    assert.deepEqual(ends(), [[turnId, 'cancelled']]);
    const [end] = all('turn.ended');
    assert.deepEqual([end?.failure, end?.stopReason, head().phase], [undefined, undefined, 'idle']);
  });
}

test('cancelling twice is cancelling once, before and after the end (T3)', async (context) => {
  const { prompt, agent, cancel, ends, head } = await setUp(context);
  const turnId = await prompt();
  agent().ignoreCancel();
  const both = await Promise.all([cancel(turnId), cancel()]);
  assert.deepEqual(
    both.map((each) => [each.turnId, each.cancelled]),
    [
      [turnId, true],
      [turnId, true],
    ],
  );
  agent().end();
  await turns();
  assert.equal((await cancel(turnId)).cancelled, false);
  await turns();
  assert.deepEqual([ends(), head().phase], [[[turnId, 'cancelled']], 'idle']);
});

test('cancelling while nothing runs is harmless: the next prompt runs to its end (T3)', async (context) => {
  const { prompt, agent, cancel, ends } = await setUp(context);
  assert.equal((await cancel()).cancelled, false);
  const turnId = await prompt();
  agent().end();
  await turns();
  assert.deepEqual(ends(), [[turnId, 'completed']]);
});

test('a prompt that is cancelled before it was sent leaves the queue, and its agent never hears of it (T3)', async (context) => {
  const { prompt, agent, cancel, ends, asked, head } = await setUp(context);
  const running = await prompt();
  const waiting = await prompt();
  await cancel(waiting);
  assert.deepEqual([head().queue, head().turn?.turnId], [[], running]);
  agent().end();
  await turns();
  assert.deepEqual(ends(), [
    [waiting, 'cancelled'],
    [running, 'completed'],
  ]);
  assert.equal(asked.length, 1);
});

test('what an agent still says after cancel is recorded, in its turn and after it (T3)', async (context) => {
  const { prompt, agent, cancel, client, all } = await setUp(context);
  const turnId = await prompt();
  agent().ignoreCancel();
  const say = (messageId: string) =>
    agent().emit({ type: 'message.started', messageId: messageId as MessageId, role: 'agent', content });
  await cancel(turnId);
  say('late');
  agent().end();
  await turns();
  say('later');
  await client.request('session/configure', { sessionId, title: 'flushes what waits' });
  await turns();
  const of = (id: string) =>
    client.events.find(({ event }) => event.type === 'message.started' && event.messageId === id);
  assert.deepEqual([of('late')?.turnId, of('later')?.turnId], [turnId, undefined]);
  const [late, end] = [
    of('late')?.seq ?? 0,
    client.events.find(({ event }) => event.type === 'turn.ended')?.seq,
  ];
  assert.ok(late > 0 && end !== undefined && late < end);
  assert.equal(all('turn.ended').length, 1);
});

test('unfinished tool calls of a cancelled turn are marked cancelled, finished ones stay as they are (T3)', async (context) => {
  const { prompt, agent, cancel, all } = await setUp(context);
  const [done, open] = ['done', 'open'] as ToolCallId[] as [ToolCallId, ToolCallId];
  await prompt();
  for (const toolCallId of [done, open])
    agent().emit({ type: 'toolCall.started', toolCallId, status: 'in_progress', title: toolCallId });
  agent().emit({ type: 'toolCall.ended', toolCallId: done, status: 'completed' });
  await cancel();
  await turns();
  assert.deepEqual(
    all('toolCall.ended').map(({ toolCallId, status }) => [toolCallId, status]),
    [
      [done, 'completed'],
      [open, 'cancelled'],
    ],
  );
});

test('questions of a cancelled turn are settled as cancelled at once, by who cancelled, before it ends; those of others stay (T3, W3)', async (context) => {
  const { prompt, agent, cancel, client, head } = await setUp(context);
  await prompt(other);
  void agent(other).ask(question);
  await prompt();
  agent().ignoreCancel();
  const settled = agent().ask(question);
  await turns();
  await cancel();
  assert.deepEqual(await settled, { outcome: 'cancelled', reason: 'the turn was cancelled' });
  assert.deepEqual([head().interactions.length, head(other).interactions.length], [0, 1]);
  await turns();
  const told = client.events.find(({ event }) => event.type === 'interaction.settled');
  assert.equal(told?.by?.name, 'Anna');
});
