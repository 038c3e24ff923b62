import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { npmFor } from '../../../../src/runtime/agents/nodeProgram.ts';
import { findOnPath, PROGRAMS } from '../../../../src/runtime/agents/programs.ts';
import { Registry } from '../../../../src/runtime/agents/registry.ts';
import { distributionFor, platformKey, readIndex } from '../../../../src/runtime/agents/registryIndex.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import snapshot from '../../../../src/runtime/agents/snapshot.json' with { type: 'json' };
import { fakePackage } from '../../../support/packages/fakePackage.ts';
import { registryServer } from '../../../support/packages/registryServer.ts';
import { directory } from '../agent/harness.ts';
import { catalogue, npmAgent } from './harness.ts';

const program = (folder: string, name: string): string => {
  const file = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
  writeFileSync(file, '', { mode: 0o755 });
  return file;
};

test('the snapshot is an index whose every agent can be read and comes with an exact version (A8)', () => {
  const agents = readIndex(snapshot);
  assert.equal(agents.size, snapshot.agents.length);
  assert.ok(agents.size >= 15);
  for (const id of Object.keys(PROGRAMS)) assert.ok(agents.has(id), `${id} is known by name`);
  for (const agent of agents.values())
    assert.notEqual(distributionFor(agent, 'linux-x86_64'), undefined, agent.id);
  assert.deepEqual(
    [platformKey('win32', 'x64'), platformKey('darwin', 'arm64')],
    ['windows-x86_64', 'darwin-aarch64'],
  );
});

test('of the registry < PATH < agents.json < settings the last wins, and one without a command changes the one below (A8)', async (t) => {
  const bin = directory(t);
  const gemini = { ...npmAgent(), id: 'gemini', name: 'Gemini CLI' };
  const { server, made, definitions, home } = await catalogue(t, () => [gemini]);
  server.publish(await fakePackage('1.0.0'));
  const source = (settings = {}): string | undefined =>
    definitions.list(settings).agents.find(({ id }) => id === 'gemini')?.source;
  assert.equal(source(), undefined);
  assert.throws(() => definitions.resolve('gemini', {}), {
    kind: 'agentNotInstalled',
    message: /Gemini CLI is not installed\. Install it with `holdfast agents install gemini`/u,
  });
  await made.install('gemini');
  assert.equal(source(), 'registry');
  const changed = definitions.resolve('gemini', { gemini: { env: { MORE: '1' }, warm: true, mode: 'plan' } });
  assert.deepEqual(changed.env, { FAKE: 'yes', MORE: '1' });
  assert.deepEqual([changed.record.warm, changed.record.mode], [true, 'plan']);
  assert.deepEqual(changed.record.args?.slice(1), ['--acp']);

  const onPath = program(bin, 'gemini');
  const found = await catalogue(t, () => [gemini], { path: bin });
  assert.equal(found.definitions.resolve('gemini', {}).record.command, onPath);
  assert.deepEqual(found.definitions.resolve('gemini', {}).record.args, ['--experimental-acp']);

  const file = { agents: { gemini: { command: 'from-file' } } };
  writeFileSync(path.join(home, 'agents.json'), JSON.stringify(file));
  assert.equal(definitions.resolve('gemini', {}).record.command, 'from-file');
  assert.equal(source({ gemini: { command: 'from-settings' } }), 'settings');
});

test('a change to an agent that is not installed waits for it; to one that nobody knows, it is a problem (A8)', async (t) => {
  const { definitions } = await catalogue(t, () => [npmAgent()]);
  const { agents, problems } = definitions.list({ fake: { warm: true }, nobody: { warm: true } });
  assert.deepEqual(
    agents.map(({ id }) => id),
    ['shell'],
  );
  assert.deepEqual(
    problems.map(({ agent }) => agent),
    ['nobody'],
  );
  assert.throws(() => definitions.resolve('fake', { fake: { warm: true } }), { kind: 'agentNotInstalled' });
});

test('a workspace defines no command: relative folders on PATH are not looked in (A8)', (t) => {
  const here = directory(t);
  program(here, 'codex-acp');
  const { PATHEXT } = process.env;
  const before = process.cwd();
  process.chdir(here);
  t.after(() => process.chdir(before));
  for (const PATH of ['', '.', 'bin', `.${path.delimiter}`])
    assert.equal(findOnPath('codex-acp', { PATH, Path: PATH, PATHEXT }), undefined, PATH);
  assert.equal(
    findOnPath('codex-acp', { PATH: here, Path: here, PATHEXT }),
    path.join(here, process.platform === 'win32' ? 'codex-acp.exe' : 'codex-acp'),
  );
});

test('npm is found beside Node and on PATH, and its absence is noticed (A8)', (t) => {
  const folder = directory(t);
  const node = path.join(folder, 'bin', 'node');
  assert.equal(npmFor({ PATH: folder }, node), undefined);
  const script = path.join(folder, 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  mkdirSync(path.dirname(script), { recursive: true });
  writeFileSync(script, '');
  assert.deepEqual(npmFor({ PATH: '' }, node)?.args, [script]);
});

test('the index is asked for conditionally, at most once a day, kept at home, and never needed (A8)', async (t) => {
  const server = await registryServer(t);
  const url = `${server.url}/index.json`;
  const file = path.join(directory(t), 'agents', 'registry.json');
  let now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const open = (): Registry => new Registry({ file, url, clock, log: silentLog });
  const indexes = (): number => server.asked.length;

  const unreached = new Registry({ file, url: 'http://127.0.0.1:1/', clock, log: silentLog });
  assert.equal(await unreached.refresh(), false);
  assert.ok(unreached.agents.has('claude-acp'), 'the snapshot stands in');

  server.index = { agents: [npmAgent('1.0.0'), { id: 'broken' }] };
  const first = open();
  assert.equal(await first.refresh(), true);
  assert.deepEqual([...first.agents.keys()], ['fake']);
  assert.equal(await first.refresh(), false);
  assert.equal(indexes(), 1, 'once a day');
  const second = open();
  assert.deepEqual([...second.agents.keys()], ['fake'], 'kept');
  now += 25 * 60 * 60_000;
  assert.equal(await second.refresh(), false, 'not modified');
  assert.equal(indexes(), 2);
  server.index = { agents: [] };
  assert.equal(await second.refresh({ force: true }), false, 'an index without agents is none');
  assert.deepEqual([...second.agents.keys()], ['fake']);
  writeFileSync(file, 'no JSON');
  assert.ok(open().agents.has('claude-acp'), 'what was kept and is damaged is fetched again');
  assert.match(readFileSync(file, 'utf8'), /no JSON/u);
});

test('an index that is too large or no JSON changes nothing (A8)', async (t) => {
  const server = await registryServer(t);
  const registry = (name: string): Registry =>
    new Registry({
      ...{
        file: path.join(directory(t), 'r.json'),
        url: server.url + name,
        clock: systemClock,
        log: silentLog,
      },
    });
  server.files.set('/large', Buffer.alloc(9 * 1024 * 1024, ' '));
  server.files.set('/text', Buffer.from('<html>'));
  for (const name of ['/large', '/text', '/absent']) {
    const made = registry(name);
    assert.equal(await made.refresh(), false, name);
    assert.ok(made.agents.has('claude-acp'), name);
  }
});
