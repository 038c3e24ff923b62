import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { holdfast } from '../support/cli.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const skip = process.platform === 'win32' ? 'written for a POSIX shell' : false;

test(
  'run --until runs the same command line again until the check is green: exit code 0, or 1 when it does not become so (G1)',
  { skip },
  async (t) => {
    const { home, work } = testHome(t);
    const check = 'test "$(wc -l < lines)" -ge 3';
    const green = await holdfast(home, work, ['run', '--until', check, 'echo line >> lines']);
    assert.equal(green.code, 0, green.stderr);
    assert.equal(readFileSync(path.join(work, 'lines'), 'utf8'), 'line\nline\nline\n');
    assert.match(green.stderr, /check 3 of 3[^]*check: green/u);
    const red = await holdfast(home, work, ['run', '--until', 'false', '--max', '2', 'echo more >> lines']);
    assert.equal(red.code, 1);
    assert.match(red.stderr, /Not green after 2 attempts/u);
    const stuck = await holdfast(home, work, ['run', '--until', 'false', 'true']);
    assert.equal(stuck.code, 1);
    assert.match(stuck.stderr, /no file changed/u);
  },
);

test('prompt --until tells the agent what failed, and waits for the last turn (G1)', { skip }, async (t) => {
  const { home, work, connect } = testHome(t);
  const connection = await connect({ agents: { scripted: fakeAgent('scripted') } });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const { code, stderr } = await holdfast(home, work, [
    ...[
      'prompt',
      session.id,
      '--max',
      '2',
      '--until',
      'echo say it is wrong; test -e tried || ! touch tried',
      'say hello',
    ],
  ]);
  assert.equal(code, 0, stderr);
  await recorder.until('the second turn', () => recorder.all('turn.ended').length === 2);
  assert.match(recorder.agentText, /it is wrong/u, 'the agent was given what the check printed');
  assert.deepEqual(
    recorder.all('turn.ended').map(({ check }) => check?.outcome),
    ['red', 'green'],
  );
});

test(
  'what waits is listed, edited, moved and removed from the terminal, and is still there under the next runtime (T2)',
  { skip },
  async (t) => {
    const { home, work, connect, kill } = testHome(t);
    const connection = await connect();
    const session = await connection.openSession({ cwd: work });
    await session.prompt('sleep 1000');
    const [a, b, c] = [
      await session.prompt('echo a'),
      await session.prompt('echo b'),
      await session.prompt('echo c'),
    ];
    const queue = async (...args: string[]): Promise<string[]> => {
      const { stdout, stderr, code } = await holdfast(home, work, ['queue', session.id, ...args, '--json']);
      assert.equal(code, 0, stderr);
      const rows = stdout.split('\n').filter((line) => line !== '');
      return rows.map((line) => (JSON.parse(line) as { content: { text: string }[] }).content[0]?.text ?? '');
    };
    assert.deepEqual(await queue(), ['echo a', 'echo b', 'echo c']);
    assert.deepEqual(await queue('move', c.turnId, a.turnId), ['echo c', 'echo a', 'echo b']);
    assert.deepEqual(await queue('rm', a.turnId), ['echo c', 'echo b']);
    assert.deepEqual(await queue('edit', b.turnId, 'echo', 'better'), ['echo c', 'echo better']);
    await kill();
    assert.deepEqual(await queue(), ['echo c', 'echo better']);
  },
);
