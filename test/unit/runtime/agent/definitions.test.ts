import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { McpServers } from '../../../../src/protocol/agentDefinition.ts';
import { agentDefinitions } from '../../../../src/runtime/agent/definitions.ts';

const home = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
after(() => rmSync(home, { recursive: true, force: true }));
let files = 0;

/** The definitions of an `agents.json` with this content. */
function withFile(content?: unknown) {
  const file = join(home, `agents-${files++}.json`);
  if (content !== undefined)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return { file, definitions: agentDefinitions({ file }) };
}

test('without any definition there is the Shell, and it is what no name means', () => {
  const { definitions } = withFile();
  assert.deepEqual(definitions.list({}), {
    agents: [
      {
        ...{ id: 'shell', name: 'Shell', source: 'builtin' },
        ...{ usable: true, updateAvailable: false, signIn: 'unknown' },
      },
    ],
    problems: [],
  });
  assert.deepEqual(definitions.resolve(undefined, {}).record, { id: 'shell', name: 'Shell', kind: 'shell' });
});

test('agents come from the file, and from settings, which win', () => {
  const { definitions } = withFile({
    agents: { a: { command: 'a-cli', env: { KEY: 'secret' } }, b: { command: 'b-cli', name: 'B' } },
  });
  const settings = { b: { command: 'other', args: ['--acp'], isolate: true } };
  assert.deepEqual(
    definitions.list(settings).agents.map(({ id, source, command }) => [id, source, command]),
    [
      ['shell', 'builtin', undefined],
      ['a', 'file', 'a-cli'],
      ['b', 'settings', 'other'],
    ],
  );
  assert.deepEqual(definitions.resolve('a', settings), {
    record: {
      id: 'a',
      name: 'a',
      kind: 'acp',
      command: 'a-cli',
      args: [],
      envNames: ['KEY'],
      isolate: false,
    },
    env: { KEY: 'secret' },
  });
  assert.equal(definitions.resolve('b', settings).record.isolate, true);
});

test('a broken entry is reported by name and the rest still work', () => {
  const { definitions, file } = withFile({ agents: { good: { command: 'x' }, bad: { args: 'no' } } });
  const { agents, problems } = definitions.list({ worse: 7 });
  assert.deepEqual(
    agents.map(({ id }) => id),
    ['shell', 'good'],
  );
  assert.deepEqual(
    problems.map(({ agent, source }) => [agent, source]),
    [
      ['bad', 'file'],
      ['worse', 'settings'],
    ],
  );
  assert.match(problems[0]?.problem ?? '', /command is missing/);
  assert.throws(() => definitions.resolve('bad', {}), {
    kind: 'agentDefinitionBroken',
    message: new RegExp(`“bad” in .*${file.split('/').at(-1)}`),
  });
  assert.throws(() => definitions.resolve('worse', { worse: 7 }), {
    kind: 'agentDefinitionBroken',
    message: /in the settings/,
  });
});

test('a file that is not JSON is named, and settings still work', () => {
  const { definitions, file } = withFile('{ agents: }');
  const { agents, problems } = definitions.list({ s: { command: 's' } });
  assert.deepEqual(
    agents.map(({ id }) => id),
    ['shell', 's'],
  );
  assert.equal(problems.length, 1);
  assert.ok(problems[0]?.problem.startsWith(`${file}: is not JSON`));
  assert.equal(withFile({ agents: [] }).definitions.list({}).problems.length, 1);
});

test('an unknown agent is named with the known ones', () => {
  const { definitions } = withFile({ agents: { a: { command: 'a' } } });
  assert.throws(() => definitions.resolve('nope', {}), {
    kind: 'agentUnknown',
    message: 'There is no agent “nope”. Known agents: shell, a.',
  });
});

test('a recorded agent is restored with today’s values, and a missing value is named', () => {
  const { definitions } = withFile({ agents: { a: { command: 'new-cli', env: { KEY: 'now' } } } });
  const record = {
    id: 'a',
    name: 'A',
    kind: 'acp',
    command: 'old-cli',
    args: [],
    envNames: ['KEY'],
  } as const;
  assert.deepEqual(definitions.restore({ ...record, args: [], envNames: ['KEY'] }), {
    record,
    env: { KEY: 'now' },
  });
  assert.throws(() => definitions.restore({ ...record, args: [], envNames: ['KEY', 'TOKEN'] }), {
    kind: 'agentStartFailed',
    message: /values of TOKEN/,
  });
});

test('a record without the secret among its arguments is restored with those of today’s definition (C5)', () => {
  const { definitions } = withFile({ agents: { a: { command: 'new-cli', args: ['--key', 'now'] } } });
  const record = { id: 'a', name: 'A', kind: 'acp', command: 'old-cli' } as const;
  const restored = definitions.restore({ ...record, args: ['--key', '[redacted]'] });
  assert.deepEqual(restored.record, { ...record, args: ['--key', 'now'] });
  assert.deepEqual(definitions.restore({ ...record, args: ['--old'] }).record.args, ['--old']);
  assert.throws(() => definitions.restore({ ...record, id: 'gone', args: ['[redacted]'] }), {
    kind: 'agentUnknown',
  });
});

test('MCP servers for all agents stand below an agent’s own of the same name; a broken one is named (P1, A8)', () => {
  const program = (command: string) => ({ command });
  const { definitions } = withFile({
    mcpServers: { files: program('of-file'), web: program('of-file'), broken: { url: 7 } },
    agents: { a: { command: 'a', mcpServers: { own: program('own'), web: program('own') } } },
  });
  const settings = { '*': { mcpServers: { files: program('of-settings'), more: program('of-settings') } } };
  const commands = (servers: McpServers = {}) =>
    Object.fromEntries(
      Object.entries(servers).map(([name, server]) => [name, 'command' in server && server.command]),
    );
  const resolved = definitions.resolve('a', settings);
  const expected = { files: 'of-settings', web: 'own', more: 'of-settings', own: 'own' };
  assert.deepEqual(commands(resolved.mcpServers), expected);
  assert.deepEqual(new Set(resolved.record.mcpServerNames), new Set(Object.keys(expected)));
  assert.deepEqual(commands(definitions.restore(resolved.record, settings).mcpServers), expected);
  const { agents, problems } = definitions.list(settings);
  assert.deepEqual(
    agents.map(({ id }) => id),
    ['shell', 'a'],
  );
  assert.deepEqual(
    problems.map(({ agent, source }) => [agent, source]),
    [['mcpServers.broken', 'file']],
  );
  assert.deepEqual(withFile({ mcpServers: {} }).definitions.list({}).problems, []);
});
