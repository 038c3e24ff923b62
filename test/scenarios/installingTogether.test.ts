import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Connection } from '../../src/client/index.ts';
import type { AgentJob } from '../../src/protocol/methods/agentMethods.ts';
import { fakePackage } from '../support/packages/fakePackage.ts';
import { registryServer } from '../support/packages/registryServer.ts';
import { testHome } from '../support/testHome.ts';
import { binaryAgent, npmAgent } from '../unit/runtime/agents/harness.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A runtime that knows only the registry of the test, and two windows on it with what each is told of installs. */
async function windows(t: TestContext) {
  const server = await registryServer(t);
  const slow = { ...binaryAgent(`${server.url}/slow.tar.gz`), id: 'slow', name: 'Slow' };
  server.index = { agents: [npmAgent('1.0.0'), slow] };
  server.publish(await fakePackage('1.0.0'));
  server.stuck.add('/slow.tar.gz');
  const { home, connect } = testHome(t);
  const env = {
    ...process.env,
    HOLDFAST_HOME: home,
    HOLDFAST_REGISTRY_URL: `${server.url}/index.json`,
    npm_config_registry: server.url,
    npm_config_cache: path.join(home, '..', 'npm-cache'),
  };
  const started = spawnSync(process.execPath, [cli, 'runtime', 'start'], { env, encoding: 'utf8' });
  assert.equal(started.status, 0, started.stderr);
  const open = async () => {
    const connection = await connect({ mayLaunch: false });
    const jobs: AgentJob[] = [];
    const first = new Promise<void>((resolve) =>
      connection.onAgentProgress(({ job }) => {
        jobs.push(job);
        if (job.step === 'downloading') resolve();
      }),
    );
    return { connection, jobs, first };
  };
  const all = [await open(), await open()] as const;
  await all[0].connection.request('agent/list', { available: true, refresh: true });
  return { server, home, all };
}

const install = ({ connection }: { connection: Connection }, agent: string) =>
  connection.request('agent/install', { agent });

test('two windows that install the same agent at once share one job, and both have it (A8)', async (t) => {
  const { server, all } = await windows(t);
  const results = await Promise.all(all.map((window) => install(window, 'fake')));
  assert.deepEqual(
    results.map(({ version }) => version),
    ['1.0.0', '1.0.0'],
  );
  const fetched = server.asked.filter((asked) => asked.endsWith('/1.0.0.tgz'));
  assert.equal(fetched.length, 1, 'the package was fetched once');
  for (const { connection, jobs } of all) {
    assert.ok(jobs.some(({ step, version }) => step === 'installing' && version === '1.0.0'));
    const { agents } = await connection.request('agent/list', {});
    assert.equal(agents.find(({ id }) => id === 'fake')?.installedVersion, '1.0.0');
  }
});

test('an install that one of two windows cancels ends for both, and leaves nothing (A8)', async (t) => {
  const { server, home, all } = await windows(t);
  const [one, two] = all;
  const waiting = all.map((window) => assert.rejects(install(window, 'slow'), { kind: 'aborted' }));
  await Promise.all([one.first, two.first]);
  const { agents } = await two.connection.request('agent/list', { available: true });
  assert.equal(agents.find(({ id }) => id === 'slow')?.job?.step, 'downloading');
  assert.deepEqual(await two.connection.request('agent/cancelInstall', { agent: 'slow' }), {
    cancelled: true,
  });
  await Promise.all(waiting);
  assert.equal(server.asked.filter((asked) => asked === '/slow.tar.gz').length, 1);
  assert.deepEqual(readdirSync(path.join(home, 'agents')), ['registry.json']);
  assert.deepEqual(await one.connection.request('agent/cancelInstall', { agent: 'slow' }), {
    cancelled: false,
  });
});
