import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/client/index.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import {
  answerInput,
  chatFrame,
  openContainer,
  pickRow,
  quickInput,
  quickRows,
  runCommand,
  sessionRows,
  statusBarItem,
  treeRows,
} from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for the whole story: each test goes on where the one before left off, as a person does. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let home: string;
let workspace: string;

before(async () => {
  folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'e-'));
  home = path.join(folder, 'home');
  workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  editor = await startEditor({
    workspace,
    home,
    extensionDevelopmentPath: root,
    settings: { 'holdfast.agents': { scripted: fakeAgent('scripted') } },
  });
  window = await editor.openWindow({ size: { width: 1280, height: 860 } });
});

afterEach(async (t) => {
  if ('passed' in t && t.passed === false)
    await window.screenshot(`failed-${t.name.slice(0, 40).replaceAll(/\W+/gu, '-')}`);
});

after(async () => {
  await editor?.dispose();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

/** Types a prompt into the chat of the side bar (or of an editor tab) and sends it. */
async function send(text: string, place: 'view' | 'panel' = 'view'): Promise<void> {
  const composer = chatFrame(window.page, place).getByRole('textbox').last();
  await composer.click();
  await composer.fill(text);
  await composer.press('Enter');
}

/** Waits until the chat shows a text. */
async function shows(text: string | RegExp, place: 'view' | 'panel' = 'view'): Promise<void> {
  await chatFrame(window.page, place).getByText(text).first().waitFor({ timeout: 30_000 });
}

/** Opens a session from the tree. The tree sorts itself as sessions work, so a click may meet another row: then again. */
async function openFromTree(title: string): Promise<void> {
  const header = chatFrame(window.page, 'view').locator('.header-title').filter({ hasText: title });
  for (let left = 5; left > 0 && !(await header.isVisible()); left--) {
    await treeRows(window.page, 'Sessions', title).click();
    await header.waitFor({ timeout: 3_000 }).catch(() => undefined);
  }
  await header.waitFor();
}

/** Starts a session with an agent through the palette. */
async function newSession(agent: string): Promise<void> {
  await runCommand(window.page, 'Holdfast: New Session');
  await quickInput(window.page).waitFor();
  await pickRow(window.page, agent);
  await chatFrame(window.page, 'view').getByText('New session', { exact: true }).first().waitFor();
}

test('a newcomer opens the view, presses New Session, types a command and sees its output stream in (U3, U5)', async () => {
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  await pickRow(page, 'Shell');
  await send('ls -la');
  await shows('package.json');
  await treeRows(page, 'Sessions', 'ls -la').waitFor();
  await window.screenshot('editor-first-session');
});

test('a second session runs at the same time; tree and status bar show both (U1, U2)', async () => {
  const { page } = window;
  await send(`echo begun-one; until [ -e '${workspace}/go' ]; do sleep 0.05; done; echo done-one`);
  await shows('begun-one');
  await newSession('Shell');
  await send(`echo begun-two; until [ -e '${workspace}/go' ]; do sleep 0.05; done; echo done-two`);
  await shows('begun-two');
  await treeRows(page, 'Sessions', /^Working/u).waitFor();
  await sessionRows(page).nth(1).waitFor();
  assert.equal(await sessionRows(page).count(), 2);
  await statusBarItem(page, /2 running/u).waitFor();
});

test('a reload in the middle of the turns loses nothing: both still run, the transcript is complete, and they end (J4)', async () => {
  const { page } = window;
  const client = await connect({ home, bundle: runtimeBundle, mayLaunch: false });
  const before_ = await client.request('runtime/status', {});
  await window.reload();
  await openContainer(page, 'Holdfast');
  await shows('begun-two');
  await statusBarItem(page, /2 running/u).waitFor();
  let after_ = await client.request('runtime/status', {});
  assert.equal(after_.pid, before_.pid, 'the same runtime');
  assert.equal(after_.sessions.running, 2);
  // The editor keeps the host of the window as it was for some seconds, in case that it comes back.
  while (after_.clients !== 2) after_ = await client.request('runtime/status', {});
  await window.screenshot('editor-after-reload');
  writeFileSync(path.join(workspace, 'go'), '');
  await shows('done-two');
  await openFromTree('ls -la');
  await shows('begun-one');
  await shows('done-one');
  client.dispose();
});

test('the status bar opens the picker, and the picker switches the session (U2)', async () => {
  const { page } = window;
  await statusBarItem(page, /Holdfast|\d/u).waitFor();
  await runCommand(page, 'Holdfast: Switch Session');
  await quickRows(page).filter({ hasText: 'New session' }).first().waitFor();
  await pickRow(page, 'begun-two');
  await shows('done-two');
});

test('a permission is a card in the chat, and the answer lets the agent go on (W1)', async () => {
  const { page } = window;
  await newSession('scripted');
  await send('permission');
  await statusBarItem(page, /needs you/iu).waitFor();
  const allow = chatFrame(page, 'view').getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  await window.screenshot('editor-permission');
  await allow.click();
  await shows('selected once');
});

test('a session opened in an editor tab is restored there after a reload (U3)', async () => {
  const { page } = window;
  await runCommand(page, 'Holdfast: Open Session in Editor');
  await shows('selected once', 'panel');
  await window.screenshot('editor-panel-before');
  await window.reload();
  await shows('selected once', 'panel');
  await send('say hello', 'panel');
  await shows(/hello/u, 'panel');
  await window.screenshot('editor-panel');
  await runCommand(page, 'View: Close All Editors');
});

test('a running turn is cancelled from the palette, and the session is renamed and ended (U5)', async () => {
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await openFromTree('ls -la');
  await send('echo going-on; sleep 1000');
  await shows('going-on');
  await runCommand(page, 'Holdfast: Cancel Turn');
  await shows(/cancelled/iu);
  await runCommand(page, 'Holdfast: Rename Session');
  await answerInput(page, 'My tides');
  await treeRows(page, 'Sessions', 'My tides').waitFor();
  await chatFrame(page, 'view').locator('.header-title').filter({ hasText: 'My tides' }).waitFor();
});

test('a killed extension host comes back to the same sessions, the turn still running (J4)', async () => {
  const { page } = window;
  await openFromTree('My tides');
  await send('echo before-the-crash; sleep 1000');
  await shows('before-the-crash');
  await editor.killExtensionHost();
  await window.reload();
  await openContainer(page, 'Holdfast');
  await shows('before-the-crash');
  await statusBarItem(page, /1 running/u).waitFor();
  await runCommand(page, 'Holdfast: Cancel Turn');
  await shows(/cancelled/iu);
});
