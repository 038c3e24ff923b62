import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cli, holdfast } from '../support/terminalProgram.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const TOKEN = 'tok-4f9c2e71-nobody-may-see';

/** The program that gives a command a terminal of its own. */
const SCRIPT = '/usr/bin/script';
const onTerminal = { skip: process.platform !== 'linux' || !existsSync(SCRIPT) };

/** Runs a line of a shell on a terminal; when it has printed one of `typed`, that is typed. Resolves with what stood there. */
function onTty(line: string, { home, cwd, typed }: { home: string; cwd: string; typed: [string, string][] }) {
  // What the program prints goes to its terminal and from there to our pipe; nothing of it is recorded besides.
  const child = spawn(SCRIPT, ['-qefc', line, '/dev/null'], {
    cwd,
    env: { ...process.env, HOLDFAST_HOME: home, HOLDFAST_TOKEN: '', NO_COLOR: '1', SHELL: '/bin/sh' },
  });
  const left = [...typed];
  let shown = '';
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = left;
    if (next === undefined || !shown.includes(next[0])) return;
    left.shift();
    child.stdin.write(next[1]);
  });
  return new Promise<{ shown: string; code: number | null }>((resolve) =>
    child.on('close', (code) => resolve({ shown, code })),
  );
}

const program = `'${process.execPath}' '${cli}'`;
const add = `${program} remotes add box wss://box.example:4711`;

/** What is kept in a data directory, as text. */
function kept(home: string): string {
  if (!existsSync(home)) return '';
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'utf8')).join('\n');
}

test(
  'the token of a remote is not shown while it is typed, and can be corrected (O7, C5)',
  onTerminal,
  async (t) => {
    const { home, work } = testHome(t);
    const typed: [string, string][] = [['token: ', `${TOKEN}x\x7f\r`]];
    const { shown, code } = await onTty(`${add}; stty -a`, { home, cwd: work, typed });
    assert.equal(code, 0, shown);
    assert.match(shown, /box stands in/u);
    assert.ok(!shown.includes(TOKEN.slice(0, 4)), shown);
    assert.match(shown, / icanon .* echo /su, 'the terminal is as it was');
    assert.ok(kept(home).includes(TOKEN) && !kept(home).includes(`${TOKEN}x`));
  },
);

test(
  'Ctrl-C instead of a token gives the terminal back as it was, and nothing is kept (O7)',
  onTerminal,
  async (t) => {
    const { home, work } = testHome(t);
    const typed: [string, string][] = [['token: ', 'tok-\x03']];
    const line = `${add}; echo "ended with $?"; stty -a`;
    const { shown } = await onTty(line, { home, cwd: work, typed });
    assert.match(shown, /ended with 130/u);
    assert.match(shown, / icanon .* echo /su);
    assert.ok(!shown.includes('tok-') && !kept(home).includes('tok-'), shown);
  },
);

test(
  'what an agent’s sign-in calls secret is not shown while it is typed (A7, C5)',
  onTerminal,
  async (t) => {
    const { home, work } = testHome(t);
    const tidal = fakeAgent('signsIn', { FAKE_SIGNED_IN: path.join(work, 'signed-in') });
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'agents.json'), JSON.stringify({ agents: { tidal } }));
    const typed: [string, string][] = [['Word: ', 'right-token-4711\r']];
    const { shown, code } = await onTty(`${program} agents login tidal key`, { home, cwd: work, typed });
    assert.equal(code, 0, shown);
    assert.match(shown, /signed in to tidal/u);
    assert.ok(!shown.includes('right'), shown);
  },
);

test('the token of a remote is read from a pipe, and missed when nothing comes (O7)', async (t) => {
  const { home, work } = testHome(t);
  const run = (input: string) =>
    holdfast(['remotes', 'add', 'box', 'wss://box.example:4711'], {
      ...{ home, cwd: work, input, env: { HOLDFAST_TOKEN: '' } },
    });
  const missing = await run('');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /the token is missing\n.*on stdin/u);
  const given = await run(`${TOKEN}\n`);
  assert.deepEqual([given.code, given.stdout], [0, ''], given.stderr);
  assert.ok(kept(home).includes(TOKEN) && !given.stderr.includes(TOKEN));
});
