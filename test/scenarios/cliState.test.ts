import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { takeLock } from '../../src/runtime/lock.ts';
import { cli, holdfast, jsonLines } from '../support/terminalProgram.ts';
import { otherBuild } from '../support/otherBuild.ts';
import { testHome } from '../support/testHome.ts';

const escape = '\u001B[';

/** Runs the program in a terminal of its own, as util-linux's `script` makes one; gives what the terminal got. */
function inTerminal(args: readonly string[], home: string, env: NodeJS.ProcessEnv): Promise<string> {
  const quoted = [process.execPath, cli, ...args]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn('script', ['-qec', quoted, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm-256color', HOLDFAST_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  return new Promise((resolve) => child.on('close', () => resolve(shown)));
}

test(
  'in a terminal there are colours, and none with NO_COLOR or where the terminal knows none',
  { skip: !existsSync('/usr/bin/script') || process.platform !== 'linux' },
  async (t) => {
    const { home, work } = testHome(t);
    await holdfast(['new'], { home, cwd: work });
    assert.ok((await inTerminal(['ls'], home, {})).includes(escape));
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const shown = await inTerminal(['ls'], home, env);
      assert.match(shown, /idle|opening/u);
      assert.ok(!shown.includes(escape), JSON.stringify(env));
    }
  },
);

/** Without the moment at which it was printed. */
const timeless = (text: string): string => text.replace(/"exportedAt":\d+/u, '"exportedAt":0');

test('show prints the transcript as export writes it, and refuses a format that there is not', async (t) => {
  const { home, work } = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home, cwd: work });
  const id = (await run('new')).stdout.trim();
  assert.equal((await run('prompt', id, 'echo shown', '--wait')).code, 0);
  for (const format of ['md', 'ndjson']) {
    const shown = await run('show', id, '--format', format);
    assert.deepEqual([shown.code, shown.stderr], [0, '']);
    assert.match(shown.stdout, /shown/u);
    const exported = (await run('export', id, '--format', format)).stdout;
    assert.equal(timeless(shown.stdout), timeless(exported));
  }
  assert.equal((await run('show', id, '--format', 'pdf')).code, 2);
  assert.equal((await run('show', id, '--format', 'md', '--json')).code, 2);
});

test('doctor tells who holds the data directory: its runtime, nobody, or a process that does not say where it is', async (t) => {
  const { home, work } = testHome(t);
  const doctor = async (): Promise<{ code: number | null; lock: Record<string, unknown> | undefined }> => {
    const { code, stdout } = await holdfast(['doctor', '--json'], { home, cwd: work });
    return { code, lock: jsonLines(stdout).find(({ check }) => check === 'lock') };
  };
  const file = path.join(home, 'runtime', 'runtime.lock');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const held = takeLock(file);
  t.after(() => held?.dispose());
  const silent = await doctor();
  assert.deepEqual([silent.code, silent.lock?.['state']], [1, 'wrong']);
  assert.match(String(silent.lock?.['text']), /runtime\.lock/u);
  assert.match(String(silent.lock?.['help']), /end it/u);
  held?.dispose();

  const free = await doctor();
  assert.deepEqual([free.code, free.lock?.['state']], [0, 'ok'], 'and then it started a runtime');
  const own = await doctor();
  assert.match(String(own.lock?.['text']), /held by process \d+/u);
  if (process.platform === 'win32') return;
  rmSync(file);
  const removed = await doctor();
  assert.deepEqual([removed.code, removed.lock?.['state']], [0, 'warning']);
  assert.match(String(removed.lock?.['text']), /was removed/u);
});

test('with a runtime that speaks another protocol every command says so, and what to do, and exits 1', async (t) => {
  const home = testHome(t);
  const bundle = otherBuild(home, 'foreign', { min: 90, max: 99 });
  await assert.rejects(home.connect({ bundle }), { kind: 'incompatible' });
  const given = { home: home.home, cwd: home.work };
  for (const args of [
    ['ls'],
    ['show', 'a'],
    ['export', 'a'],
    ['attach', 'a'],
    ['prompt', 'a', 'text'],
    ['run', 'x'],
  ]) {
    const { code, stdout, stderr } = await holdfast(args, given);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.match(stderr, /90 to 99.*holdfast runtime stop/su, args.join(' '));
    assert.doesNotMatch(stderr, /\n\s+at /u);
  }
  const doctor = await holdfast(['doctor'], given);
  assert.equal(doctor.code, 1);
  assert.match(doctor.stdout, /wrong .*90 to 99/u);
  assert.equal((await holdfast(['runtime', 'stop', '--force'], given)).code, 0);
  assert.equal((await holdfast(['ls'], given)).code, 0);
});
