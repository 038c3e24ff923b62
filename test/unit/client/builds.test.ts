import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { installBuild, listBuilds } from '../../../src/client/builds.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';

const top = mkdtempSync(path.join(tmpdir(), 'holdfast-builds-'));
after(() => rmSync(top, { recursive: true }));
let count = 0;

/** A package with a bundle, as it lies on disk. */
function shipped(buildId: string, protocol = { min: 1, max: 1 }): string {
  const folder = path.join(top, `package-${count++}`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'runtime.mjs'), `// ${buildId}`);
  writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify({ buildId, protocol }));
  return path.join(folder, 'runtime.mjs');
}

const newBuilds = (): string => path.join(top, `home-${count++}`, 'runtime', 'builds');

/** Makes a copy look as if it were made at a time. */
function copiedAt(builds: string, buildId: string, seconds: number): void {
  utimesSync(path.join(builds, buildId, 'runtime.json'), seconds, seconds);
}

test('the bundle is copied with its manifest, and started from there', async () => {
  const builds = newBuilds();
  const { bundle, manifest } = await installBuild({ builds, bundle: shipped('one') });
  assert.equal(bundle, path.join(builds, 'one', 'runtime.mjs'));
  assert.equal(readFileSync(bundle, 'utf8'), '// one');
  assert.deepEqual(manifest, { buildId: 'one', protocol: { min: 1, max: 1 } });
  assert.deepEqual(readdirSync(builds), ['one'], 'nothing half-made is left');
});

test('a copy that is there is left alone', async () => {
  const builds = newBuilds();
  const bundle = shipped('one');
  const first = await installBuild({ builds, bundle });
  copiedAt(builds, 'one', 1000);
  const second = await installBuild({ builds, bundle });
  assert.equal(second.copiedAt, 1_000_000);
  assert.equal(second.bundle, first.bundle);
});

test('the newest copy whose protocol range overlaps is started, whoever starts it', async () => {
  const builds = newBuilds();
  const old = shipped('old', { min: 1, max: 2 });
  await installBuild({ builds, bundle: old });
  await installBuild({ builds, bundle: shipped('newer', { min: 2, max: 3 }) });
  await installBuild({ builds, bundle: shipped('foreign', { min: 3, max: 4 }) });
  copiedAt(builds, 'old', 1000);
  copiedAt(builds, 'newer', 2000);
  copiedAt(builds, 'foreign', 3000);
  assert.equal((await installBuild({ builds, bundle: old })).manifest.buildId, 'newer');
});

test('a broken copy is replaced by a whole one', async () => {
  const builds = newBuilds();
  mkdirSync(path.join(builds, 'one'), { recursive: true });
  writeFileSync(path.join(builds, 'one', 'runtime.mjs'), 'half');
  assert.deepEqual(await listBuilds(builds), []);
  const { bundle } = await installBuild({ builds, bundle: shipped('one') });
  assert.equal(readFileSync(bundle, 'utf8'), '// one');
});

test('many at once make one copy', async () => {
  const builds = newBuilds();
  const bundle = shipped('one');
  const all = await Promise.all(Array.from({ length: 8 }, () => installBuild({ builds, bundle })));
  assert.deepEqual(new Set(all.map((build) => build.bundle)).size, 1);
  assert.deepEqual(readdirSync(builds), ['one']);
});

test('old copies go, but not the one that runs', async () => {
  const builds = newBuilds();
  for (let index = 0; index < 8; index++) {
    await installBuild({ builds, bundle: shipped(`b${index}`), running: 'b0' });
    copiedAt(builds, `b${index}`, 1000 + index);
  }
  assert.deepEqual(readdirSync(builds).sort(), ['b0', 'b3', 'b4', 'b5', 'b6', 'b7']);
});

test('a bundle without a manifest is an error that names the file', async () => {
  const bundle = shipped('one');
  rmSync(path.join(path.dirname(bundle), 'runtime.json'));
  await assert.rejects(
    installBuild({ builds: newBuilds(), bundle }),
    (error) => isHoldfastError(error, 'homeUnusable') && error.message.includes('runtime.json'),
  );
});
