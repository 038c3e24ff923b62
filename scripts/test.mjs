/**
 * Checks everything, in order of speed: `npm test`. `npm test -- unit scenarios` runs those groups alone,
 * `npm test -- test/unit/arrows.test.ts` those files, and `--test-…` options go to Node's test runner.
 * The last line is `N passed, N failed`, over all groups.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { leftBehind } from './leftBehind.mjs';
import { node24, root } from './run.mjs';
import { runMain, seconds } from './step.mjs';
import { groups } from './testGroups.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];
/**
 * What failed, and passed when its file ran again; see `runsAgain`.
 *
 * @type {string[]}
 */
const failedOnce = [];

/** Where test files that forget to name a data directory get one: never the person's own. */
const home = mkdtempSync(join(tmpdir(), 'holdfast-test-'));

/** Where tests that clean up have their temporary files: whatever they and their agents leave goes with it. Its name is short for sockets. */
const temporary = join(home, 't');
mkdirSync(temporary);

await runMain(async () => {
  const words = process.argv.slice(2);
  const files = words.filter((word) => /\.test\.[a-z]+$/.test(word)).map((word) => resolve(word));
  const runnerOptions = words.filter((word) => word.startsWith('--test-'));
  const names = words.filter((word) => word in groups);
  const unknown = words.filter((word) => !/\.test\.[a-z]+$|^--test-/.test(word) && !(word in groups));
  if (unknown.length > 0) {
    console.error(`No such group: ${unknown.join(', ')}. There are ${Object.keys(groups).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  try {
    for (const [name, group] of Object.entries(groups)) {
      const chosen = group.tests
        ? testFiles(group.tests).filter((file) => !files.length || files.includes(file))
        : [];
      const isAsked = words.length === runnerOptions.length ? !group.onRequest : names.includes(name);
      const wanted = isAsked || (group.needed && needBuild(names, files));
      if (!wanted && !(files.length > 0 && chosen.length > 0)) continue;
      if (group.tests && chosen.length === 0) continue;
      const ok = await runGroup(name, group, chosen, runnerOptions);
      if (!ok && group.needed) break;
    }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  tell('Failed at first, and passed when its file ran again', failedOnce);
  tell('Failed', failures);
  if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
});

/**
 * Whether something that is asked for drives what is built: all tests but the units do.
 *
 * @param {string[]} names Groups that are asked for.
 * @param {string[]} files
 */
function needBuild(names, files) {
  return (
    names.some((name) => name !== 'unit' && groups[name]?.tests !== undefined) ||
    files.some((file) => !/[/\\]test[/\\]unit[/\\]/.test(file))
  );
}

/**
 * Runs one group and adds up its counts.
 *
 * @param {string} name
 * @param {import('./testGroups.mjs').Group} group
 * @param {string[]} files Its test files, if it has a folder of them.
 * @param {string[]} runnerOptions
 * @returns {Promise<boolean>} Whether nothing failed.
 */
async function runGroup(name, group, files, runnerOptions) {
  const started = performance.now();
  const before = { ...totals };
  console.log(`\n── ${name}`);
  if (group.linuxOnly && process.platform !== 'linux') {
    console.log(
      'skipped: it needs the server build of VS Code, which runs on Linux (see `npm run test:electron`)',
    );
    totals.skipped += files.length;
    return true;
  }
  try {
    await group.prepare?.();
    if (group.commands) await runCommands(name, group.commands);
    if (group.tests) await runTests(name, group, files, runnerOptions);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(message);
    fail(`${name}: ${message}`);
  }
  const failed = totals.failed - before.failed;
  console.log(`── ${name}: ${totals.passed - before.passed} passed, ${failed} failed in ${seconds(started)}`);
  return failed === 0;
}

/**
 * @param {string} name
 * @param {string[][]} commands
 */
async function runCommands(name, commands) {
  const codes = await Promise.all(commands.map((args) => runNode(args, 10)));
  if (codes.every((code) => code === 0)) totals.passed++;
  else fail(`${name}: see above`);
}

/**
 * @param {string} name
 * @param {import('./testGroups.mjs').Group} group
 * @param {string[]} files
 * @param {string[]} runnerOptions
 */
async function runTests(name, group, files, runnerOptions) {
  let { code, lines } = await runFiles(name, group, files, runnerOptions);
  const first = lines.filter(({ outcome }) => outcome === 'failed');
  const again = group.runsAgain ? files.filter((file) => first.some((test) => test.file === file)) : [];
  // A runner that was ended before all files had run is not made good by some of them.
  const isWhole = code === 1 && files.every((file) => lines.some((test) => test.file === file));
  if (again.length > 0 && isWhole) {
    console.log(`── ${name}: once more ${again.map((file) => relative(root, file)).join(', ')}`);
    const second = await runFiles(name, group, again, runnerOptions);
    const others = lines.filter(({ file }) => !file || !again.includes(file));
    ({ code } = second);
    lines = [...others, ...second.lines];
    const failedTwice = new Set(lines.filter(({ outcome }) => outcome === 'failed').map(testKey));
    for (const test of first) if (!failedTwice.has(testKey(test))) failedOnce.push(told(name, test));
  }
  const failed = lines.filter(({ outcome }) => outcome === 'failed');
  for (const { outcome } of lines) if (outcome !== 'failed') totals[outcome]++;
  for (const test of failed) fail(told(name, test));
  if (lines.length === 0) fail(`${name}: ran no test`);
  else if (code !== 0 && failed.length === 0)
    fail(`${name}: ended with code ${code} although no test failed`);
  for (const each of await leftBehind(home)) fail(`${name}: left behind: ${each}`);
}

/** @typedef {import('./countsReporter.mjs').Line} Line */

/**
 * Runs test files in one go.
 *
 * @param {string} name
 * @param {import('./testGroups.mjs').Group} group
 * @param {string[]} files
 * @param {string[]} runnerOptions
 * @returns {Promise<{ code: number | string, lines: Line[] }>} How the runner ended, and what came of each test.
 */
async function runFiles(name, { options = [], minutes = 10, cleansUp }, files, runnerOptions) {
  const counts = join(home, `${name}.counts`);
  const reporter = pathToFileURL(join(root, 'scripts', 'countsReporter.mjs')).href;
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${reporter}`, `--test-reporter-destination=${counts}`],
  ];
  const args = ['--test', ...reporters, ...options, ...runnerOptions, ...files];
  const env = cleansUp && process.platform === 'linux' ? { TMPDIR: temporary } : {};
  rmSync(counts, { force: true });
  const code = await runNode(args, minutes, env);
  const lines = existsSync(counts) ? readFileSync(counts, 'utf8').trim().split('\n').filter(Boolean) : [];
  return { code, lines: lines.map((line) => /** @type {Line} */ (JSON.parse(line))) };
}

/** @param {Line} test */
function testKey({ file, name }) {
  return JSON.stringify([file, name]);
}

/**
 * What is told of a test that failed: where, which, and the beginning of what was thrown.
 *
 * @param {string} group
 * @param {Line} test
 */
function told(group, { file, name, why = '' }) {
  const lines = why.split('\n').filter(Boolean);
  const beginning = [...lines.slice(0, 12), ...(lines.length > 12 ? ['…'] : [])].map(
    (line) => `      ${line}`,
  );
  return [`${file ? relative(root, file) : group}: ${name}`, ...beginning].join('\n');
}

/**
 * @param {string} title
 * @param {string[]} tests
 */
function tell(title, tests) {
  if (tests.length > 0) console.log(`\n${title}:\n${tests.map((test) => `  ${test}`).join('\n')}`);
}

/** @param {string} what */
function fail(what) {
  totals.failed++;
  failures.push(what);
}

/**
 * Runs Node 24 with its output on this terminal.
 *
 * @param {string[]} args
 * @param {number} minutes It is ended after these.
 * @param {Record<string, string>} [env] What it gets besides.
 * @returns {Promise<number | string>} Its exit code, or the signal that ended it.
 */
function runNode(args, minutes, env = {}) {
  return new Promise((done, broken) => {
    const child = spawn(node24(), args, {
      cwd: root,
      env: {
        ...process.env,
        HOLDFAST_HOME: join(home, 'home'),
        HOLDFAST_TEST_RUN: home,
        ...env,
        PATH: pathWithNode24(),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const deadline = setTimeout(() => {
      console.error(`It is ended after ${minutes} minutes.`);
      child.kill();
    }, minutes * 60_000);
    child.on('error', broken);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      done(code ?? signal ?? 1);
    });
  });
}

/** Tests that start `node` get the one that they run on, however this script was started. */
function pathWithNode24() {
  return `${dirname(node24())}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH']}`;
}

/** @param {string} folder */
function testFiles(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .sort();
}
