import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { DraftImages, type DraftPlace } from '../../../src/extension/draftImages.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { DraftImage } from '../../../src/protocol/page.ts';

const place = (id: string, surface: DraftPlace['surface'] = 'sidebar'): DraftPlace => ({
  surface,
  sessionId: id as SessionId,
});
const image = (name: string): DraftImage => ({
  name,
  block: { type: 'image', data: 'AAAA', mimeType: 'image/png' },
});

/** Storage of a workspace, the files of drafts in it, and windows that are opened on it one after the other. */
function storage(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-drafts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const drafts = join(folder, 'draftImages');
  const problems: string[] = [];
  return {
    folder,
    drafts,
    problems,
    files: () => readdirSync(drafts).toSorted(),
    window: () => new DraftImages(folder, (text) => problems.push(text)),
  };
}

test('images of a draft are there again in the next window, for the place they were written in alone [U3]', async (t) => {
  const { window, problems } = storage(t);
  const before = window();
  before.keep(place('one'), [image('first.png')]);
  before.keep(place('one'), [image('a.png'), image('b.png')]);
  await before.of(place('one'));
  const after = window();
  assert.deepEqual(await after.of(place('one')), [image('a.png'), image('b.png')]);
  assert.deepEqual(await after.of(place('one', 'editor')), []);
  assert.deepEqual(await after.of(place('two')), []);
  assert.deepEqual(problems, []);
});

test('images of a prompt that was sent are gone, from the window and from its storage [U3]', async (t) => {
  const { window, files, problems } = storage(t);
  const images = window();
  images.keep(place('one'), [image('a.png')]);
  images.keep(place('one'), []);
  images.keep(place('never kept'), []);
  assert.deepEqual(await images.of(place('one')), []);
  assert.deepEqual(files(), []);
  assert.deepEqual(await window().of(place('one')), []);
  assert.deepEqual(problems, []);
});

test('drafts of however many sessions are kept, also over windows, until they weigh too much: then the oldest make room (U3)', async (t) => {
  const { folder, window, drafts, files, problems } = storage(t);
  const images = window();
  for (let at = 0; at < 30; at++) images.keep(place(`old-${at}`), [image(`${at}.png`)]);
  assert.deepEqual(await images.of(place('old-0')), [image('0.png')]);
  assert.deepEqual(await window().of(place('old-0')), [image('0.png')]);
  assert.equal(files().length, 30);
  for (let at = 0; at < 30; at++) utimesSync(join(drafts, `sidebar-old-${at}.json`), 1_000 + at, 1_000 + at);
  const size = JSON.stringify([image('new.png')]).length;
  const small = new DraftImages(folder, (text) => problems.push(text), { mostBytes: 3 * size });
  small.keep(place('new'), [image('new.png')]);
  await small.of(place('new'));
  assert.deepEqual(files(), ['sidebar-new.json', 'sidebar-old-28.json', 'sidebar-old-29.json']);
  assert.deepEqual(problems, ['images of 28 drafts that were not sent make room for newer ones']);
  // As where a clock is coarse, or was put back: the last one is not the newest.
  const later = Date.now() / 1_000 + 3_600;
  for (const file of files()) utimesSync(join(drafts, file), later, later);
  const tiny = new DraftImages(folder, () => {}, { mostBytes: 1 });
  tiny.keep(place('large'), [image('large.png')]);
  assert.deepEqual(await tiny.of(place('large')), [image('large.png')]);
  assert.deepEqual(files(), ['sidebar-large.json'], 'the last one stays');
});

test('a draft that cannot be read is none, and a storage that cannot be written is said, once a draft [U3]', async (t) => {
  const { folder, drafts, window, problems } = storage(t);
  mkdirSync(drafts);
  writeFileSync(join(drafts, 'sidebar-torn.json'), '[{"name":');
  writeFileSync(join(drafts, 'sidebar-other.json'), '[{"name": 1}]');
  assert.deepEqual(await window().of(place('torn')), []);
  assert.deepEqual(await window().of(place('other')), []);
  const images = new DraftImages(join(drafts, 'sidebar-torn.json'), (text) => problems.push(text));
  images.keep(place('one'), [image('a.png')]);
  assert.deepEqual(await images.of(place('one')), [image('a.png')], 'it stays as long as the window');
  assert.match(problems.join('\n'), /^images of sidebar-one are not kept: /);
  const without = new DraftImages(undefined, () => {});
  for (const each of [images, without]) {
    for (let at = 0; at < 30; at++) each.keep(place(`only-${at}`), [image(`${at}.png`)]);
    assert.deepEqual(await each.of(place('only-0')), [image('0.png')], 'there is no other copy');
  }
  assert.deepEqual(readdirSync(folder), ['draftImages']);
});

test('a session id that is no name of a file names none [U3, S2]', async (t) => {
  const { folder, window, problems } = storage(t);
  const images = window();
  images.keep(place('../../out'), [image('a.png')]);
  assert.deepEqual(await images.of(place('../../out')), [image('a.png')]);
  assert.deepEqual(await window().of(place('../../out')), []);
  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(problems, []);
});
