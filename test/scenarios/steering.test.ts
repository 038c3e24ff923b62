import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { PromptOptions, Session } from '../../src/client/index.ts';
import { contentText } from '../../src/protocol/contentText.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

/** A session of an agent that can be steered, with a turn that works until it is. */
async function setUp(
  t: TestContext,
  first = 'steered',
  env: Record<string, string> = {},
  options: PromptOptions = {},
) {
  const home = testHome(t);
  const record = path.join(home.work, 'record');
  const agents = { second: fakeAgent('scriptedV2', { FAKE_RECORD: record }) };
  const connection = await home.connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({
    ...{ cwd: home.work, agent: 'second', env, onEvent: recorder.onEvent },
  });
  const running = await session.prompt(`say up\n${first}`, options);
  await recorder.until('the work to begin', () => recorder.agentText.includes('up'));
  /** How often a text was sent to the agent as a prompt. */
  const timesSent = (words: string): number =>
    readFileSync(record, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"session/prompt"') && line.includes(words)).length;
  return { home, connection, recorder, session, running, timesSent };
}

/** What stands in the transcript as asked by a person, with the turn where it stands. */
async function asked(session: Session): Promise<(readonly [string, string | undefined])[]> {
  const { items } = await session.history();
  return items.flatMap((item) =>
    item.kind === 'message' && item.role === 'user'
      ? [[contentText(item.content), item.turnId] as const]
      : [],
  );
}

test('a prompt that steers is taken in by the running turn, stands there in the transcript, and ends with it (T2)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(t);
  const steering = await session.prompt('mind the gap', { mode: 'steer' });
  assert.deepEqual([steering.queued, steering.steered], [true, true]);
  const end = await running.ended;
  assert.equal(end.outcome, 'completed');
  assert.deepEqual(await steering.ended, end, 'its end is that of the turn that took it in');
  assert.deepEqual(await steering.settled, end);
  assert.match(recorder.agentText, /steered by mind the gap/u);
  assert.deepEqual((await asked(session)).slice(1), [['mind the gap', running.turnId]], 'once, and there');
  assert.equal(timesSent('mind the gap'), 1);
  const types = recorder.types;
  assert.ok(
    types.indexOf('turn.queued') < types.lastIndexOf('message.started'),
    'it waited in the journal first',
  );
  const ends = recorder.all('turn.ended').filter(({ turnId }) => turnId === steering.turnId);
  assert.deepEqual(
    ends.map(({ outcome, joined }) => [outcome, joined]),
    [['completed', running.turnId]],
  );
  assert.deepEqual([session.head.queue, session.head.turnCount], [[], 1]);
});

test('a prompt that the agent refuses to be steered by waits like any other, and says why (T2)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(t);
  const refused = await session.prompt('no\nsay later', { mode: 'steer' });
  const { reason } = await recorder.next('turn.steerRefused');
  assert.match(reason, /not now/u);
  assert.deepEqual(
    session.head.queue.map(({ turnId, steers }) => [turnId, steers]),
    [[refused.turnId, undefined]],
  );
  await session.prompt('go on', { mode: 'steer' });
  assert.equal((await running.ended).outcome, 'completed');
  assert.equal((await refused.ended).outcome, 'completed');
  assert.equal((await refused.ended).turnId, refused.turnId);
  assert.match(recorder.agentText, /later$/u);
  assert.equal(timesSent('no'), 2, 'once to steer, once as a turn of its own');
});

test('when the turn ends before the agent took in what steers it, that is withdrawn and becomes the next turn (T2)', async (t) => {
  const { session, running, recorder } = await setUp(t);
  const late = await session.prompt('hold\nsay after all', { mode: 'steer' });
  assert.equal((await running.ended).outcome, 'completed');
  const end = await late.ended;
  assert.deepEqual([end.outcome, end.turnId], ['completed', late.turnId]);
  assert.match(recorder.agentText, /after all$/u);
  assert.deepEqual(
    (await asked(session)).map(([, turnId]) => turnId),
    [running.turnId, late.turnId],
  );
  assert.equal(session.head.turnCount, 2);
});

test('what the agent begins by itself after the turn that it was to steer is a turn of its own, and is not sent twice (T2)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(t);
  const own = await session.prompt('own\nsay by myself', { mode: 'steer' });
  assert.equal((await running.ended).outcome, 'completed');
  const end = await own.ended;
  assert.deepEqual([end.outcome, end.turnId], ['completed', own.turnId]);
  assert.match(recorder.agentText, /by myself$/u);
  assert.equal(timesSent('by myself'), 1);
  assert.deepEqual(
    (await asked(session)).map(([, turnId]) => turnId),
    [running.turnId, own.turnId],
  );
  // The session goes on as ever.
  assert.equal((await (await session.prompt('say next')).ended).outcome, 'completed');
});

test('prompts that the agent begins by itself stand in the transcript once each, where they ended, and none is sent again (T2)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(t, 'permission\nsteered');
  const [one, two] = [
    await session.prompt('own\nsay the one', { mode: 'steer' }),
    await session.prompt('own\nsay the two', { mode: 'steer' }),
  ];
  const { interactionId } = await recorder.next('interaction.opened');
  await session.answer(interactionId, { kind: 'option', optionId: 'once' });
  assert.equal((await running.ended).outcome, 'completed');
  const ends = [await one.ended, await two.ended];
  assert.deepEqual(
    ends.map(({ outcome }) => outcome),
    ['completed', 'completed'],
  );
  assert.match(recorder.agentText, /the one.*the two$/u);
  // Which of them the runtime hears of first, the second or that the first has ended, is a matter of luck.
  assert.deepEqual((await asked(session)).slice(1), [
    ['own\nsay the one', ends[0]?.turnId],
    ['own\nsay the two', ends[1]?.turnId],
  ]);
  assert.deepEqual([timesSent('the one'), timesSent('the two')], [1, 1]);
});

test('what the agent begins by itself is part of a turn that goes on until green: its check sees all of it (T2, G1)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(
    t,
    'steered',
    {},
    { until: { command: 'exit 0' } },
  );
  const own = await session.prompt('own\nsay by myself', { mode: 'steer' });
  const end = await own.ended;
  assert.deepEqual([end.turnId, end.outcome, end.check?.outcome], [running.turnId, 'completed', 'green']);
  assert.match(recorder.agentText, /by myself$/u);
  const types = recorder.types;
  assert.ok(types.lastIndexOf('message.started') < types.indexOf('check.started'));
  assert.deepEqual(
    (await asked(session)).map(([, turnId]) => turnId),
    [running.turnId, running.turnId],
  );
  assert.equal(timesSent('by myself'), 1);
});

test('cancelling the turn while what steers it is on its way ends that turn alone: the other runs next (T2, T3)', async (t) => {
  const { session, running, recorder } = await setUp(t, 'hang');
  const steering = await session.prompt('hold\nsay next', { mode: 'steer' });
  await recorder.until('it to wait', () => session.head.queue[0]?.steers === running.turnId);
  await session.cancel(running.turnId);
  assert.equal((await running.ended).outcome, 'cancelled');
  assert.equal((await steering.ended).outcome, 'completed');
  assert.match(recorder.agentText, /next$/u);
});

test('what is on its way into a turn can be taken back, and the turn goes on (T2)', async (t) => {
  const { session, running, recorder, connection } = await setUp(t, 'hang');
  const steering = await session.prompt('hold', { mode: 'steer' });
  const sessionId = session.id;
  const content = [{ type: 'text' as const, text: 'other words' }];
  const action = { kind: 'edit', turnId: steering.turnId, content } as const;
  await assert.rejects(connection.request('session/queue', { sessionId, action }), { kind: 'turnNotFound' });
  await session.cancel(steering.turnId);
  assert.equal((await steering.ended).outcome, 'cancelled');
  assert.deepEqual([session.head.turn?.turnId, session.head.queue], [running.turnId, []]);
  await session.cancel();
  assert.equal((await running.ended).outcome, 'cancelled');
  assert.equal(recorder.all('turn.steerRefused').length, 0);
});

test('what steers an agent that dies is told as unsent and not sent to the next one: it may have it (T2, P4)', async (t) => {
  const { session, running, timesSent, recorder } = await setUp(t, 'steered\nhang');
  const steering = await session.prompt('mute\nsay alive', { mode: 'steer' });
  await recorder.until('the agent to have it', () => recorder.agentText.includes('steered by mute'));
  const [{ pid } = { pid: undefined }] = recorder.all('agent.started');
  process.kill(pid ?? 0, 'SIGKILL');
  assert.equal((await running.ended).outcome, 'failed');
  assert.equal((await steering.ended).outcome, 'failed');
  const { items } = await session.history();
  const notice = items.find((item) => item.kind === 'notice' && item.unsent !== undefined);
  assert.match(notice?.kind === 'notice' ? notice.text : '', /send it if it was not\.\n\nmute\nsay alive$/u);
  assert.equal((await (await session.prompt('say next')).ended).outcome, 'completed');
  assert.equal(timesSent('alive'), 1);
});

test('what steers a turn when the runtime dies is told as unsent, and not sent again by the next (T2, T9)', async (t) => {
  const { home, session, running, timesSent, recorder } = await setUp(t, 'hang');
  const steering = await session.prompt('mute\nsay kept', { mode: 'steer' });
  await home.kill();
  assert.equal((await running.ended).outcome, 'interrupted');
  assert.equal((await steering.ended).outcome, 'interrupted');
  const [end] = recorder.all('turn.ended').filter(({ turnId }) => turnId === steering.turnId);
  assert.deepEqual(end?.unsent, [{ type: 'text', text: 'mute\nsay kept' }]);
  assert.deepEqual(session.head.queue, []);
  assert.equal((await (await session.prompt('say go')).ended).outcome, 'completed');
  assert.ok(timesSent('kept') <= 1);
});

test('a secret in what steers a turn reaches the agent and nothing else (T2, C5)', async (t) => {
  const { session, running, recorder, timesSent } = await setUp(t, 'steered', {
    API_TOKEN: 'sesame-4711-open',
  });
  const steering = await session.prompt('use sesame-4711-open', { mode: 'steer' });
  assert.equal((await steering.ended).turnId, running.turnId);
  assert.equal(timesSent('use sesame-4711-open'), 1);
  assert.ok(!JSON.stringify(recorder.envelopes).includes('sesame-4711'));
});
