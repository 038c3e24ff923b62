import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { holdfast, jsonLines } from '../support/terminalProgram.ts';
import { testHome } from '../support/testHome.ts';

const noTrace = (stderr: string): void => assert.doesNotMatch(stderr, /\n\s+at /u);

test('a session is exported as NDJSON, imported elsewhere, and reads the same there (J7)', async (t) => {
  const here = testHome(t);
  const there = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home: here.home, cwd: here.work });
  const id = (await run('new', '--title', 'To be moved')).stdout.trim();
  const command = `node -e "for (let n = 0; n < 40000; n++) console.log('line ' + n)"`;
  assert.equal((await run('prompt', id, command, '--wait')).code, 0);
  const file = path.join(here.work, 'moved.ndjson');
  assert.equal((await run('export', id, '-o', file)).code, 0);
  const whole = jsonLines(readFileSync(file, 'utf8'));
  assert.deepEqual([whole[0]?.['holdfast'], whole[0]?.['title']], ['session', 'To be moved']);
  const elsewhere = { home: there.home, cwd: there.work };
  const taken = await holdfast(['import', file, '--cwd', there.work], elsewhere);
  assert.deepEqual([taken.code, taken.stderr], [0, '']);
  const imported = taken.stdout.trim();
  assert.notEqual(imported, id);
  const markdown = async (args: string[], options: { home: string; cwd: string }) =>
    (await holdfast(['export', ...args], options)).stdout.split('\n').slice(3).join('\n');
  const own = await markdown([id], { home: here.home, cwd: here.work });
  assert.match(own, /line 39999/u);
  assert.equal((await markdown([imported], elsewhere)).includes('line 39999'), true);
  assert.equal((await holdfast(['prompt', imported, 'echo goes on', '--wait'], elsewhere)).code, 0);
});

test('bad lines of an import are named, nothing is taken in, and other files that are none say so', async (t) => {
  const { home, work } = testHome(t);
  const run = (input: string, ...args: string[]) => holdfast(args, { home, cwd: work, input });
  const bad = await run('{"holdfast":"session","version":1}\nnonsense\n{"seq":"x"}\n', 'import', '-');
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /line 2 is not JSON/u);
  assert.match(bad.stderr, /line 3 is no event/u);
  const newer = await run('{"holdfast":"session","version":99}\n', 'import', '-');
  assert.deepEqual([newer.code, /update it/u.test(newer.stderr)], [2, true]);
  const empty = await run('', 'import', '-');
  assert.deepEqual([empty.code, /no session/u.test(empty.stderr)], [2, true]);
  const missing = await run('', 'import', 'none.ndjson');
  assert.deepEqual([missing.code, /none.ndjson/u.test(missing.stderr)], [2, true]);
  for (const { stderr } of [bad, newer, empty, missing]) noTrace(stderr);
  assert.equal((await run('', 'ls', '--json')).stdout, '');
});

test('a reader that has seen enough ends the program quietly, with exit code 0, and does not disturb the session', async (t) => {
  const { home, work } = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home, cwd: work });
  const id = (await run('new')).stdout.trim();
  const forever = `node -e "setInterval(() => console.log('tick'), 20)"`;
  assert.equal((await run('prompt', id, forever)).code, 0);
  const cut = await holdfast(['attach', id], {
    ...{ home, cwd: work },
    onOutput: (stdout, child) => stdout.includes('tick') && child.stdout?.destroy(),
  });
  assert.deepEqual([cut.code, cut.stderr], [0, '']);
  assert.equal(jsonLines((await run('ls', '--json')).stdout)[0]?.['phase'], 'running');
  assert.equal((await run('cancel', id)).code, 0);
});

test('NO_COLOR and a pipe mean no colours', async (t) => {
  const { home, work } = testHome(t);
  await holdfast(['new'], { home, cwd: work });
  for (const env of [{}, { NO_COLOR: '1' }]) {
    const { stdout } = await holdfast(['ls'], { home, cwd: work, env });
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(stdout, /\u001b/u);
  }
});

test('doctor finds nothing wrong where nothing is, and says what to do about what is', async (t) => {
  const { home, work } = testHome(t);
  const run = (...args: string[]) => holdfast(args, { home, cwd: work });
  const well = await run('doctor', '--json');
  assert.equal(well.code, 0, well.stdout);
  const checks = new Set(jsonLines(well.stdout).map(({ check }) => check));
  for (const check of ['node', 'home', 'disk', 'entry', 'runtime', 'agents', 'journal'])
    assert.ok(checks.has(check), check);
  writeFileSync(path.join(home, 'agents.json'), '{"agents": {"broken": {"name": 1}}}');
  writeFileSync(path.join(home, 'remotes.json'), 'not JSON');
  const ill = jsonLines((await run('doctor', '--json')).stdout);
  const found = (check: string) => ill.find((each) => each['check'] === check && each['state'] !== 'ok');
  assert.match(String(found('agents')?.['text']), /broken/u);
  assert.match(String(found('remotes')?.['text']), /not JSON/u);
  for (const each of ill)
    assert.ok(each['state'] === 'ok' || each['help'] !== undefined, JSON.stringify(each));
});

test(
  'doctor says that a folder which cannot be used is wrong, and exits 1',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { home, work } = testHome(t);
    mkdirSync(home, { mode: 0o700 });
    writeFileSync(path.join(home, 'runtime'), 'a file where a folder should be');
    const { code, stdout, stderr } = await holdfast(['doctor'], { home, cwd: work });
    assert.equal(code, 1, stdout);
    assert.match(stdout, /wrong .*runtime/u);
    noTrace(stderr);
    chmodSync(home, 0o755);
    assert.match((await holdfast(['doctor'], { home, cwd: work })).stdout, /warning .*chmod 700/su);
  },
);

test('completion prints a script for each shell that names every command, and refuses another shell', async (t) => {
  const { home, work } = testHome(t);
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, stdout } = await holdfast(['completion', shell], { home, cwd: work });
    assert.equal(code, 0);
    for (const word of ['attach', 'export', 'doctor', 'no-follow'])
      assert.ok(stdout.includes(word), `${shell} ${word}`);
  }
  assert.equal((await holdfast(['completion', 'tcsh'], { home, cwd: work })).code, 2);
});
