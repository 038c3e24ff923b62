import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pullRequestChecks } from '../../../src/runtime/pullRequestChecks.ts';
import { clockWithManual } from '../../support/manualClock.ts';
import { gone } from '../../support/testHome.ts';

const skip = process.platform === 'win32' ? 'its gh is a POSIX script' : false;
/** So long checks that have not ended are left alone between two looks. */
const POLL_MS = 15_000;

const checks = (...buckets: string[]): string =>
  JSON.stringify(buckets.map((bucket, at) => ({ name: `job ${at}`, bucket, state: bucket.toUpperCase() })));

/** A directory with a `gh` of the test's own, and a clock whose wait between two looks the test ends. */
function setUp(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gh-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const { clock, manual } = clockWithManual(POLL_MS);
  const abort = new AbortController();
  const called = path.join(folder, 'called');
  return {
    folder,
    manual,
    abort,
    /** What `gh` does from now on; it notes each call first. */
    gh(script: string): void {
      const file = path.join(bin, 'gh');
      writeFileSync(`${file}.new`, `#!/bin/sh\necho "$*" >> '${called}'\n${script}\n`);
      chmodSync(`${file}.new`, 0o755);
      renameSync(`${file}.new`, file);
    },
    calls: (): number => (existsSync(called) ? readFileSync(called, 'utf8').trim().split('\n').length : 0),
    look: (timeoutMs?: number, PATH = `${bin}:/usr/bin:/bin`) =>
      pullRequestChecks({ cwd: folder, env: { PATH }, clock, signal: abort.signal, timeoutMs }),
    /** Resolves when it waits to look again. */
    async waits(): Promise<void> {
      while (manual.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

test(
  'checks that have not ended are waited for; those that failed are told with where to look (G1)',
  { skip },
  async (t) => {
    const { gh, look, waits, manual, calls } = setUp(t);
    gh(`echo '${checks('pending', 'pass')}'; exit 8`);
    const found = look();
    await waits();
    manual.advance(POLL_MS);
    await waits();
    assert.equal(calls(), 2, 'it looked again');
    gh(`echo '${checks('fail', 'pass', 'cancel')}'; exit 1`);
    manual.advance(POLL_MS);
    const { outcome, summary, report } = await found;
    assert.deepEqual([outcome, summary], ['red', '2 of 3 checks failed']);
    assert.match(report, /job 0: fail[^]*job 2: cancel/u);
  },
);

test('checks that passed or were left out are green (G1)', { skip }, async (t) => {
  const { gh, look } = setUp(t);
  gh(`echo '${checks('pass', 'skipping')}'`);
  assert.deepEqual(await look(), { outcome: 'green', summary: '2 checks passed', report: '' });
});

test('a push whose checks are not known yet is given time, but not for ever (G1)', { skip }, async (t) => {
  const { gh, look, waits, manual, calls } = setUp(t);
  gh('echo "no checks reported on the \'main\' branch" >&2; exit 1');
  const found = look();
  for (let n = 0; n < 3; n++) {
    await waits();
    manual.advance(POLL_MS);
  }
  const { outcome, summary } = await found;
  assert.equal(outcome, 'broken');
  assert.match(summary ?? '', /no checks reported/u);
  assert.equal(calls(), 4);
});

for (const [what, script, words] of [
  [
    'there is no pull request',
    'echo "no pull requests found for branch \\"main\\"" >&2; exit 1',
    /no pull requests found/u,
  ],
  [
    'nobody signed in to gh',
    'echo "To get started with GitHub CLI, please run:  gh auth login" >&2; exit 4',
    /gh auth login/u,
  ],
  ['gh says nothing that can be read', 'echo "<html>"; exit 0', /cannot be read: gh exited with 0/u],
] as const) {
  test(`when ${what}, the check is broken at once and says so (G1)`, { skip }, async (t) => {
    const { gh, look, calls } = setUp(t);
    gh(script);
    const { outcome, summary } = await look();
    assert.equal(outcome, 'broken');
    assert.match(summary ?? '', words);
    assert.equal(calls(), 1);
  });
}

test('without gh the check is broken, and says what to install (G1)', { skip }, async (t) => {
  const { look, folder } = setUp(t);
  const { outcome, summary } = await look(undefined, folder);
  assert.equal(outcome, 'broken');
  assert.match(summary ?? '', /install the GitHub CLI and sign in/u);
});

test('checks that do not end in time are given up, with how many were left (G1)', { skip }, async (t) => {
  const { gh, look } = setUp(t);
  gh(`sleep 0.01; echo '${checks('pending', 'pending')}'; exit 8`);
  const { outcome, summary } = await look(1);
  assert.equal(outcome, 'broken');
  assert.match(summary ?? '', /^2 checks had not ended/u);
});

test(
  'cancelling between two looks, or during one, ends the check and its process (G1, T3)',
  { skip },
  async (t) => {
    const between = setUp(t);
    between.gh(`echo '${checks('pending')}'; exit 8`);
    const waiting = between.look();
    await between.waits();
    between.abort.abort();
    assert.deepEqual(await waiting, { outcome: 'cancelled', report: '' });

    const during = setUp(t);
    const pidFile = path.join(during.folder, 'pid');
    during.gh(`echo $$ > '${pidFile}.new'; mv '${pidFile}.new' '${pidFile}'; exec sleep 1000`);
    const looking = during.look();
    while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 5));
    during.abort.abort();
    assert.deepEqual(await looking, { outcome: 'cancelled', report: '' });
    await gone(Number(readFileSync(pidFile, 'utf8')));
  },
);
