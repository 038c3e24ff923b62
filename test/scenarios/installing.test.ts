import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { npmAgent } from '../unit/runtime/agents/harness.ts';
import { fakePackage } from '../support/packages/fakePackage.ts';
import { registryServer } from '../support/packages/registryServer.ts';
import { testHome } from '../support/testHome.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A data directory whose runtime knows only the registry of the test; `holdfast` runs a command line in it. */
async function place(t: TestContext) {
  const server = await registryServer(t);
  const { home, work } = testHome(t);
  const binary = { id: 'slow', name: 'Slow', version: '1.0.0' };
  const slow = { ...binary, distribution: { binary: platforms(`${server.url}/slow.tar.gz`) } };
  server.index = { agents: [npmAgent('1.0.0'), slow] };
  server.publish(await fakePackage('1.0.0'));
  server.stuck.add('/slow.tar.gz');
  const env = {
    ...process.env,
    HOLDFAST_HOME: home,
    HOLDFAST_REGISTRY_URL: `${server.url}/index.json`,
    npm_config_registry: server.url,
    npm_config_cache: path.join(home, '..', 'npm-cache'),
  };
  const holdfast = (args: readonly string[], onStderr?: (text: string, interrupt: () => void) => void) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [cli, ...args], {
        cwd: work,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        onStderr?.(stderr, () => child.kill('SIGINT'));
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  return { home, server, holdfast };
}

const platforms = (archive: string): object =>
  Object.fromEntries(
    ['linux-x86_64', 'linux-aarch64', 'darwin-x86_64', 'darwin-aarch64', 'windows-x86_64'].map((key) => [
      key,
      { archive, cmd: './slow' },
    ]),
  );

test('from nothing to an answer: an agent is listed, installed, used, updated and removed in the terminal (A8)', async (t) => {
  const { server, holdfast } = await place(t);
  const list = async (...more: string[]) => {
    const { stdout } = await holdfast(['agents', 'ls', '--json', '--all', ...more]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return rows.find(({ id }) => id === 'fake');
  };
  const before = await list('--refresh');
  assert.deepEqual([before?.['usable'], before?.['version']], [false, '1.0.0']);
  const early = await holdfast(['run', '--agent', 'fake', 'say hello']);
  assert.equal(early.code, 1);
  assert.match(early.stderr, /Fake is not installed\. Install it with `holdfast agents install fake`/u);

  const installed = await holdfast(['agents', 'install', 'fake']);
  assert.deepEqual([installed.code, installed.stdout], [0, '']);
  assert.match(installed.stderr, /fake 1\.0\.0: installing\n(.*\n)*fake 1\.0\.0 is installed\n/u);
  const used = await holdfast(['run', '--agent', 'fake', 'say hello']);
  assert.deepEqual([used.code, used.stdout.trim()], [0, 'hello']);

  server.index = { agents: [npmAgent('1.1.0')] };
  server.publish(await fakePackage('1.1.0'));
  assert.match((await holdfast(['agents', 'update'])).stderr, /fake 1\.1\.0 is installed/u);
  const after = await list();
  assert.deepEqual([after?.['usable'], after?.['installedVersion']], [true, '1.1.0']);
  assert.match((await holdfast(['agents', 'update'])).stderr, /everything is up to date/u);

  assert.match((await holdfast(['agents', 'rm', 'fake'])).stderr, /removed fake/u);
  assert.equal((await holdfast(['agents', 'install', 'nobody'])).code, 1);
  assert.equal((await holdfast(['agents', 'fetch'])).code, 2);
});

test('Ctrl-C gives an install up, and nothing is left (A8)', async (t) => {
  if (process.platform === 'win32') return t.skip('there is no SIGINT to send');
  const { home, holdfast } = await place(t);
  await holdfast(['agents', 'ls', '--all', '--refresh']);
  let interrupted = false;
  const { code, stderr } = await holdfast(['agents', 'install', 'slow'], (said, interrupt) => {
    if (!interrupted && /downloading/u.test(said)) interrupt();
    interrupted ||= /downloading/u.test(said);
  });
  assert.equal(code, 3);
  assert.match(stderr, /cancelled/u);
  assert.deepEqual(readdirSync(path.join(home, 'agents')), ['registry.json']);
});
