import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { McpServers } from '../../../../src/protocol/agentDefinition.ts';
import type { ContentBlock } from '../../../../src/protocol/content.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { open, start } from './harness.ts';
import { assertValid } from './sentMessages.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const record = join(folder, 'sent.ndjson');

/** Each method's own definition: the schema's union for all messages takes nearly anything. */
const definitions: Record<string, string> = {
  initialize: 'InitializeRequest',
  'session/new': 'NewSessionRequest',
  'session/load': 'LoadSessionRequest',
  'session/resume': 'ResumeSessionRequest',
  'session/prompt': 'PromptRequest',
  'session/cancel': 'CancelNotification',
  'session/close': 'CloseSessionRequest',
  'session/fork': 'ForkSessionRequest',
  'session/delete': 'DeleteSessionRequest',
  'session/set_mode': 'SetSessionModeRequest',
  'session/set_config_option': 'SetSessionConfigOptionRequest',
};

/** What the answer to each request of the agent is. */
const answers: Record<string, string> = {
  'session/request_permission': 'RequestPermissionResponse',
  'elicitation/create': 'CreateElicitationResponse',
  'fs/read_text_file': 'ReadTextFileResponse',
  'fs/write_text_file': 'WriteTextFileResponse',
  'terminal/create': 'CreateTerminalResponse',
  'terminal/output': 'TerminalOutputResponse',
  'terminal/wait_for_exit': 'WaitForTerminalExitResponse',
  'terminal/kill': 'KillTerminalResponse',
  'terminal/release': 'ReleaseTerminalResponse',
};

const mcpServers: McpServers = {
  program: { command: 'x', args: ['-y'], env: { KEY: 'v' } },
  web: { type: 'http', url: 'https://example.com', headers: { Authorization: 'x' } },
  stream: { type: 'sse', url: 'https://example.com', headers: {} },
};

const everyBlock: readonly ContentBlock[] = [
  { type: 'text', text: 'permission' },
  { type: 'image', data: 'aGk=', mimeType: 'image/png', uri: null },
  { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
  {
    type: 'resource_link',
    uri: 'file:///a',
    name: 'a',
    title: null,
    description: null,
    mimeType: null,
    size: null,
  },
  { type: 'resource', resource: { uri: 'file:///a', mimeType: null, text: 'x' } },
];

test('A1: everything that is sent to an agent is valid by the schema of ACP', async () => {
  const prompt = { image: true, audio: true, embeddedContext: true };
  const caps = {
    loadSession: true,
    promptCapabilities: prompt,
    mcpCapabilities: { http: true, sse: true },
    sessionCapabilities: { close: {}, resume: {}, fork: {}, delete: {}, additionalDirectories: {} },
  };
  const env = { FAKE_RECORD: record, FAKE_CAPS: JSON.stringify(caps) };
  {
    await using agent = await start(fakeAgent('scripted', { env }));
    const { session, host } = await open(agent, {
      additionalDirectories: [folder],
      mcpServers,
      answer: ({ kind }) => ({
        outcome: 'answered',
        answer:
          kind === 'permission'
            ? { kind: 'option', optionId: 'once' }
            : kind === 'url'
              ? { kind: 'accept' }
              : { kind: 'values', values: {} },
      }),
    });
    await session.prompt(everyBlock);
    const path = join(folder, 'a.txt');
    const ask = (line: string) => session.prompt([{ type: 'text', text: line }]);
    await ask('url one');
    await ask(
      'elicit {"mode":"form","message":"?","requestedSchema":{"properties":{"n":{"type":"integer","default":1}}}}',
    );
    await ask('questions meta');
    await ask(`client fs/write_text_file ${JSON.stringify({ path, content: 'x' })}`);
    await ask(`client fs/read_text_file ${JSON.stringify({ path })}`);
    await ask('terminal echo hello');
    await ask('kill sleep 1000');
    const hanging = session.prompt([{ type: 'text', text: 'say up\nhang' }]);
    await host.until(() => host.said.endsWith('up'));
    session.cancel();
    await hanging;
    await session.configure({ mode: 'code', options: { thinking: 'high' } });
    await open(agent, { forkOf: 'session-1', mcpServers });
    await session.close();
    const resumed = await open(agent, { previous: 'session-1' });
    await resumed.session.remove?.();
  }
  {
    const load = { ...env, FAKE_CAPS: JSON.stringify({ ...caps, sessionCapabilities: {} }) };
    await using agent = await start(fakeAgent('scripted', { env: load }));
    await open(agent, { previous: 'session-1' });
  }
  assertValid(record, { schema: 'v1', definitions, answers });
  rmSync(folder, { recursive: true, force: true });
});
