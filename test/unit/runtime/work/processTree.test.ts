import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { parsePs, parseStat, readProcess } from '../../../../src/runtime/work/processTable.ts';
import { endMarked, ProcessTree } from '../../../../src/runtime/work/processTree.ts';

const linux = { skip: process.platform !== 'linux' };

function sleeper() {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
  const { pid } = child;
  assert.ok(pid !== undefined);
  return { child, pid, ended: once(child, 'exit') };
}

test('law 11: a process whose start time differs is never signalled', linux, async () => {
  const { child, pid, ended } = sleeper();
  await endMarked([{ pid, startedAt: '1' }]);
  assert.equal(readProcess(pid)?.zombie, false);
  child.kill('SIGKILL');
  await ended;
});

test('law 11: what an earlier runtime left behind is ended by its mark', linux, async () => {
  const { pid, ended } = sleeper();
  const { mark } = new ProcessTree(pid);
  assert.ok(mark);
  await endMarked([mark]);
  const [, signal] = await ended;
  assert.equal(signal, 'SIGTERM');
});

test('law 11: of a dead root only the group of this boot is ended', linux, async () => {
  const child = spawn('sh', ['-c', 'sleep 1000 & echo $!'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { mark } = new ProcessTree(Number(child.pid));
  assert.ok(mark);
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const orphan = Number(line);
  await exited;
  await endMarked([{ ...mark, startedAt: mark.startedAt.replace(/ .*/, ' another-boot') }]);
  assert.equal(readProcess(orphan)?.zombie, false);
  await endMarked([mark]);
  assert.notEqual(readProcess(orphan)?.zombie, false);
});

test('law 11: what was seen to belong to a tree stays ours when its parent ends', linux, async () => {
  const child = spawn('sh', ['-c', 'setsid sleep 1000 & echo $!; read line'], {
    stdio: 'pipe',
    detached: true,
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const escaped = Number(line);
  const tree = new ProcessTree(Number(child.pid), systemClock);
  assert.ok((await tree.look()).some(({ pid }) => pid === escaped));
  child.stdin.end('\n');
  await once(child, 'exit');
  assert.equal(await tree.end({ graceMs: 1000 }), true);
  assert.notEqual(readProcess(escaped)?.zombie, false);
});

test('the process table is read also where a name holds spaces and parentheses', () => {
  const rest = '1 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 10 20';
  assert.deepEqual(parseStat(`17 (a) b (c)) S ${rest}`, 'boot'), {
    pid: 17,
    parent: 1,
    group: 42,
    startedAt: '987654 boot',
    zombie: false,
  });
  assert.equal(parseStat(`17 (x) Z ${rest}`, 'boot')?.zombie, true);
  assert.equal(parseStat('nonsense', 'boot'), undefined);
});

test('the table that ps prints on macOS is read', () => {
  assert.deepEqual(parsePs('  501     1   501 Ss   Mon Jul 28 09:14:03 2025    '), {
    pid: 501,
    parent: 1,
    group: 501,
    startedAt: 'Mon Jul 28 09:14:03 2025',
    zombie: false,
  });
  assert.equal(parsePs(''), undefined);
});
