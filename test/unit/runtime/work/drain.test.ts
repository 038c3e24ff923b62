import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { quiet } from '../../../../src/runtime/work/drain.ts';

test(
  'what was printed while this process could not run is read before a pipe counts as drained (C1)',
  { skip: process.platform === 'win32' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-drain-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const sign = join(folder, 'printed');
    const child = spawn('sh', ['-c', 'read line; echo late; touch "$0"; read line', sign], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    const drained = quiet([child.stdout], systemClock);
    // The event loop stands still until the line is there, and for longer than any quiet.
    const start = performance.now();
    child.stdin.write('\n');
    while (!existsSync(sign) || performance.now() - start < 1500) Atomics.wait(cell, 0, 0, 5);
    await drained;
    assert.equal(text, 'late\n');
  },
);

const cell = new Int32Array(new SharedArrayBuffer(4));
