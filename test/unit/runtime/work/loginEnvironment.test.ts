import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loginEnvironment } from '../../../../src/runtime/work/loginEnvironment.ts';

const posix = { skip: process.platform === 'win32' };

/** A login shell that does what a script says before it runs the command it is given last. */
function shell(t: TestContext, startUp: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-login-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sh');
  writeFileSync(file, `#!/bin/sh\n${startUp}\neval "$4"\n`);
  chmodSync(file, 0o755);
  return file;
}

test(
  'P6: started from the desktop, agents get the PATH and the variables of the login shell',
  posix,
  async (t) => {
    const SHELL = shell(t, 'echo welcome; export PATH=/opt/mine:/usr/bin; export NEW="two\nlines" KEY=shell');
    const given = { SHELL, PATH: '/usr/bin:/bin', KEY: 'desktop', ONLY: 'desktop' };
    const environment = await loginEnvironment(given, { timeoutMs: 100_000 });
    assert.equal(environment['PATH'], '/opt/mine:/usr/bin:/bin');
    assert.equal(environment['NEW'], 'two\nlines');
    assert.equal(environment['KEY'], 'shell');
    assert.equal(environment['ONLY'], 'desktop');
    assert.equal(environment['PWD'], undefined);
  },
);

test('P6: started from a terminal, the environment is the one it is started with', posix, async (t) => {
  const SHELL = shell(t, 'export KEY=shell');
  const given = { SHELL, SHLVL: '1', KEY: 'terminal', NOTHING: undefined };
  assert.deepEqual(await loginEnvironment(given), { SHELL, SHLVL: '1', KEY: 'terminal' });
});

for (const [title, startUp] of [
  ['hangs', 'sleep 1000'],
  ['ends by itself', 'exit 0'],
  ['asks something', 'read answer; read answer; exit 1'],
] as const) {
  test(`P6: a login shell whose start-up ${title} adds nothing, and says so`, posix, async (t) => {
    const given = { SHELL: shell(t, startUp), PATH: '/bin' };
    const problems: string[] = [];
    const environment = await loginEnvironment(given, {
      timeoutMs: 500,
      onProblem: (text) => problems.push(text),
    });
    assert.deepEqual(environment, given);
    assert.match(problems.join(), /did not tell its environment/u);
  });
}

test('P6: a shell that goes on in the background after it told is not waited for', posix, async (t) => {
  const SHELL = shell(t, 'sleep 1000 & export KEY=shell');
  const environment = await loginEnvironment({ SHELL, PATH: '/usr/bin:/bin' }, { timeoutMs: 100_000 });
  assert.equal(environment['KEY'], 'shell');
});
