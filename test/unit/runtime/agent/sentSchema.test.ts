import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ContentBlock } from '../../../../src/protocol/content.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { open, start } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const record = join(folder, 'sent.ndjson');

interface Sent {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** Each method's own definition: the schema's union for all messages takes nearly anything. */
const definitions: Record<string, string> = {
  initialize: 'InitializeRequest',
  'session/new': 'NewSessionRequest',
  'session/load': 'LoadSessionRequest',
  'session/resume': 'ResumeSessionRequest',
  'session/prompt': 'PromptRequest',
  'session/cancel': 'CancelNotification',
  'session/close': 'CloseSessionRequest',
  'session/set_mode': 'SetSessionModeRequest',
  'session/set_config_option': 'SetSessionConfigOptionRequest',
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
    sessionCapabilities: { close: {}, resume: {}, additionalDirectories: {} },
  };
  const env = { FAKE_RECORD: record, FAKE_CAPS: JSON.stringify(caps) };
  {
    await using agent = await start(fakeAgent('scripted', { env }));
    const { session, host } = await open(agent, {
      additionalDirectories: ['/tmp'],
      answer: () => ({ outcome: 'answered', answer: { kind: 'option', optionId: 'once' } }),
    });
    await session.prompt(everyBlock);
    const hanging = session.prompt([{ type: 'text', text: 'say up\nhang' }]);
    await host.until(() => host.said.endsWith('up'));
    session.cancel();
    await hanging;
    await session.configure({ mode: 'code', options: { thinking: 'high' } });
    await session.close();
    await open(agent, { previous: 'session-1' });
  }
  {
    const load = { ...env, FAKE_CAPS: JSON.stringify({ ...caps, sessionCapabilities: {} }) };
    await using agent = await start(fakeAgent('scripted', { env: load }));
    await open(agent, { previous: 'session-1' });
  }
  const sent = readFileSync(record, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sent);
  rmSync(folder, { recursive: true, force: true });

  const schemaFile = createRequire(import.meta.url)
    .resolve('@agentclientprotocol/sdk')
    .replace(/dist[\\/].*/, 'schema/v1/schema.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(JSON.parse(readFileSync(schemaFile, 'utf8')) as object, 'acp');
  for (const message of sent) {
    const definition =
      message.method === undefined ? 'RequestPermissionResponse' : definitions[message.method];
    assert.ok(definition, `no schema is known for ${message.method}`);
    const value = message.method === undefined ? message.result : message.params;
    assert.ok(
      ajv.validate(`acp#/$defs/${definition}`, value),
      `${JSON.stringify(message)}: ${ajv.errorsText()}`,
    );
  }
  const methods = new Set(sent.map(({ method }) => method ?? 'an answer'));
  assert.deepEqual(
    [...methods].sort(),
    ['an answer', ...Object.keys(definitions)].sort(),
    'every kind of message was sent',
  );
});
