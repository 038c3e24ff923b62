import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

test('a session begins in the mode that its agent’s definition asks for, and says when the agent does not take it (P2)', async (t) => {
  const { connect, work } = testHome(t);
  const agents = {
    code: { ...fakeAgent('scripted'), mode: 'code' },
    odd: { ...fakeAgent('scripted'), mode: 'handstand' },
  };
  const connection = await connect({ agents });
  const open = async (agent: string) => {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    const { outcome } = await (await session.prompt('say hello')).ended;
    return { recorder, session, outcome };
  };
  const code = await open('code');
  assert.deepEqual([code.outcome, code.session.head.mode], ['completed', 'code']);
  assert.equal(code.recorder.all('notice').length, 0);
  const odd = await open('odd');
  assert.deepEqual([odd.outcome, odd.session.head.mode], ['completed', 'ask']);
  assert.match(odd.recorder.all('notice')[0]?.text ?? '', /did not begin in the mode “handstand”/u);
});

test('a session begins with the model and the permission mode of its agent’s definition, unless it asks for another (P2, W5)', async (t) => {
  const { connect, work } = testHome(t);
  const wanted = { model: 'large', permissionMode: 'denyAll' as const };
  const agents = {
    plain: fakeAgent('scripted', { FAKE_MODELS: 'yes' }),
    large: { ...fakeAgent('scripted', { FAKE_MODELS: 'yes' }), ...wanted },
  };
  const connection = await connect({ agents });
  const open = async (agent: string) => {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    await recorder.next('agent.started');
    assert.equal((await (await session.prompt('say hello')).ended).outcome, 'completed');
    return { recorder, session };
  };
  const plain = await open('plain');
  assert.deepEqual([plain.session.head.model, plain.session.head.permissionMode], ['small', undefined]);
  const { session, recorder } = await open('large');
  assert.deepEqual([session.head.model, session.head.permissionMode], ['large', 'denyAll']);
  assert.equal((await (await session.prompt('permission')).ended).outcome, 'completed');
  assert.equal(recorder.all('interaction.opened').length, 0, 'the mode answers');
  const asked = { cwd: work, agent: 'large', permissionMode: 'ask' as const };
  const { sessionId } = await connection.request('session/create', asked);
  assert.equal((await connection.request('session/get', { sessionId })).head.permissionMode, 'ask');
});

test('MCP servers for all agents reach each of them, below the session’s own of the same name (P1)', async (t) => {
  const { connect, work } = testHome(t);
  const all = { tools: { command: 'for-all' }, more: { command: 'for-all' } };
  const connection = await connect({
    agents: { scripted: fakeAgent('scripted'), '*': { mcpServers: all } },
  });
  const recorder = new Recorder();
  const session = await connection.openSession({
    ...{ cwd: work, agent: 'scripted', onEvent: recorder.onEvent },
    mcpServers: { tools: { command: 'of-the-session', args: [], env: {} } },
  });
  await (
    await session.prompt('mcp')
  ).ended;
  const told = JSON.parse(recorder.agentText) as { name: string; command: string }[];
  assert.deepEqual(
    told.map(({ name, command }) => [name, command]),
    [
      ['tools', 'of-the-session'],
      ['more', 'for-all'],
    ],
  );
});
