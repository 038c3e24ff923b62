import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RemoteHosts } from '../../../src/extension/remoteHosts.ts';
import { fakeMemory } from '../../support/fakeMemory.ts';
import { ManualClock } from '../../support/manualClock.ts';

test('a setting that changes just when a broken remotes.json is read once more is the one that stays (O7)', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'h-'));
  t.after(() => rmSync(home, { recursive: true }));
  writeFileSync(path.join(home, 'remotes.json'), '{"remotes": {');
  const clock = new ManualClock();
  const hosts = new RemoteHosts({
    ...{ home, clock, memory: fakeMemory(), clientName: 'a window' },
    secrets: {
      get: () => Promise.resolve(undefined),
      store: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    },
    log: () => undefined,
    isOwn: () => false,
  });
  t.after(() => hosts.dispose());
  const entry = { url: 'ws://127.0.0.1:1' };
  await hosts.follow({ before: entry });
  assert.equal(clock.waiting, 1);
  void hosts.follow({ after: entry });
  clock.advance(60_000);
  await hosts.followed;
  assert.deepEqual(
    hosts.all.map(({ name }) => name),
    ['after'],
  );
  assert.equal(hosts.problems.length, 1, 'the file was read once more');
});
