import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { filesSignature } from '../../../../src/runtime/work/filesSignature.ts';
import { directory } from '../agent/harness.ts';

test('the signature of a directory changes with its files, and stays without (G1)', async (t) => {
  const root = directory(t);
  mkdirSync(path.join(root, 'deep', 'node_modules'), { recursive: true });
  writeFileSync(path.join(root, 'deep', 'a'), '1');
  const before = await filesSignature(root);
  writeFileSync(path.join(root, 'deep', 'node_modules', 'b'), '1');
  assert.equal(await filesSignature(root), before, 'what is made from other files does not count');
  writeFileSync(path.join(root, 'deep', 'a'), '22');
  assert.notEqual(await filesSignature(root), before);
  assert.equal(await filesSignature(root, { most: 0 }), undefined);
});

test('looking at files ends when nobody waits for it any more (T4)', async (t) => {
  const root = directory(t);
  writeFileSync(path.join(root, 'a'), '1');
  assert.equal(await filesSignature(root, { signal: AbortSignal.abort() }), undefined);
});
