import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { LastBytes } from '../../../../src/runtime/work/lastBytes.ts';
import { readProcess } from '../../../../src/runtime/work/processTable.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import type { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';
import { directory, open, start } from './harness.ts';

const posix = { skip: process.platform === 'win32' };
const linux = { skip: process.platform !== 'linux' };
const lives = (pid: number | undefined): boolean => pid !== undefined && readProcess(pid)?.zombie === false;
const pidOf = (host: RecordingHost): number | undefined => host.of('commandRun.started')[0]?.pid;

test('A6: output is cut from the start, at a character', () => {
  const last = new LastBytes(5);
  last.push('héé');
  assert.deepEqual([last.text, last.truncated], ['héé', false]);
  last.push('é');
  assert.deepEqual([last.text, last.truncated], ['éé', true], 'half a character is none');
  last.push('a'.repeat(1000));
  assert.deepEqual([last.text, last.truncated], ['aaaaa', true]);
  const none = new LastBytes(0);
  none.push('x');
  assert.deepEqual([none.text, none.truncated], ['', true]);
});

test(
  'A6: a terminal is shown in its tool call, with live output; released, its id is gone and what was shown stays',
  posix,
  async () => {
    await using agent = await start(fakeAgent('scripted'));
    const { host, type } = await open(agent);
    await type('terminal printf 0123456789abc; exit 3');
    assert.deepEqual(JSON.parse(host.said), {
      output: '3456789abc',
      truncated: true,
      exitCode: 3,
      signal: null,
      gone: -32002,
    });
    const [run] = host.of('commandRun.started');
    assert.deepEqual(host.of('toolCall.started')[0]?.content, [
      { type: 'terminal', terminalId: run?.commandRunId },
    ]);
    assert.equal(host.output, '0123456789abc');
    assert.equal(host.of('commandRun.ended')[0]?.exitCode, 3);
  },
);

test(
  'A6: a program with arguments is started without a shell, in the directory and with the variables it is given',
  posix,
  async (t) => {
    const cwd = directory(t);
    await using agent = await start(fakeAgent('scripted', { env: { OWN: 'agent' } }));
    const { host, type } = await open(agent, { cwd });
    const script =
      'process.stdout.write([process.cwd(), process.env.OWN, process.env.MORE, process.argv[1]].join())';
    const params = {
      command: process.execPath,
      args: ['-e', script, '$HOME;'],
      env: [{ name: 'MORE', value: 'm' }],
    };
    await type(`client terminal/create ${JSON.stringify(params)}`);
    await host.until(() => host.of('commandRun.ended').length === 1);
    assert.equal(host.output, `${cwd},agent,m,$HOME;`);
  },
);

test('A6: kill ends the command and keeps the id', posix, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  await type('kill sleep 1000');
  const end = { exitCode: null, signal: 'SIGTERM' };
  assert.deepEqual(JSON.parse(host.said), { exit: end, exitStatus: end });
});

test(
  'A6: a command that cannot be run is an error in words, and terminals nobody made are not found',
  posix,
  async () => {
    await using agent = await start(fakeAgent('scripted'));
    const { host, type } = await open(agent);
    await type('client terminal/create {"command":"x","cwd":"/no/such/place"}');
    assert.equal(host.said, '-32603 Internal error: The working directory /no/such/place does not exist.');
    host.events.length = 0;
    await type(
      'client terminal/output {"terminalId":"never"}\nclient terminal/kill {}\nclient terminal/create {"command":" "}',
    );
    assert.match(host.said, /^-32002 .*-32002 .*-32602 /u);
    assert.deepEqual(host.of('commandRun.started'), []);
  },
);

test('T3: cancelling a turn ends the commands that run for it', linux, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session, host, type } = await open(agent);
  const turn = type('terminal sleep 1000');
  await host.until(() => host.of('commandRun.started').length === 1);
  session.cancel();
  await turn;
  assert.equal(lives(pidOf(host)), false);
  assert.equal(host.of('commandRun.ended')[0]?.signal, 'SIGTERM');
});

test('law 11: what an agent ran through us ends with its session, and with its process', linux, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const one = await open(agent);
  const two = await open(agent);
  for (const { type } of [one, two]) await type('deaf sleep 1000 & sleep 1000');
  await one.session.close();
  assert.deepEqual([lives(pidOf(one.host)), lives(pidOf(two.host))], [false, true]);
  process.kill(agent.pid, 'SIGKILL');
  await agent.exited;
  await agent.stop();
  assert.equal(lives(pidOf(two.host)), false);
});

test('A6: a terminal of the agent’s own is shown from what it tells in `_meta`', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  await type('meta');
  const [run] = host.of('commandRun.started');
  assert.equal(run?.command, 'make all');
  assert.deepEqual(host.of('toolCall.started')[0]?.content, [
    { type: 'terminal', terminalId: run?.commandRunId },
  ]);
  assert.equal(host.output, 'one\ntwo\n');
  assert.equal(host.of('commandRun.ended')[0]?.exitCode, 2);
  assert.equal(host.of('toolCall.ended')[0]?.status, 'failed');
});

test('A6: what the agent no longer tells of is ended with it', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session, host, type } = await open(agent, { cwd: join('/') });
  await type('openMeta');
  await session.close();
  assert.equal(host.of('commandRun.ended')[0]?.exitCode, -1);
});
