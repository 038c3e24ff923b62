import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Deferred } from '../../../../src/base/deferred.ts';
import { childEnvironment } from '../../../../src/runtime/work/environment.ts';
import { runCommand } from '../../../../src/runtime/work/commandRun.ts';
import { Valve } from '../../../../src/runtime/work/valve.ts';

const posix = { skip: process.platform === 'win32' };

/** Runs a command whose output goes through a valve; `seen` grows as it is read. */
function run(command: string, valve: Valve) {
  const seen = { text: '' };
  const abort = new AbortController();
  const started = new Deferred<void>();
  const result = runCommand({
    command,
    cwd: tmpdir(),
    env: childEnvironment(process.env, {}),
    signal: abort.signal,
    valve,
    onStarted: () => started.resolve(),
    onOutput: (_, text) => void (seen.text += text),
  });
  return { seen, abort, started: started.promise, result };
}

/** A file that a command makes to say how far it is, and the wait for it. */
function sign(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-valve-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sign');
  const given = async (): Promise<void> => {
    while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
  };
  return { file, given };
}

test(
  'while the valve is shut a command waits with what it printed, and nothing of it is lost (law 9)',
  posix,
  async (context) => {
    const { file, given } = sign(context);
    const valve = new Valve();
    valve.shut();
    const { seen, result } = run(`echo first; touch '${file}'; seq 1 100000; echo the end`, valve);
    let isOver = false;
    void result.then(() => (isOver = true));
    await given();
    assert.deepEqual([seen.text, isOver], ['', false]);
    valve.open();
    assert.equal((await result).exitCode, 0);
    assert.ok(seen.text.endsWith('100000\nthe end\n'));
  },
);

test(
  'a short command that ended in the meantime keeps its output until it may be read',
  posix,
  async (context) => {
    const { file, given } = sign(context);
    const valve = new Valve();
    valve.shut();
    const { seen, result } = run(`echo short; touch '${file}'`, valve);
    await given();
    assert.equal(seen.text, '');
    valve.open();
    await result;
    assert.equal(seen.text, 'short\n');
  },
);

test('a command that is ended while the valve is shut ends at once', posix, async () => {
  const valve = new Valve();
  valve.shut();
  const { started, result, abort } = run('yes', valve);
  await started;
  abort.abort();
  const { signal } = await result;
  assert.notEqual(signal, null);
  assert.equal(valve.isShut, true);
});
