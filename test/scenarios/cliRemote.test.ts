import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Deferred } from '../../src/base/deferred.ts';
import { holdfast, jsonLines } from '../support/terminalProgram.ts';
import { testHome } from '../support/testHome.ts';

test('runtime --listen says where it listens and where the token is; its sessions show their host in ls, and a broken remote keeps nothing from the others', async (t) => {
  const far = testHome(t);
  const near = testHome(t);
  await near.connect();
  let listening: ChildProcess | undefined;
  const told = new Deferred<{ readonly url: string; readonly tokenFile: string }>();
  const served = holdfast(['runtime', '--listen', '127.0.0.1:0', '--json'], {
    ...{ home: far.home, cwd: far.work },
    onOutput(stdout, child) {
      listening = child;
      if (stdout.includes('\n')) told.resolve(JSON.parse(stdout) as { url: string; tokenFile: string });
    },
  });
  const { url, tokenFile } = await told.promise;
  assert.ok(readFileSync(tokenFile, 'utf8').trim().length >= 32);
  const remotes = { box: { url, tokenFile }, gone: { url: 'ws://127.0.0.1:1', token: 'x' }, broken: {} };
  writeFileSync(path.join(near.home, 'remotes.json'), JSON.stringify({ remotes }));
  const run = (...args: string[]) => holdfast(args, { home: near.home, cwd: near.work });

  const missing = await run('new', '--remote', 'box');
  assert.deepEqual([missing.code, /--cwd/u.test(missing.stderr)], [2, true]);
  const made = await run('new', '--remote', 'box', '--cwd', far.work);
  assert.equal(made.code, 0, made.stderr);
  const id = made.stdout.trim();
  const prompted = await run('prompt', id.slice(0, 8), 'pwd', '--wait', '--remote', 'box');
  assert.deepEqual([prompted.code, prompted.stdout.trim()], [0, far.work], prompted.stderr);
  const own = (await run('new')).stdout.trim();

  const listed = await run('ls', '--json');
  assert.equal(listed.code, 0);
  assert.deepEqual(
    new Map(jsonLines(listed.stdout).map((row) => [row['id'], row['host']])),
    new Map([
      [own, undefined],
      [id, 'box'],
    ]),
  );
  assert.match(listed.stderr, /gone: .*cannot be reached/u);
  assert.match(listed.stderr, /broken: .*url/u);
  assert.match((await run('ls')).stdout, /HOST/u);
  assert.deepEqual(jsonLines((await run('ls', '--json', '--local')).stdout).length, 1);
  assert.equal((await run('ls', '--remote', 'gone')).code, 1);
  assert.equal((await run('ls', '--remote', 'nowhere')).code, 2);

  listening?.kill('SIGINT');
  assert.equal((await served).code, 0);
  assert.equal((await run('ls', '--remote', 'box')).code, 1);
});

test('runtime --listen warns when others can reach it without TLS, and refuses what makes no sense', async (t) => {
  const { home, work } = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home, cwd: work });
  assert.equal((await run('runtime', '--listen', 'a:b:c')).code, 2);
  assert.equal((await run('runtime', '--listen', '--tls-cert', 'x.pem')).code, 2);
  const open = await holdfast(['runtime', '--listen', '0.0.0.0:0'], {
    ...{ home, cwd: work, env: { HOLDFAST_TOKEN: 'a token from the environment' } },
    onOutput: (_, child) => child.kill('SIGINT'),
  });
  assert.equal(open.code, 0, open.stderr);
  assert.match(open.stdout, /^ws:\/\/0\.0\.0\.0:\d+/u);
  assert.doesNotMatch(open.stdout + open.stderr, /a token from/u, 'the token itself is never printed');
});
