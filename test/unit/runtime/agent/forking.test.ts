import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { McpServers } from '../../../../src/protocol/agentDefinition.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';
import { open, start } from './harness.ts';

const offering = (caps: object) => fakeAgent('scripted', { env: { FAKE_CAPS: JSON.stringify(caps) } });

test('A2: a session goes on from another one where the agent offers that, and says how it came to be', async () => {
  await using agent = await start(offering({ sessionCapabilities: { fork: {} } }));
  const source = await open(agent);
  const { session, host, type } = await open(agent, { forkOf: source.session.agentSessionId });
  assert.equal(session.how, 'forked');
  assert.notEqual(session.agentSessionId, source.session.agentSessionId);
  await type('say on');
  assert.equal(
    host.said,
    `forked from ${source.session.agentSessionId} on`,
    'what it said before its id was known is kept',
  );
});

test('A2: where the agent does not fork, or not this one, the session is new', async () => {
  await using plain = await start(fakeAgent('scripted'));
  assert.equal((await open(plain, { forkOf: 'session-1' })).session.how, 'new');
  await using agent = await start(offering({ sessionCapabilities: { fork: {} } }));
  assert.equal((await open(agent, { forkOf: 'unknown' })).session.how, 'new');
});

test('A2: a removed session is deleted by the agent where that is offered, and only closed elsewhere', async () => {
  const agent = await start(offering({ sessionCapabilities: { close: {}, delete: {} } }));
  const { session } = await open(agent);
  await session.remove?.();
  await agent.stop();
  assert.equal((await agent.exited).stderrTail, `deleted ${session.agentSessionId}\n`);
  const plain = await start(fakeAgent('scripted'));
  await (await open(plain)).session.remove?.();
  await plain.stop();
  assert.equal((await plain.exited).stderrTail, '');
});

const mcpServers: McpServers = {
  tools: { command: 'tools', args: ['--all'], env: { KEY: 'v' } },
  web: { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'x' } },
};

test('A1: MCP servers are told to the agent; those it cannot reach are left out, and named', async () => {
  const tools = { name: 'tools', command: 'tools', args: ['--all'], env: [{ name: 'KEY', value: 'v' }] };
  const headers = [{ name: 'Authorization', value: 'x' }];
  const web = { type: 'http', name: 'web', url: 'https://example.com/mcp', headers };
  await using able = await start(offering({ mcpCapabilities: { http: true } }));
  const both = await open(able, { mcpServers });
  await both.type('mcp');
  assert.deepEqual(JSON.parse(both.host.said), [tools, web]);
  assert.deepEqual(both.host.of('notice'), []);
  await using unable = await start(fakeAgent('scripted'));
  const one = await open(unable, { mcpServers });
  await one.type('mcp');
  assert.deepEqual(JSON.parse(one.host.said), [tools]);
  assert.match(one.host.of('notice')[0]?.text ?? '', /cannot reach these MCP servers.*web \(http\)/u);
});

test('A2: a conversation with more of a past than can be held is not taken over, in words, and nothing of it is told', async () => {
  const past = [['When is high tide?', 'At noon. '.repeat(100)]];
  const FAKE_PAST = JSON.stringify({ earlier: { cwd: '/', title: 'The tide', past } });
  const knowing = fakeAgent('scripted', { env: { FAKE_CAPS: '{"loadSession":true}', FAKE_PAST } });
  await using agent = await start(knowing, { mostPast: 512 });
  const host = new RecordingHost();
  await assert.rejects(open(agent, { adopt: 'earlier', host }), {
    kind: 'agentFailed',
    message: /has more than .* MiB of a past, which is too much to take over\. Go on with it in/u,
  });
  assert.deepEqual(host.events, []);
  const { type, host: next } = await open(agent);
  await type('say still here');
  assert.equal(next.said, 'still here');
});
