import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Deferred } from '../../../../src/base/deferred.ts';
import {
  commandFailure,
  runCommand,
  type CommandRequest,
  type CommandResult,
} from '../../../../src/runtime/work/commandRun.ts';
import { readProcess } from '../../../../src/runtime/work/processTable.ts';
import type { ProcessTree } from '../../../../src/runtime/work/processTree.ts';
import { clockWithManual } from '../../../support/manualClock.ts';

const cwd = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
after(() => rmSync(cwd, { recursive: true, force: true }));
const posix = { skip: process.platform === 'win32' };
const linux = { skip: process.platform !== 'linux' };
const node = `"${process.execPath}"`;

interface Run {
  readonly result: Promise<CommandResult>;
  readonly abort: AbortController;
  readonly left: ProcessTree[];
  /** What was printed so far. */
  text(stream?: 'stdout' | 'stderr'): string;
  /** Resolves when the output contains the text. */
  prints(text: string): Promise<void>;
}

function run(command: string, change: Partial<CommandRequest> = {}): Run {
  const abort = new AbortController();
  const left: ProcessTree[] = [];
  const output: { stream: string; text: string }[] = [];
  const text = (stream?: string): string =>
    output
      .filter((span) => stream === undefined || span.stream === stream)
      .map((span) => span.text)
      .join('');
  const waiting: { readonly text: string; readonly deferred: Deferred<void> }[] = [];
  const result = runCommand({
    command,
    cwd,
    env: process.env as Record<string, string>,
    shell: process.platform === 'win32' ? undefined : { file: '/bin/sh', dialect: 'posix' },
    signal: abort.signal,
    graceMs: 200,
    onStarted: () => undefined,
    onOutput(stream, more) {
      output.push({ stream, text: more });
      for (const wanted of waiting) if (text().includes(wanted.text)) wanted.deferred.resolve();
    },
    onLeftBehind: (tree) => left.push(tree),
    ...change,
  });
  const prints = (wanted: string): Promise<void> => {
    const deferred = new Deferred<void>();
    waiting.push({ text: wanted, deferred });
    if (text().includes(wanted)) deferred.resolve();
    return deferred.promise;
  };
  return { result, abort, left, text, prints };
}

/** The numbers a command printed, one a line. */
const numbers = (text: string): number[] => text.trim().split(/\s+/).map(Number);
const lives = (pid: number): boolean => readProcess(pid)?.zombie === false;

test('C1: a command streams both outputs and gives its exit code', posix, async () => {
  const command = run('echo out; echo err >&2; exit 3');
  assert.deepEqual(await command.result, { exitCode: 3, signal: null });
  assert.equal(command.text('stdout'), 'out\n');
  assert.equal(command.text('stderr'), 'err\n');
});

test('C1: a command that a signal ended has exit code −1 and the signal named', posix, async () => {
  const result = await run('kill -9 $$').result;
  assert.deepEqual(result, { exitCode: -1, signal: 'SIGKILL' });
  assert.equal(commandFailure(result, 'kill -9 $$')?.message, '`kill -9 $$` was ended by SIGKILL');
});

test('C1: the failure of a command says how it ended, and names it in one short line where that is not known', () => {
  const failed = { exitCode: 2, signal: null };
  assert.equal(commandFailure(failed)?.message, 'exited with 2');
  assert.equal(commandFailure(failed, 'make all')?.message, '`make all` exited with 2');
  assert.equal(commandFailure(failed, 'make\nall')?.message, '`make…` exited with 2');
  assert.equal(commandFailure({ exitCode: 0, signal: null }, 'true'), undefined);
});

test('C1: a command gets no terminal and a closed stdin', posix, async () => {
  const command = run('cat; test -t 0 || echo none; (: </dev/tty) 2>/dev/null || echo no terminal');
  assert.equal((await command.result).exitCode, 0);
  assert.equal(command.text(), 'none\nno terminal\n');
});

test('C1: a missing working directory is named, or created when asked', async () => {
  const missing = join(cwd, 'missing', 'deep');
  const refused = await run('echo no', { cwd: missing }).result;
  assert.deepEqual(refused.failure, {
    kind: 'cwdMissing',
    message: `The working directory ${missing} does not exist.`,
  });
  assert.equal((await run('exit 0', { cwd: missing, createCwd: true }).result).exitCode, 0);
  assert.ok(existsSync(missing));
  const file = await run('echo no', { cwd: process.execPath }).result;
  assert.equal(file.failure?.kind, 'cwdUnusable');
});

test('C1: a command that cannot be run fails with words and never rejects', async () => {
  const noShell = await run('true', { shell: { file: join(cwd, 'no-such-sh'), dialect: 'posix' } }).result;
  assert.match(noShell.failure?.message ?? '', /`true` could not be run: .*no-such-sh/);
  assert.equal(noShell.exitCode, -1);
  const tooLong = await run(`: ${'x'.repeat(300_000)}`).result;
  assert.equal(tooLong.failure?.kind, 'commandFailed');
});

test('C1: a time limit ends a command with its output kept and says so', posix, async () => {
  const { clock, manual } = clockWithManual(3000);
  const command = run('echo before; sleep 1000', { timeoutMs: 3000, clock });
  await command.prints('before\n');
  manual.advance(3000);
  const { failure, signal } = await command.result;
  assert.equal(failure?.message, '`echo before; sleep 1000` was stopped after 3 s');
  assert.equal(signal, 'SIGTERM');
  assert.equal(command.text(), 'before\n');
});

test('T3: killing a command kills its descendants, those deaf to SIGTERM too', posix, async () => {
  const command = run(`trap '' TERM; sh -c 'sleep 1000 & echo $!; wait' & echo $!; wait; sleep 1000`);
  await command.prints('\n');
  await command.prints(String(numbers(command.text())[0]));
  command.abort.abort();
  assert.equal((await command.result).signal, 'SIGKILL');
  assert.deepEqual(numbers(command.text()).filter(lives), []);
});

test('law 11: killing a command kills what left its process group', linux, async () => {
  const command = run(
    `setsid sh -c 'trap "" TERM; setsid sleep 1000 & echo $$ $! ready; wait; sleep 1000' & wait`,
  );
  await command.prints('ready');
  const [outer, inner] = numbers(command.text());
  assert.ok(outer !== undefined && inner !== undefined);
  assert.ok(lives(outer) && lives(inner));
  command.abort.abort();
  await command.result;
  assert.deepEqual([outer, inner].filter(lives), []);
});

test('C1: a child in the background that holds the pipe does not hold the command', posix, async () => {
  const command = run('echo done; sleep 1000 & echo $!');
  assert.deepEqual(await command.result, { exitCode: 0, signal: null });
  const [, background] = command.text().split('\n').map(Number);
  assert.ok(background !== undefined);
  const [tree] = command.left;
  assert.ok(tree, 'what is left behind is handed over');
  assert.ok((await tree.look()).some(({ pid }) => pid === background));
  assert.equal(await tree.end({ graceMs: 200 }), true);
  assert.deepEqual(await tree.look(), []);
});

test(
  'C1: a child in the background that never stops printing does not hold the command either',
  posix,
  async () => {
    const command = run('yes & exit 4');
    assert.equal((await command.result).exitCode, 4);
    const length = command.text().length;
    assert.equal(command.left.length, 1);
    await command.left[0]?.end({ graceMs: 200 });
    assert.equal(command.text().length, length, 'nothing comes after the result');
  },
);

test('C1: a command that leaves nothing behind hands nothing over', posix, async () => {
  const command = run('sleep 0.01 & wait');
  await command.result;
  assert.deepEqual(command.left, []);
});

test('C1: characters that are split between reads come whole', async () => {
  const script = `const b = Buffer.from('a€😀z'); let i = 0;
    const next = () => i < b.length && process.stdout.write(b.subarray(i, ++i), () => setTimeout(next, 5)); next();`;
  const command = run(process.platform === 'win32' ? `& ${node} -e '${script}'` : `${node} -e "${script}"`);
  assert.equal((await command.result).exitCode, 0);
  assert.equal(command.text(), 'a€😀z');
});

test('C1: output beyond the first mebibyte is left out, counted, and its end kept', posix, async () => {
  const command = run('yes 0123456789abcde | head -c 5000000; echo THE END');
  const { tail = '', omittedBytes = 0 } = await command.result;
  assert.equal(command.text().length, 1024 * 1024);
  assert.ok(tail.endsWith('THE END\n'));
  assert.ok(tail.length >= 64 * 1024 - 16 && tail.length <= 64 * 1024);
  assert.equal(command.text().length + tail.length + omittedBytes, 5_000_008);
});

test('C1: output that is only a little over the bound is not cut', posix, async () => {
  const command = run('yes 0123456789abcde | head -c 1100000; echo THE END');
  assert.deepEqual(await command.result, { exitCode: 0, signal: null });
  assert.equal(command.text().length, 1_100_008);
});

test('C1: an endless command stays bounded and can be ended', posix, async () => {
  const command = run('yes');
  await command.prints('y\ny\n');
  command.abort.abort();
  const { tail = '' } = await command.result;
  assert.ok(command.text().length + tail.length <= 1024 * 1024 + 64 * 1024);
});

test('C1: a command that was cancelled before it started does not run', async () => {
  const result = await run('exit 0', { signal: AbortSignal.abort() }).result;
  assert.equal(result.failure?.kind, 'aborted');
});
