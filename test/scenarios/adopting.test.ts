import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const v1 = { FAKE_CAPS: '{"loadSession":true,"sessionCapabilities":{"list":{},"resume":{}}}' };
const pastOf = (cwd: string) =>
  JSON.stringify({
    earlier: {
      cwd,
      title: 'The tide',
      past: [
        ['When is high tide?', 'At noon.'],
        ['And low?', 'At six.'],
      ],
    },
    elsewhere: { cwd: '/elsewhere', title: 'Other', past: [] },
  });

for (const [version, program, caps] of [
  [1, 'scripted', v1],
  [2, 'scriptedV2', {}],
] as const) {
  test(`ACP ${version}: the agent’s own conversations are listed, and one becomes a session with its past (A2)`, async (t) => {
    const { connect, work } = testHome(t);
    const agents = { knowing: fakeAgent(program, { ...caps, FAKE_PAST: pastOf(work) }) };
    const connection = await connect({ agents });
    const first = await connection.request('agent/sessions', { agent: 'knowing' });
    assert.deepEqual(
      first.sessions.map(({ agentSessionId, cwd, title }) => [agentSessionId, cwd, title]),
      [['earlier', work, 'The tide']],
    );
    const second = await connection.request('agent/sessions', { agent: 'knowing', cursor: first.cursor });
    assert.deepEqual([second.sessions[0]?.agentSessionId, second.cursor], ['elsewhere', undefined]);
    const here = await connection.request('agent/sessions', { agent: 'knowing', cwd: work });
    assert.deepEqual([here.sessions.length, here.cursor], [1, undefined]);

    const recorder = new Recorder();
    const { onEvent } = recorder;
    const from = { agent: 'knowing', agentSessionId: 'earlier' };
    const session = await connection.openSession({ cwd: work, ...from, onEvent });
    // What is asked at once stands after the past all the same.
    assert.equal((await (await session.prompt('say now')).ended).outcome, 'completed');
    const { items } = await session.history();
    assert.deepEqual(
      items.flatMap((item) =>
        item.kind === 'message'
          ? [[item.role, item.content.map((block) => (block.type === 'text' ? block.text : '')).join('')]]
          : [],
      ),
      [
        ['user', 'When is high tide?'],
        ['agent', 'At noon.'],
        ['user', 'And low?'],
        ['agent', 'At six.'],
        ['user', 'say now'],
        ['agent', 'now'],
      ],
    );
    assert.equal(recorder.all('agent.started')[0]?.how, 'loaded');
    assert.equal(session.head.agentSessionId, 'earlier');
    const twice = new Recorder();
    await connection.openSession({ cwd: work, ...from, onEvent: twice.onEvent });
    assert.match((await twice.next('session.detached')).reason, /open already, in another session/u);

    const { processId } = await recorder.next('agent.started');
    await connection.request('runtime/stopProcess', { processId });
    assert.equal((await (await session.prompt('say later')).ended).outcome, 'completed');
    assert.equal(recorder.all('agent.started').at(-1)?.how, 'resumed');
    assert.equal(
      recorder.all('message.started').filter(({ role }) => role === 'user').length,
      4,
      'its past came once',
    );
  });
}

test('a conversation that the agent does not know, or an agent that cannot, is told of; nothing else is begun in its place (A2)', async (t) => {
  const { connect, work } = testHome(t);
  const agents = { knowing: fakeAgent('scripted', v1), simple: fakeAgent('scripted') };
  const connection = await connect({ agents });
  const opening = async (agent: string): Promise<string> => {
    const recorder = new Recorder();
    const { onEvent } = recorder;
    await connection.openSession({ cwd: work, agent, agentSessionId: 'nobody', onEvent });
    const { reason } = await recorder.next('session.detached');
    assert.deepEqual(recorder.all('agent.started'), []);
    return reason;
  };
  assert.match(await opening('knowing'), /could not open its conversation nobody: Resource not found/u);
  assert.match(await opening('simple'), /cannot go on with conversations from before/u);
  await assert.rejects(connection.request('agent/sessions', { agent: 'simple' }), { kind: 'unsupported' });
  await assert.rejects(connection.request('agent/sessions', { agent: 'shell' }), { kind: 'unsupported' });
});
