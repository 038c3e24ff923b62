import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { Deferred } from '../../../../src/base/deferred.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import { emptyTemporary, noteElsewhere } from '../../../../src/runtime/temporaryFolder.ts';
import { runDownloads, type DownloadContext } from '../../../../src/runtime/work/download.ts';
import { zip } from '../../../support/packages/archives.ts';

const MIB = 1024 * 1024;

/** A working directory and a folder for temporary files, on another disk where there is one, and a server that the test plays. */
async function setUp(t: TestContext, elsewhere = tmpdir()) {
  const folder = (at: string): string => {
    const made = mkdtempSync(path.join(at, 'holdfast-download-test-'));
    t.after(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const [cwd, temporary] = [folder(elsewhere), folder(tmpdir())];
  const answers: ServerResponse[] = [];
  const asked = new Deferred<ServerResponse>();
  const server = createServer((_, response) => {
    answers.push(response);
    asked.resolve(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/it`;
  const abort = new AbortController();
  const run = (more: Partial<DownloadContext> = {}, unzip = false): Promise<void> => {
    const context = { cwd, temporary, signal: abort.signal, clock: systemClock, tell: () => undefined };
    return runDownloads([{ url, ...(unzip ? { unzip } : { to: 'file' }) }], { ...context, ...more });
  };
  /** Bytes of all that stands in a folder. */
  const weight = (at: string): number =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };
  return { cwd, temporary, asked: asked.promise, abort, run, weight, until };
}

/** A place on a disk that is not the one for temporary files, where there is one. */
function otherDisk(): string | undefined {
  try {
    return statSync('/dev/shm').dev === statSync(tmpdir()).dev ? undefined : '/dev/shm';
  } catch {
    return undefined;
  }
}

for (const [disk, elsewhere] of Object.entries({
  'that of temporary files': tmpdir(),
  another: otherDisk(),
})) {
  const skip = elsewhere === undefined;

  test(
    `a download stands in its place when it is whole, on ${disk}, and nothing else is left (C3)`,
    { skip },
    async (t) => {
      const { cwd, temporary, asked, run, weight, until } = await setUp(t, elsewhere);
      const done = run();
      const answer = await asked;
      answer.write('x'.repeat(MIB));
      await until(() => weight(temporary) >= MIB);
      assert.deepEqual(readdirSync(cwd), []);
      answer.end('y');
      await done;
      assert.deepEqual([readdirSync(cwd), readdirSync(temporary)], [['file'], []]);
      assert.equal(readFileSync(path.join(cwd, 'file'), 'utf8'), `${'x'.repeat(MIB)}y`);
    },
  );

  test(
    `a download to ${disk} that is cancelled leaves nothing, also when all but its end has come (C3, T3)`,
    { skip },
    async (t) => {
      const { cwd, temporary, asked, run, weight, until, abort } = await setUp(t, elsewhere);
      const done = run();
      const answer = await asked;
      answer.writeHead(200, { 'content-length': String(MIB + 1) });
      answer.write('x'.repeat(MIB));
      await until(() => weight(temporary) >= MIB);
      abort.abort();
      await assert.rejects(done);
      assert.deepEqual([readdirSync(cwd), readdirSync(temporary)], [[], []]);
    },
  );
}

test(
  'cancelling holds also while what came is copied to another disk, where nothing is left of it (C3, T3)',
  { skip: otherDisk() === undefined },
  async (t) => {
    const { cwd, temporary, asked, run, abort } = await setUp(t, otherDisk());
    // It is looked for room there just before it is copied.
    const freeBytes = (folder: string): Promise<number> => {
      if (folder === cwd) abort.abort();
      return Promise.resolve(Infinity);
    };
    const done = run({ freeBytes });
    (await asked).end('x'.repeat(MIB));
    await assert.rejects(done, { name: 'AbortError' });
    assert.deepEqual([readdirSync(cwd), readdirSync(temporary)], [[], []]);
  },
);

test('what a killed runtime was copying to another disk is removed by the next, and nothing else (C3, J4)', async (t) => {
  const { cwd, temporary } = await setUp(t);
  const [half, other] = [`${randomUUID()}.part`, `${randomUUID()}.part`];
  for (const name of [half, other, 'mine.txt']) writeFileSync(path.join(cwd, name), 'x');
  for (const name of [half, 'mine.txt']) noteElsewhere(path.join(cwd, name), temporary);
  emptyTemporary(temporary, silentLog);
  assert.deepEqual(readdirSync(cwd).toSorted(), [other, 'mine.txt'].toSorted());
});

test('what cannot be removed keeps nothing else that a killed runtime left, and goes when it can (C3, S1)', async (t) => {
  const { cwd, temporary } = await setUp(t);
  const stuck = path.join(cwd, `${randomUUID()}.part`);
  mkdirSync(stuck);
  noteElsewhere(stuck, temporary);
  const note = readdirSync(temporary);
  for (const name of ['a', 'z']) mkdirSync(path.join(temporary, name));
  emptyTemporary(temporary, silentLog);
  assert.deepEqual([readdirSync(temporary), readdirSync(cwd)], [note, [path.basename(stuck)]]);
  rmdirSync(stuck);
  emptyTemporary(temporary, silentLog);
  assert.deepEqual(readdirSync(temporary), []);
});

test('what there is no room for on its disk is refused in words before it is fetched, and is given up when the room goes (C3)', async (t) => {
  const known = await setUp(t);
  const refused = known.run({ freeBytes: () => Promise.resolve(100 * MIB) });
  (await known.asked).writeHead(200, { 'content-length': String(50 * MIB) }).flushHeaders();
  await assert.rejects(refused, {
    kind: 'downloadFailed',
    message: /too little room on the disk of .*: 100 MiB are free, and 114 MiB are needed$/u,
  });
  const unknown = await setUp(t);
  let looked = 0;
  const shrinking = (): Promise<number> => Promise.resolve((looked++ === 0 ? 100 : 10) * MIB);
  const givenUp = unknown.run({ freeBytes: shrinking });
  const answer = await unknown.asked;
  answer.write('x'.repeat(20 * MIB));
  await assert.rejects(givenUp, { kind: 'downloadFailed', message: /: 10 MiB are free, and 64 MiB are/u });
  for (const { cwd, temporary } of [known, unknown])
    assert.deepEqual([readdirSync(cwd), readdirSync(temporary)], [[], []]);
});

test('an archive that there is no room for is not unpacked at all (C3)', async (t) => {
  const { cwd, asked, run } = await setUp(t);
  let looked = 0;
  const shrinking = (): Promise<number> => Promise.resolve((looked++ === 0 ? 100 : 10) * MIB);
  const done = run({ freeBytes: shrinking }, true);
  (await asked).end(zip([{ name: 'data.txt', contents: 'data' }]));
  await assert.rejects(done, {
    kind: 'downloadFailed',
    message: /was not unpacked: there is too little room/u,
  });
  assert.deepEqual(readdirSync(cwd), []);
});
