import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { holdfast } from '../support/cli.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, gone, testHome } from '../support/testHome.ts';

const resumable = { FAKE_CAPS: '{"sessionCapabilities":{"resume":{},"fork":{}}}' };
const agents = { scripted: fakeAgent('scripted', resumable) };

test('a process can be stopped: its sessions are detached with the reason, and go on with the next prompt (P2, P7)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents, clientName: 'the stopper' });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const { processId, pid } = await recorder.next('agent.started');
  const turn = await session.prompt('say up\nhang');
  await recorder.until('the first word', () => recorder.agentText === 'up');
  await assert.rejects(connection.request('runtime/stopProcess', { processId }), { kind: 'sessionBusy' });
  await session.cancel();
  await turn.ended;
  const { sessions } = await connection.request('runtime/stopProcess', { processId });
  assert.deepEqual(sessions, [session.id]);
  await gone(pid ?? 0);
  const { reason, failure } = await recorder.next('session.detached');
  assert.equal(reason, 'The agent process was stopped by the stopper.');
  assert.equal(failure, undefined, 'what was asked for is no failure');
  assert.equal((await (await session.prompt('say on')).ended).outcome, 'completed');
  assert.equal(recorder.all('agent.started').at(-1)?.how, 'resumed');
  await assert.rejects(connection.request('runtime/stopProcess', { processId }), { kind: 'processNotFound' });
});

test('a session is forked: the new one goes on with what the agent knows, the old one is untouched (A2)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const [before, after] = [new Recorder(), new Recorder()];
  const source = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: before.onEvent });
  await (
    await source.prompt('say first')
  ).ended;
  const fork = await connection.openSession({
    fork: source.id,
    title: 'Another way',
    onEvent: after.onEvent,
  });
  const { how } = await after.next('agent.started');
  assert.equal(how, 'forked');
  assert.equal(fork.head.title, 'Another way');
  assert.equal(fork.head.forkedFrom?.sessionId, source.id);
  assert.equal((await (await fork.prompt('say second')).ended).outcome, 'completed');
  assert.match(after.agentText, /forked from session-1 second$/u);
  assert.equal(before.agentText, 'first');
  assert.equal(after.seqs[0], 1);
  await assert.rejects(connection.openSession({ fork: 'nobody', onEvent: () => undefined }), {
    kind: 'sessionNotFound',
  });
});

const backwards = (text: string): string => text.split('').toReversed().join('');

test('MCP servers of the agent and of the session are merged by name, the session’s wins; values never reach the journal (P1)', async (t) => {
  const { connect, work } = testHome(t);
  const server = (key: string) => ({ command: 'server', args: [], env: { DATA_REGION: key } });
  const agent = {
    ...agents.scripted,
    mcpServers: { shared: server('agents-4711'), own: server('agents-4712') },
  };
  const connection = await connect({ agents: { scripted: agent } });
  const recorder = new Recorder();
  const mcpServers = { shared: server('sessions-4713') };
  const { onEvent } = recorder;
  const session = await connection.openSession({ cwd: work, agent: 'scripted', mcpServers, onEvent });
  await (
    await session.prompt('mcpBackwards')
  ).ended;
  const told = JSON.parse(backwards(recorder.agentText)) as { name: string; env: { value: string }[] }[];
  assert.deepEqual(
    told.map(({ name, env }) => [name, env[0]?.value]),
    [
      ['shared', 'sessions-4713'],
      ['own', 'agents-4712'],
    ],
  );
  const [started] = recorder.all('session.started');
  assert.deepEqual([started?.agent.mcpServerNames, started?.mcpServerNames], [['shared', 'own'], ['shared']]);
  assert.doesNotMatch(JSON.stringify(recorder.envelopes), /(?:agents|sessions)-471\d/u);
  const branch = new Recorder();
  const fork = await connection.openSession({
    fork: session.id,
    mcpServers: { own: server('the forks-4714') },
    onEvent: branch.onEvent,
  });
  await (
    await fork.prompt('mcpBackwards')
  ).ended;
  assert.match(backwards(branch.agentText), /sessions-4713.*the forks-4714/u);
});

test('a form is refused with words until it fits, and then goes to the agent with its defaults (A4)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const properties = { name: { type: 'string', minLength: 2 }, age: { type: 'integer', default: 7 } };
  const form = { mode: 'form', message: 'Who?', requestedSchema: { properties, required: ['name'] } };
  const turn = await session.prompt(`elicit ${JSON.stringify(form)}`);
  const { interactionId } = await recorder.next('interaction.opened');
  assert.equal(session.head.phase, 'waiting');
  await assert.rejects(
    session.answer(interactionId, { kind: 'values', values: { name: 'x' } }),
    /“name” needs at least 2/u,
  );
  await session.answer(interactionId, { kind: 'values', values: { name: 'Ada' } });
  await turn.ended;
  assert.deepEqual(JSON.parse(recorder.agentText), { action: 'accept', content: { name: 'Ada', age: 7 } });
});

test('what an agent writes to stderr is kept without secrets, and told by request and by the program (A8, C5)', async (t) => {
  const { connect, work, home } = testHome(t);
  const hurt = { scripted: fakeAgent('scripted', { HURT_KEY: 'it hurts' }) };
  const connection = await connect({ agents: hurt });
  const session = await connection.openSession({ cwd: work, agent: 'scripted' });
  assert.equal((await (await session.prompt('crash')).ended).outcome, 'failed');
  const { text, path: file } = await connection.request('agent/log', { agent: 'scripted' });
  assert.match(text, /^\S+ \[redacted\]\n$/u);
  assert.equal(readFileSync(file, 'utf8'), text);
  const { stdout, code } = await holdfast(home, work, ['agents', 'logs', 'scripted']);
  assert.deepEqual([stdout, code], [text, 0]);
  const none = await holdfast(home, work, ['agents', 'logs', 'shell']);
  assert.deepEqual([none.stdout, none.code], ['', 0]);
  assert.match(none.stderr, /shell wrote nothing to its standard error/u);
});
