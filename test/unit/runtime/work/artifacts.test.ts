import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../../src/base/clock.ts';
import type { EventOf } from '../../../../src/protocol/events.ts';
import type { Head } from '../../../../src/protocol/head.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import { Artifacts } from '../../../../src/runtime/work/artifacts.ts';
import { ArtifactWatch } from '../../../../src/runtime/work/artifactWatch.ts';
import { ManualClock } from '../../../support/manualClock.ts';

/** Artifacts of a session that is nothing else, in a working directory of its own. */
function setUp(
  t: TestContext,
  { clock = systemClock, keep = () => 'sha' }: { clock?: Clock; keep?: () => string } = {},
) {
  const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'artifacts-')));
  const told: EventOf<'artifact.declared' | 'artifact.updated'>[] = [];
  const logged: string[] = [];
  const waits = new Set<() => void>();
  let declared: Head['artifacts'];
  const artifacts = new Artifacts({
    head: () => ({ sessionId: 's', cwd, additionalDirectories: [], artifacts: declared }) as unknown as Head,
    record(event) {
      told.push(event);
      if (event.type === 'artifact.declared')
        declared = { directories: event.directories, ignore: event.ignore, count: 0, bytes: 0 };
      for (const look of [...waits]) look();
    },
    keep,
    redact: (bytes) => bytes,
    recorded: () => [],
    mayStore: () => true,
    clock,
    log: {
      ...silentLog,
      warn(text) {
        logged.push(text);
        for (const look of [...waits]) look();
      },
    },
  });
  t.after(() => {
    artifacts.dispose();
    rmSync(cwd, { recursive: true, force: true });
  });
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        waits.delete(look);
        resolve();
      };
      waits.add(look);
      look();
    });
  /** The files as they were told of last; `-` before one that was removed. */
  const files = (): string[] =>
    told.flatMap((event) =>
      event.type === 'artifact.updated' ? [`${event.removed === true ? '-' : ''}${event.path}`] : [],
    );
  return { cwd, artifacts, told, logged, until, files };
}

test('a directory that goes takes its files along, and is followed again when it comes back (C4, T6)', async (t) => {
  const { cwd, artifacts, until, files } = setUp(t);
  const out = path.join(cwd, 'out');
  mkdirSync(out);
  writeFileSync(path.join(out, 'a'), 'a');
  artifacts.declare({ artifacts: ['out'] });
  await until(() => files().includes('a'));
  rmSync(out, { recursive: true });
  await until(() => files().includes('-a'));
  mkdirSync(out);
  writeFileSync(path.join(out, 'b'), 'b');
  await until(() => files().includes('b'));
  await artifacts.drain();
});

test('a look that fails is logged, and the next one finds what it missed (C4, T6)', async (t) => {
  let fails = true;
  const keep = (): string => {
    if (fails) throw new Error('no room');
    return 'sha';
  };
  const { cwd, artifacts, until, files, logged } = setUp(t, { keep });
  writeFileSync(path.join(cwd, 'a'), 'a');
  artifacts.declare({ artifacts: ['.'] });
  await until(() => logged.length > 0);
  fails = false;
  await artifacts.drain();
  assert.deepEqual(files(), ['a']);
});

test('the last look ends in time whatever it is at: it is logged, and what it finds after that is told to nobody (C4, T6)', async (t) => {
  const clock = new ManualClock();
  const { cwd, artifacts, files, logged, told } = setUp(t, { clock });
  artifacts.declare({ artifacts: ['.'] });
  await artifacts.drain();
  artifacts.reopen();
  writeFileSync(path.join(cwd, 'late'), 'late');
  const before = told.length;
  const draining = artifacts.drain();
  // Nothing of the look can have been read from the disk by now.
  clock.advance(5000);
  await draining;
  assert.match(logged.join('\n'), /artifacts: the last look/u);
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([told.length, files()], [before, []]);
});

test('what cannot be watched is looked at from time to time, and the reason is told once (C4, T6)', () => {
  const clock = new ManualClock();
  let changes = 0;
  const problems: unknown[] = [];
  const watch = new ArtifactWatch(
    clock,
    () => changes++,
    (error) => problems.push(error),
  );
  // No system watches a name that none of its files can have.
  assert.equal(watch.follow(['no\0name', 'nor\0this']), false);
  assert.equal(problems.length, 1);
  clock.advance(6000);
  assert.equal(changes, 3);
  watch.dispose();
  clock.advance(60_000);
  assert.equal(changes, 3, 'and no more afterwards');
  assert.equal(watch.follow(['no\0name']), false);
  assert.equal(problems.length, 1);
});

test('a directory that went before it could be followed is looked for again, and is no problem (C4)', () => {
  const clock = new ManualClock();
  let changes = 0;
  const problems: unknown[] = [];
  const watch = new ArtifactWatch(
    clock,
    () => changes++,
    (error) => problems.push(error),
  );
  assert.equal(watch.follow([path.join(tmpdir(), 'there-is-no-such-directory')]), false);
  clock.advance(1000);
  assert.deepEqual([changes, problems], [1, []]);
  watch.dispose();
});
