import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { beforeEach, test, type TestContext } from 'node:test';
import {
  editor,
  foldersAwaited,
  giveFolders,
  Uri,
  workspace,
  type ShownPick,
} from '../../support/fakeVscode.ts';
import { directory } from '../runtime/agent/harness.ts';

const { chooseFolder } = await import('../../../src/extension/chooseFolder.ts');

beforeEach(() => editor.reset());

/** A window of a workspace file that names two folders and one of another machine; it has not read it yet. */
function justOpened(t: TestContext) {
  const at = directory(t);
  const file = path.join(at, 'sea.code-workspace');
  const folders = [
    ...[{ path: 'tides' }, { path: './estuary' }, { path: path.join(at, 'tides') }],
    { uri: 'vscode-remote://box/reef' },
  ];
  writeFileSync(file, JSON.stringify({ folders }));
  workspace.workspaceFile = Uri.file(file);
  workspace.workspaceFolders = [];
  const asked = new Promise<ShownPick>((resolve) => (editor.onPick = resolve));
  const paths = async () => (await asked).items.map(({ description }) => description);
  return { at, asked, paths };
}

test('where the editor tells of no folders, those that the workspace file names are asked for (U7)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { at, asked, paths } = justOpened(t);
  const chosen = chooseFolder();
  const step = setInterval(() => t.mock.timers.tick(3_000), 1);
  assert.deepEqual(await paths(), [path.join(at, 'tides'), path.join(at, 'estuary')]);
  clearInterval(step);
  (await asked).choose('estuary');
  assert.equal(await chosen, path.join(at, 'estuary'));
});

test('folders that come some time after the window opened are waited for, all of them (U7)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, paths } = justOpened(t);
  const chosen = chooseFolder();
  await foldersAwaited();
  giveFolders('/sea/tides');
  giveFolders('/sea/tides', '/sea/deep', '/sea/reef');
  assert.deepEqual(await paths(), ['/sea/tides', '/sea/deep', '/sea/reef']);
  (await asked).choose(undefined);
  assert.equal(await chosen, undefined);
});

test('one folder is taken unasked, and without any it is the home folder (U7)', async () => {
  editor.onPick = () => assert.fail('nothing is to be asked');
  assert.equal(await chooseFolder(), homedir());
  giveFolders('/sea/tides');
  assert.equal(await chooseFolder(), '/sea/tides');
});

test('a window that has each folder once which its file names twice is asked about at once (U7)', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { asked, paths } = justOpened(t);
  giveFolders('/sea/tides', '/sea/estuary');
  const chosen = chooseFolder();
  assert.deepEqual(await paths(), ['/sea/tides', '/sea/estuary']);
  (await asked).choose('tides');
  assert.equal(await chosen, '/sea/tides');
});

test('a workspace that was never saved names no file of the disk (U7)', async (t) => {
  justOpened(t);
  workspace.workspaceFile = { scheme: 'untitled', fsPath: workspace.workspaceFile?.fsPath ?? '' };
  editor.onPick = () => assert.fail('what is there is not read');
  assert.equal(await chooseFolder(), homedir());
});
