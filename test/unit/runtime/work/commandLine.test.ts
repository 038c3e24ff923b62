import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../../../src/runtime/work/commandLine.ts';

const env = { Path: 'C:\\nodejs;C:\\tools', PATHEXT: '.EXE;.CMD', ComSpec: 'C:\\Windows\\System32\\cmd.exe' };
const onWindows = (command: string, args: readonly string[], ...files: readonly string[]) =>
  commandLine(command, args, env, { platform: 'win32', exists: (file) => files.includes(file) });

test('P6: on POSIX a command is started as it stands', () => {
  const line = commandLine('claude', ['--acp', 'a b'], {}, { platform: 'linux' });
  assert.deepEqual(line, { file: 'claude', args: ['--acp', 'a b'], verbatim: false });
});

test('P6: on Windows a program is found on the path and started directly', () => {
  const line = onWindows('agent', ['a b'], 'C:\\tools\\agent.exe');
  assert.deepEqual(line, { file: 'C:\\tools\\agent.exe', args: ['a b'], verbatim: false });
});

test('P6: on Windows a .cmd shim goes through cmd with its arguments quoted for both', () => {
  const line = onWindows('npx', ['-y', 'a & b'], 'C:\\nodejs\\npx.cmd');
  assert.equal(line.file, env.ComSpec);
  assert.equal(line.verbatim, true);
  assert.deepEqual(line.args.slice(0, 3), ['/d', '/s', '/c']);
  assert.equal(line.args[3], '"C:\\nodejs\\npx.cmd ^^^"-y^^^" ^^^"a^^^ ^^^&^^^ b^^^""');
});

test('P6: on Windows a command that is nowhere is left to the system to refuse', () => {
  assert.deepEqual(onWindows('gone', []), { file: 'gone', args: [], verbatim: false });
});
