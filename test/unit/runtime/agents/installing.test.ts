import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { AgentJob } from '../../../../src/protocol/methods/agentMethods.ts';
import { tarGz } from '../../../support/packages/archives.ts';
import { fakePackage } from '../../../support/packages/fakePackage.ts';
import { directory } from '../agent/harness.ts';
import { binaryAgent, catalogue, npmAgent } from './harness.ts';

const archive = await tarGz([{ name: 'bin/fake', contents: '#!/bin/sh\n' }]);
const sha256 = createHash('sha256').update(archive).digest('hex');

/** What stands in the folder of agents, without the index. */
const left = (folder: string): string[] => readdirSync(folder).filter((name) => name !== 'registry.json');

test('a program in an archive is fetched, checked, unpacked, and run from its private folder (A8)', async (t) => {
  const { server, made, definitions, folder } = await catalogue(t, ({ url }) => [
    binaryAgent(`${url}/fake-1.0.0.tar.gz`, { sha256, args: ['acp'], env: { QUIET: '1' } }),
  ]);
  server.files.set('/fake-1.0.0.tar.gz', archive);
  const jobs: AgentJob[] = [];
  made.onProgress(({ job }) => jobs.push(job));
  assert.deepEqual(await made.install('fake'), { agent: 'fake', version: '1.0.0', warnings: [] });
  const { record, env } = definitions.resolve('fake', {});
  assert.equal(record.command, path.join(folder, 'fake', '1.0.0', 'files', 'bin', 'fake'));
  assert.deepEqual([record.args, env], [['acp'], { QUIET: '1' }]);
  assert.deepEqual([...new Set(jobs.map(({ step }) => step))], ['downloading', 'unpacking']);
  assert.equal(jobs.find(({ totalBytes }) => totalBytes !== undefined)?.totalBytes, archive.length);
  const [entry] = made.describe(definitions.list({}).agents, { available: true }).slice(1);
  assert.deepEqual([entry?.source, entry?.installedVersion, entry?.usable], ['registry', '1.0.0', true]);
});

test('without a hash an install goes on with a warning; with another hash it does not (A8)', async (t) => {
  const { server, made, folder } = await catalogue(t, ({ url }) => [
    binaryAgent(`${url}/fake.tar.gz`),
    { ...binaryAgent(`${url}/fake.tar.gz`, { sha256: 'a'.repeat(64) }), id: 'other' },
  ]);
  server.files.set('/fake.tar.gz', archive);
  const { warnings } = await made.install('fake');
  assert.match(warnings.join(), /gives no hash for fake\.tar\.gz/u);
  await assert.rejects(made.install('other'), {
    kind: 'agentInstallFailed',
    message: new RegExp(`is not what the registry says \\(SHA-256 ${sha256}`, 'u'),
  });
  assert.deepEqual(left(folder), ['fake']);
  assert.match(made.states.get('other').lastError ?? '', /not what the registry says/u);
});

test('two that install at once share the work, and get the same (A8)', async (t) => {
  const { server, made } = await catalogue(t, ({ url }) => [binaryAgent(`${url}/fake.tar.gz`, { sha256 })]);
  server.files.set('/fake.tar.gz', archive);
  const [one, two] = await Promise.all([made.install('fake'), made.install('fake')]);
  assert.deepEqual(one, two);
  assert.equal(server.asked.filter((path) => path === '/fake.tar.gz').length, 1);
  await made.install('fake');
  assert.equal(server.asked.filter((path) => path === '/fake.tar.gz').length, 1, 'what is there stays');
});

test('a cancelled download leaves nothing, for all who waited, and can be begun again (A8)', async (t) => {
  const { server, made, folder } = await catalogue(t, ({ url }) => [binaryAgent(`${url}/fake.tar.gz`)]);
  server.files.set('/fake.tar.gz', archive);
  server.stuck.add('/fake.tar.gz');
  const installs = [made.install('fake'), made.install('fake')];
  const ends = Promise.allSettled(installs);
  await server.askedFor('/fake.tar.gz');
  assert.equal(await made.cancel('fake'), true);
  for (const end of await ends)
    assert.ok(end.status === 'rejected' && (end.reason as { kind: string }).kind === 'aborted');
  assert.deepEqual(left(folder), []);
  assert.equal(made.states.get('fake').lastError, undefined, 'who cancels knows');
  assert.equal(await made.cancel('fake'), false);
  server.stuck.clear();
  assert.equal((await made.install('fake')).version, '1.0.0');
});

test('a disk that is full in the middle leaves nothing, and is said so (A8)', async (t) => {
  const write = (): Writable =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })),
    });
  const { server, made, folder } = await catalogue(
    t,
    ({ url }) => [binaryAgent(`${url}/fake.tar.gz`, { sha256 })],
    { write },
  );
  server.files.set('/fake.tar.gz', archive);
  await assert.rejects(made.install('fake'), {
    kind: 'agentInstallFailed',
    message: /Fake was not installed: no space is left on the disk\. Free some/u,
  });
  assert.deepEqual(left(folder), []);
});

test('an archive that is not there, is hostile, or has no such program is one clear message, and the list still works (A8)', async (t) => {
  const { server, made, folder, definitions } = await catalogue(t, ({ url }) => [
    binaryAgent(`${url}/gone.tar.gz`),
    { ...binaryAgent(`${url}/evil.tar.gz`), id: 'evil' },
    { ...binaryAgent(`${url}/empty.tar.gz`), id: 'empty' },
    { ...binaryAgent(`${url}/empty.tar.gz`, { cmd: '../../../bin/sh' }), id: 'outside' },
    { ...binaryAgent('http://example.invalid/a.zip'), id: 'insecure' },
    { ...binaryAgent(`${url}/x`), id: '../escape' },
    { id: 'broken' },
  ]);
  server.files.set('/evil.tar.gz', await tarGz([{ name: '../../evil', contents: 'x' }]));
  server.files.set('/empty.tar.gz', await tarGz([{ name: 'readme', contents: 'x' }]));
  const says = (id: string, message: RegExp): Promise<void> =>
    assert.rejects(made.install(id), { kind: 'agentInstallFailed', message });
  await says('fake', /could not be fetched: the server answered 404/u);
  await says('evil', /not safe to unpack: “\.\.\/\.\.\/evil”: it leads out of the folder/u);
  await says('empty', /has no program “\.\/bin\/fake”/u);
  await says('outside', /has no program “\.\.\/\.\.\/\.\.\/bin\/sh”/u);
  await says('insecure', /is no secure address/u);
  for (const id of ['../escape', 'broken', 'nobody'])
    await assert.rejects(made.install(id), { kind: 'agentUnknown' });
  assert.deepEqual(left(folder), []);
  assert.equal(made.describe(definitions.list({}).agents, { available: true }).length, 6);
});

test('an agent that does not come for this platform says what to do instead (A8)', async (t) => {
  const { made } = await catalogue(t, () => [
    { ...npmAgent(), distribution: { binary: { 'plan9-mips': { archive: 'https://x/a.zip', cmd: 'a' } } } },
  ]);
  await assert.rejects(made.install('fake'), {
    message: /does not come for .* name its command in the setting/u,
  });
});

test('a package of npm is installed in its exact version and run with Node, without npx (A8)', async (t) => {
  const { server, made, definitions, folder } = await catalogue(t, () => [npmAgent('1.0.0')]);
  server.publish(await fakePackage('1.0.0'));
  server.publish(await fakePackage('2.0.0'));
  assert.equal((await made.install('fake')).version, '1.0.0');
  const { record, env } = definitions.resolve('fake', {});
  assert.equal(record.command, process.execPath);
  assert.deepEqual(record.args?.slice(1), ['--acp']);
  assert.equal(env['FAKE'], 'yes');
  const package1 = path.join(folder, 'fake', '1.0.0', 'node_modules', '@test', 'fake-agent');
  assert.equal(record.args?.[0], path.join(package1, 'agent.mjs'));
  assert.match(readFileSync(path.join(package1, 'package.json'), 'utf8'), /"1\.0\.0"/u);
  assert.equal((await made.install('fake', '2.0.0')).version, '2.0.0');
});

test('of install scripts only the agent’s own run (A8)', async (t) => {
  const { server, made, folder } = await catalogue(t, () => [npmAgent('1.0.0')]);
  const mark = (file: string): Record<string, string> => ({
    postinstall: `node -e "require('fs').writeFileSync('${file}','')"`,
  });
  server.publish(
    await fakePackage('1.0.0', { scripts: mark('ran'), dependencies: { '@test/below': '1.0.0' } }),
  );
  server.publish(await fakePackage('1.0.0', { name: '@test/below', scripts: mark('ran') }));
  await made.install('fake');
  const modules = path.join(folder, 'fake', '1.0.0', 'node_modules', '@test');
  assert.equal(existsSync(path.join(modules, 'fake-agent', 'ran')), true);
  assert.equal(existsSync(path.join(modules, 'below', 'agent.mjs')), true);
  assert.equal(existsSync(path.join(modules, 'below', 'ran')), false);
});

test('a version that npm does not know, and an own script that fails, leave nothing (A8)', async (t) => {
  const { server, made, folder } = await catalogue(t, () => [npmAgent('1.0.0')]);
  await assert.rejects(made.install('fake'), { message: /found no such version/u });
  server.publish(await fakePackage('1.0.0', { scripts: { postinstall: 'node -e "process.exit(3)"' } }));
  await assert.rejects(made.install('fake'), { message: /`npm rebuild @test\/fake-agent` ended with code/u });
  await assert.rejects(made.install('fake', 'latest'), { message: /no exact version/u });
  await assert.rejects(made.install('fake', '1.0.0 --global'), { message: /no exact version/u });
  assert.deepEqual(left(folder), []);
});

test('a package that names a program outside its folder is refused (A8)', async (t) => {
  const { server, made } = await catalogue(t, () => [npmAgent('1.0.0')]);
  server.publish(await fakePackage('1.0.0', { bin: { 'fake-agent': '../../../../../../bin/sh' } }));
  await assert.rejects(made.install('fake'), { kind: 'agentInstallFailed' });
});

test('what is needed to install and is not there is named, with where to get it (A8)', async (t) => {
  const python = { ...npmAgent(), id: 'python', distribution: { uvx: { package: 'fake==1.0.0' } } };
  const { made, folder } = await catalogue(t, () => [npmAgent(), python], { path: directory(t) });
  await assert.rejects(made.install('python'), {
    kind: 'agentInstallFailed',
    message: /uv was not found\. Install uv \(https:.*, then install Fake again/u,
  });
  assert.deepEqual(left(folder), []);
});

test('a Python package is installed with uv, into an environment that may be moved (A8)', async (t) => {
  if (process.platform === 'win32') return t.skip('the stand-in for uv is a shell script');
  const tools = directory(t);
  const script = [
    '#!/bin/sh',
    `echo "$@" >> ${path.join(tools, 'log')}`,
    'if [ "$1" = venv ]; then /bin/mkdir -p "$3/bin"; else echo "#!/bin/sh" > "$4/bin/fake-acp"; fi',
  ].join('\n');
  writeFileSync(path.join(tools, 'uv'), script, { mode: 0o755 });
  const agent = { ...npmAgent(), distribution: { uvx: { package: 'fake-acp==1.2.3', args: ['-x'] } } };
  const { made, definitions, folder } = await catalogue(t, () => [agent], { path: tools });
  assert.equal((await made.install('fake')).version, '1.2.3');
  const { record } = definitions.resolve('fake', {});
  assert.equal(record.command, path.join(folder, 'fake', '1.2.3', 'venv', 'bin', 'fake-acp'));
  const log = readFileSync(path.join(tools, 'log'), 'utf8');
  assert.match(log, /^venv --relocatable .*\npip install --python .* fake-acp==1\.2\.3 /u);
});

test('an update takes the registry’s version, and sessions of the one before go on with it (A8)', async (t) => {
  const { server, made, definitions } = await catalogue(t, () => [npmAgent('1.0.0')]);
  server.publish(await fakePackage('1.0.0'));
  server.publish(await fakePackage('1.1.0'));
  await assert.rejects(made.update('fake'), { kind: 'agentNotInstalled' });
  await made.install('fake');
  const before = definitions.resolve('fake', {}).record;
  server.index = { agents: [npmAgent('1.1.0')] };
  const told: unknown[] = [];
  made.onChange((agent) => told.push(agent));
  await made.look({ refresh: true });
  const [, entry] = made.describe(definitions.list({}).agents, { available: false });
  assert.deepEqual(
    [entry?.installedVersion, entry?.version, entry?.updateAvailable],
    ['1.0.0', '1.1.0', true],
  );
  assert.deepEqual(told, [undefined]);
  await made.update('fake');
  const after = definitions.resolve('fake', {}).record;
  assert.notDeepEqual(after.args, before.args);
  assert.deepEqual(definitions.restore(before).record, before, 'its files are still there');
  made.sweep();
  assert.deepEqual(definitions.restore(before).record, after, 'the next runtime took them away');
});

test('what an earlier runtime left half done is taken away, and what is whole stays (A8)', async (t) => {
  const { server, made, folder } = await catalogue(t, ({ url }) => [
    binaryAgent(`${url}/fake.tar.gz`, { sha256 }),
  ]);
  server.files.set('/fake.tar.gz', archive);
  await made.install('fake');
  mkdirSync(path.join(folder, '.staging-fake-1-x', 'files'), { recursive: true });
  made.sweep();
  assert.deepEqual(left(folder), ['fake']);
  assert.equal(await made.remove('fake'), true);
  assert.equal(await made.remove('fake'), false);
  assert.equal(await made.remove('../agents'), false);
  assert.deepEqual(left(folder), []);
});
