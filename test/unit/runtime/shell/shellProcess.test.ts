import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newSessionId } from '../../../../src/protocol/ids.ts';
import type { AgentSession, TurnResult } from '../../../../src/runtime/agent/agent.ts';
import { createShellProcess } from '../../../../src/runtime/shell/shellProcess.ts';
import { readProcess } from '../../../../src/runtime/work/processTable.ts';
import { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-test-')));
after(() => rmSync(home, { recursive: true, force: true }));
const posix = { skip: process.platform === 'win32' };
const linux = { skip: process.platform !== 'linux' };
const lives = (pid: number): boolean => readProcess(pid)?.zombie === false;

interface Opened {
  readonly session: AgentSession;
  readonly host: RecordingHost;
  /** Runs a command; gives how its turn ended and what it printed. */
  type(command: string): Promise<{ readonly result: TurnResult; readonly printed: string }>;
}

async function open(
  change: { cwd?: string; env?: Record<string, string>; shell?: string } = {},
): Promise<Opened> {
  const { cwd = home, env = {}, shell = '/bin/sh' } = change;
  const host = new RecordingHost();
  const shellProcess = createShellProcess({ environment: { ...process.env, SHELL: shell }, graceMs: 200 });
  const signal = new AbortController().signal;
  const sessionId = newSessionId();
  const session = await shellProcess.open({
    sessionId,
    cwd,
    additionalDirectories: [],
    env,
    previous: undefined,
    host,
    signal,
  });
  async function type(command: string) {
    const before = host.output.length;
    const result = await session.prompt([{ type: 'text', text: command }]);
    return { result, printed: host.output.slice(before) };
  }
  return { session, host, type };
}

test('the Shell agent runs what is typed and tells it as events of a command', posix, async () => {
  const { type, host, session } = await open();
  const { result } = await type('echo hello');
  assert.deepEqual(result, { outcome: 'completed', exitCode: 0 });
  const [started] = host.of('commandRun.started');
  assert.equal(started?.command, 'echo hello');
  assert.equal(started?.cwd, home);
  assert.ok(started?.pid);
  assert.deepEqual(
    host.events.map(({ type: name }) => name),
    ['commandRun.started', 'commandRun.output', 'commandRun.ended'],
  );
  assert.equal(host.output, 'hello\n');
  await session.close();
});

test(
  'a non-zero exit ends the turn failed with its exit code, without saying again what was typed',
  posix,
  async () => {
    const { type, session } = await open();
    const { result } = await type('exit 2');
    assert.deepEqual(result, {
      outcome: 'failed',
      exitCode: 2,
      failure: { kind: 'commandFailed', message: 'exited with 2', exitCode: 2, signal: null },
    });
    await session.close();
  },
);

const shells = ['/bin/sh', '/bin/bash', '/bin/zsh', '/usr/bin/fish'].filter((file) => existsSync(file));
for (const shell of process.platform === 'win32' ? [] : shells) {
  const fish = shell.endsWith('fish');
  const assign = (name: string, value: string): string =>
    fish ? `set -x ${name} ${value}` : `export ${name}=${value}`;

  test(`working directory and environment persist between prompts in ${shell}`, async () => {
    const { type, session } = await open({ shell });
    mkdirSync(join(home, 'inner folder'), { recursive: true });
    await type(`cd "inner folder"; ${assign('WORD', `'two\nlines'`)}`);
    assert.equal((await type('pwd; echo "$WORD"')).printed, `${join(home, 'inner folder')}\ntwo\nlines\n`);
    await session.close();
  });

  test(`what was changed before a command failed persists in ${shell}`, async () => {
    const { type, session } = await open({ shell });
    assert.equal((await type(`cd /; ${assign('KEPT', '1')}; exit 3`)).result.exitCode, 3);
    assert.equal((await type('pwd; echo $KEPT')).printed, '/\n1\n');
    await session.close();
  });

  test(`a syntax error is a failed turn and breaks nothing in ${shell}`, async () => {
    const { type, session } = await open({ shell });
    await type('cd /');
    assert.equal((await type('echo "')).result.outcome, 'failed');
    assert.equal((await type('pwd')).printed, '/\n');
    await session.close();
  });

  test(`a useless PATH can be set and mended in ${shell}`, async () => {
    const { type, session } = await open({ shell });
    await type(assign('PATH', '/nowhere'));
    assert.equal((await type('ls')).result.exitCode, 127);
    await type(assign('PATH', '/bin:/usr/bin'));
    assert.equal((await type('ls / >/dev/null')).result.exitCode, 0);
    await session.close();
  });
}

for (const shell of process.platform === 'win32' ? [] : shells.filter((file) => !file.endsWith('fish'))) {
  test(`errors count the lines of the command, which sees no parameters, in ${shell}`, async () => {
    const { type, session } = await open({ shell });
    for (const [command, line] of [
      ['nosuchthing', 1],
      ['true\nnosuchthing', 2],
      [`echo 'two\nlines' >/dev/null\nnosuchthing`, 3],
    ] as const) {
      const { printed } = await type(command);
      const at = /(?:line |:)\s?(\d+)\)?:/u.exec(printed)?.[1];
      assert.equal(at, String(line), printed);
    }
    assert.equal((await type('echo "$# $*"')).printed, '0 \n');
    await session.close();
  });
}

test('a shell whose language is not known is replaced by /bin/sh', posix, async () => {
  const { type, session } = await open({ shell: '/usr/bin/env' });
  assert.equal((await type('export A=1; echo $A')).printed, '1\n');
  await session.close();
});

test('a command gets the session’s environment, and nothing of the editor’s', posix, async () => {
  const host = new RecordingHost();
  const environment = {
    PATH: process.env['PATH'],
    ELECTRON_RUN_AS_NODE: '1',
    VSCODE_PID: '1',
    HOLDFAST_TOKEN: 'x',
    HOLDFAST_HOME: '/h',
  };
  const shell = createShellProcess({ environment });
  const session = await shell.open({
    sessionId: newSessionId(),
    cwd: home,
    additionalDirectories: [],
    env: { GIVEN: 'yes' },
    previous: undefined,
    host,
    signal: new AbortController().signal,
  });
  await session.prompt([
    {
      type: 'text',
      text: 'env | grep -E "^(GIVEN|ELECTRON|VSCODE|HOLDFAST)" | grep -v ^HOLDFAST_START= | sort',
    },
  ]);
  assert.equal(host.output, 'GIVEN=yes\nHOLDFAST_HOME=/h\n');
  await shell.stop();
});

test('T3: cancel ends the running command with its descendants, and the turn', linux, async () => {
  const { session, host, type } = await open();
  const turn = type('sleep 1000 & echo $! ready; wait');
  await host.until(() => host.output.includes('ready'));
  session.cancel();
  session.cancel();
  assert.equal((await turn).result.outcome, 'cancelled');
  assert.equal(lives(Number.parseInt(host.output, 10)), false);
  assert.equal((await type('echo next')).printed, 'next\n');
  session.cancel();
  await session.close();
});

test('a child in the background survives its turn and ends with the session', linux, async () => {
  const { session, type } = await open();
  const { printed, result } = await type('sleep 1000 & echo $!');
  assert.equal(result.outcome, 'completed');
  const pid = Number(printed);
  assert.ok(lives(pid));
  assert.equal((await type(`kill -0 ${pid} && echo alive`)).printed, 'alive\n');
  await session.close();
  assert.equal(lives(pid), false);
});

test(
  'a child in the background that goes on printing is not stopped by the end of its turn',
  linux,
  async () => {
    const { session, type } = await open();
    const file = join(home, 'finished');
    const { printed } = await type(
      `(i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo line $i 0123456789012345678901234567890123456789; done; echo > ${file}; sleep 1000) & echo $!`,
    );
    assert.ok(Number.parseInt(printed, 10) > 0);
    assert.equal((await type(`until [ -e ${file} ]; do sleep 0.01; done; echo seen`)).printed, 'seen\n');
    await session.close();
  },
);

test('closing a session ends what runs in it', linux, async () => {
  const { session, host, type } = await open();
  const turn = type('echo $$ ready; sleep 1000');
  await host.until(() => host.output.includes('ready'));
  await session.close();
  assert.equal(lives(Number.parseInt(host.output, 10)), false);
  assert.equal((await turn).result.outcome, 'cancelled');
  await assert.rejects(session.prompt([{ type: 'text', text: 'echo no' }]), { kind: 'agentFailed' });
});

test('a missing working directory fails the turn and is named', posix, async () => {
  const cwd = join(home, 'nowhere');
  const { session, type } = await open({ cwd });
  const { result } = await type('echo no');
  assert.equal(result.outcome, 'failed');
  assert.deepEqual(result.failure, {
    kind: 'cwdMissing',
    message: `The working directory ${cwd} does not exist.`,
  });
  mkdirSync(cwd);
  assert.equal((await type('echo yes')).printed, 'yes\n');
  await session.close();
});

test(
  'a command typed in a directory that vanished does not run in another one; the session goes back to its own and says so',
  posix,
  async () => {
    const { session, type, host } = await open();
    const gone = join(home, 'gone');
    mkdirSync(gone);
    await type('cd gone');
    rmdirSync(gone);
    host.events.length = 0;
    const { result } = await type('mkdir marker');
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(result.failure, {
      kind: 'cwdMissing',
      message: `${gone} does not exist any more, so the command did not run. The session is back in ${home}: send the command again if you want it to run there.`,
    });
    assert.deepEqual(host.events, []);
    assert.equal(existsSync(join(home, 'marker')), false);
    assert.equal((await type('mkdir marker')).result.outcome, 'completed');
    assert.equal(existsSync(join(home, 'marker')), true);
    await session.close();
  },
);

test('an empty prompt runs nothing', async () => {
  const { session, host, type } = await open();
  assert.equal((await type('  ')).result.outcome, 'completed');
  assert.deepEqual(host.events, []);
  await session.close();
});

test('the process lists its sessions, and stops with all they run', linux, async () => {
  const shell = createShellProcess({ graceMs: 200 });
  const opening = {
    cwd: home,
    additionalDirectories: [],
    env: {},
    previous: undefined,
    signal: new AbortController().signal,
  };
  const [one, two] = [newSessionId(), newSessionId()];
  const host = new RecordingHost();
  const first = await shell.open({ ...opening, sessionId: one, host });
  const second = await shell.open({ ...opening, sessionId: two, host: new RecordingHost() });
  assert.deepEqual([...shell.sessions], [one, two]);
  await second.close();
  assert.deepEqual([...shell.sessions], [one]);
  const turn = first.prompt([{ type: 'text', text: 'echo ready; sleep 1000' }]);
  await host.until(() => host.output.includes('ready'));
  await shell.stop();
  assert.equal((await turn).outcome, 'cancelled');
  assert.equal((await shell.exited).expected, true);
  assert.deepEqual([...shell.sessions], []);
});
