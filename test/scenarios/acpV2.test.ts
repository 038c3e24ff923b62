import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, gone, testHome } from '../support/testHome.ts';

const agents = { second: fakeAgent('scriptedV2') };

test('an agent of ACP 2 is prompted, asks for permission, is cancelled, and goes on after its process was killed (A1, P4)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'second', onEvent: recorder.onEvent });
  const asking = await session.prompt('tool\npermission\nsay done');
  const { interactionId, interaction } = await recorder.next('interaction.opened');
  assert.equal(interaction.title, 'Remove it?');
  assert.equal(session.head.phase, 'waiting');
  await session.answer(interactionId, { kind: 'option', optionId: 'once' });
  assert.equal((await asking.ended).outcome, 'completed');
  assert.match(recorder.agentText, /once.*done$/u);
  assert.deepEqual(
    recorder.all('message.started').map(({ role }) => role),
    ['user', 'agent', 'agent'],
    'the prompt is there once',
  );

  const hanging = await session.prompt('say up\nhang');
  await recorder.until('the first word', () => recorder.agentText.endsWith('up'));
  await session.cancel();
  assert.equal((await hanging.ended).outcome, 'cancelled');

  const crashing = await session.prompt('crash');
  assert.equal((await crashing.ended).outcome, 'failed');
  const [{ pid } = { pid: undefined }] = recorder.all('agent.started');
  await gone(pid ?? 0);
  assert.equal((await (await session.prompt('say back')).ended).outcome, 'completed');
  assert.equal(recorder.all('agent.started').at(-1)?.how, 'resumed');
  assert.match(recorder.agentText, /back$/u);
});

test('what an agent sends that nobody knows is in the journal as it came; notices and compactions are rows (A1, A3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'second', onEvent: recorder.onEvent });
  await (
    await session.prompt('notice\ncompact\nunknown')
  ).ended;
  const replay = new Recorder();
  const again = await connect();
  await again.openSession({ sessionId: session.id, attach: true, onEvent: replay.onEvent });
  const { kind, update } = await replay.next('update.received');
  assert.deepEqual([kind, update], ['from_the_future', { sessionUpdate: 'from_the_future', anything: 1 }]);
  const { items } = await session.history();
  assert.deepEqual(
    items.flatMap((item) => (item.kind === 'notice' ? [[item.level, item.text]] : [])),
    [
      ['warning', 'Nearly full'],
      ['info', 'The agent compacted the conversation.\n\nWe talked.'],
    ],
  );
});
