import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLedger } from '../../../../src/runtime/work/ledger.ts';
import { gone, isAlive } from '../../../support/testHome.ts';

const ledger = fileURLToPath(new URL('../../../../src/runtime/work/ledger.ts', import.meta.url));
const trees = fileURLToPath(new URL('../../../../src/runtime/work/startedTrees.ts', import.meta.url));

/** A runtime that dies between the start of a process and its being written down. */
const dying = `
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { openLedger } from ${JSON.stringify(ledger)};
import { treeStarting } from ${JSON.stringify(trees)};
openLedger(process.argv[1], () => {});
const { env } = treeStarting();
const child = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec 1>&-'], { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
child.stdout.on('data', (pid) => {
  writeSync(1, pid);
  process.kill(process.pid, 'SIGKILL');
});
`;

test(
  'a process whose start was not yet written down when its runtime was killed is swept by the next (law 11)',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-ledger-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', dying, folder]);
    const pid = Number(stdout);
    assert.ok(pid > 0 && isAlive(pid), 'it outlived its runtime');
    await openLedger(folder, (error) => assert.fail(String(error))).sweep();
    await gone(pid);
    assert.deepEqual(readdirSync(folder), [], 'and nothing is left to be swept');
  },
);
