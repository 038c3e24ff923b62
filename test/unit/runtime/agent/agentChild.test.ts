import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { AgentChild, type StderrSink } from '../../../../src/runtime/agent/agentChild.ts';
import { QUICK } from './harness.ts';

/** Runs a program as an agent's process. */
const child = (program: string, stderr: StderrSink): Promise<AgentChild> =>
  AgentChild.start({
    ...{ command: process.execPath, args: ['-e', program], env: {}, cwd: tmpdir() },
    ...{ clock: systemClock, grace: QUICK, stderr },
  });

test('stderr is read one piece a turn of the event loop, however fast it is written (law 7)', async () => {
  let turn = 0;
  let isOver = false;
  const count = (): void => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  count();
  const turns: number[] = [];
  let bytes = 0;
  const flooding = await child(`process.stderr.write('x'.repeat(8_000_000))`, {
    push: (text) => {
      turns.push(turn);
      bytes += text.length;
    },
    end: () => undefined,
  });
  await flooding.exited;
  isOver = true;
  assert.equal(bytes, 8_000_000);
  // A piece that was read already may come in the turn of the one before; without a pause, dozens come in one.
  const distinct = new Set(turns).size;
  assert.ok(distinct > turns.length / 2, `${turns.length} pieces came in ${distinct} turns`);
  await flooding.stop();
});

test('what outlives an agent’s process writes to its log no more (A8)', async () => {
  const outlives = `process.on('SIGTERM', () => undefined); setInterval(() => process.stderr.write('still here\\n'), 2);`;
  const program = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(outlives)}], { stdio: 'inherit' });
    process.stdin.once('data', () => process.exit(1));`;
  let isOver = false;
  const heard: string[] = [];
  const late: string[] = [];
  let told: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (told = resolve));
  const agent = await child(program, {
    push: (text) => {
      (isOver ? late : heard).push(text);
      told();
    },
    end: () => {
      isOver = true;
    },
  });
  await begun;
  agent.stdin.write('go\n');
  await agent.exited;
  await agent.stop();
  assert.ok(isOver && heard.length > 0);
  assert.deepEqual(late, []);
});
