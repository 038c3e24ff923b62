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

test('of many drafts the last ones are kept, also over windows, and never more than these [U3]', async (t) => {
  const { window, drafts, files } = storage(t);
  mkdirSync(drafts, { recursive: true });
  for (let at = 0; at < 30; at++) {
    const file = join(drafts, `sidebar-old-${at}.json`);
    writeFileSync(file, JSON.stringify([image('old.png')]));
    utimesSync(file, 1_000 + at, 1_000 + at);
  }
  const images = window();
  images.keep(place('first'), [image('first.png')]);
  await images.of(place('first'));
  const kept = Array.from({ length: 9 }, (_, at) => `sidebar-old-${at + 21}.json`);
  assert.deepEqual(files(), ['sidebar-first.json', ...kept]);
  utimesSync(join(drafts, 'sidebar-first.json'), 2_000, 2_000);
  for (let at = 0; at < 10; at++) images.keep(place(`new-${at}`), [image(`${at}.png`)]);
  assert.deepEqual(await images.of(place('first')), []);
  assert.deepEqual(await images.of(place('new-9')), [image('9.png')]);
  assert.equal(files().length, 10);
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
  without.keep(place('one'), [image('a.png')]);
  assert.deepEqual(await without.of(place('one')), [image('a.png')]);
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
