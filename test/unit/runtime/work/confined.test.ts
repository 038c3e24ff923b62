import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import disk from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { staysWithin } from '../../../../src/runtime/work/confined.ts';

function place(t: TestContext): { readonly outside: string; readonly root: string } {
  const outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-confined-')));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  const root = path.join(outside, 'root');
  mkdirSync(root);
  return { outside, root };
}

test('what is missing stays where its name says, and a link where it leads; one that leads nowhere stays nowhere (S3)', async (t) => {
  const { outside, root } = place(t);
  mkdirSync(path.join(root, 'here'));
  for (const [link, target] of [
    ['inward', path.join(root, 'here')],
    ['outward', outside],
    ['nowhere', path.join(root, 'unborn')],
  ] as const)
    symlinkSync(target, path.join(root, link), 'junction');
  const stays = (...names: string[]) => staysWithin([root], path.join(root, ...names));
  for (const names of [['here'], ['missing', 'deep'], ['inward', 'missing']])
    assert.equal(await stays(...names), true, names.join('/'));
  for (const names of [['outward'], ['outward', 'missing'], ['nowhere'], ['nowhere', 'missing']])
    assert.equal(await stays(...names), false, names.join('/'));
});

test('a directory that comes while it is looked for is no link that leads nowhere (C4)', async (t) => {
  const { root } = place(t);
  const { realpath } = disk;
  const late = path.join(root, 'late');
  t.mock.method(disk, 'realpath', async (file: string) => {
    const found = realpath(file);
    await found.catch(() => mkdirSync(late, { recursive: true }));
    return found;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.equal(await staysWithin([root], late), true);
});
