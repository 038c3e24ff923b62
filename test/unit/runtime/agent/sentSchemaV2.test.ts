import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { directory, open, start } from './harness.ts';
import { assertValid } from './sentMessages.ts';

const definitions = {
  initialize: 'InitializeRequest',
  'session/new': 'NewSessionRequest',
  'session/resume': 'ResumeSessionRequest',
  'session/prompt': 'PromptRequest',
  'session/cancel': 'CancelSessionNotification',
  'session/close': 'CloseSessionRequest',
  'session/fork': 'ForkSessionRequest',
  'session/delete': 'DeleteSessionRequest',
  'session/set_config_option': 'SetSessionConfigOptionRequest',
};

const answers = {
  'session/request_permission': 'RequestPermissionResponse',
  'elicitation/create': 'CreateElicitationResponse',
};

test('A1: everything that is sent to an agent of version 2 is valid by its schema', async (t) => {
  const folder = directory(t);
  const record = path.join(folder, 'sent.ndjson');
  const caps = {
    prompt: { image: {}, audio: {}, embeddedContext: {} },
    mcp: { stdio: {}, http: {} },
    ...{ fork: {}, delete: {}, additionalDirectories: {} },
  };
  const env = { FAKE_RECORD: record, FAKE_CAPS: JSON.stringify(caps) };
  {
    await using agent = await start(fakeAgent('scriptedV2', { env }));
    const { session, host, type } = await open(agent, {
      additionalDirectories: [folder],
      mcpServers: {
        program: { command: 'node', args: ['-y'], env: { KEY: 'v' } },
        web: { type: 'http', url: 'https://example.com', headers: { Authorization: 'x' } },
        stream: { type: 'sse', url: 'https://example.com', headers: {} },
      },
      answer: ({ kind }) => ({
        outcome: 'answered',
        answer: kind === 'permission' ? { kind: 'option', optionId: 'once' } : { kind: 'values', values: {} },
      }),
    });
    assert.match(host.of('notice')[0]?.text ?? '', /works without them: stream \(sse\)/u);
    await session.prompt([
      { type: 'text', text: 'permission\ncommand\nelicit' },
      { type: 'image', data: 'aGk=', mimeType: 'image/png' },
      { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'file:///a', name: 'a', title: null, mimeType: null, size: null },
      { type: 'resource', resource: { uri: 'file:///a', mimeType: null, text: 'x' } },
    ]);
    const hanging = type('say up\nhang');
    await host.until(() => host.said.endsWith('up'));
    session.cancel();
    await hanging;
    await session.configure({ options: { effort: 'high' } });
    await open(agent, { forkOf: 'session-1' });
    await session.close();
    const resumed = await open(agent, { previous: 'session-1' });
    assert.equal(resumed.session.how, 'resumed');
    await resumed.session.remove?.();
  }
  assertValid(record, { schema: 'v2', definitions, answers });
  const program = /"type":"stdio","name":"program","command":"([^"]+)"/u.exec(readFileSync(record, 'utf8'));
  assert.ok(path.isAbsolute(program?.[1] ?? ''), 'a program is named by its whole path');
});
