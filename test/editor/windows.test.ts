import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { connect, type Connection, type Session } from '../../src/client/index.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import {
  answerDialog,
  answerInput,
  answerNotification,
  chatFrame,
  notification,
  openContainer,
  pickContextMenu,
  pickRow,
  quickInput,
  quickRows,
  runCommand,
  sessionRows,
} from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for all tests, and a window that stays; what is not done with the keyboard is another client's. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let workspace: string;
let other: Connection;
let ebb: Session;

before(async () => {
  folder = realpathSync(mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'w-')));
  const home = path.join(folder, 'home');
  workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  writeFileSync(path.join(workspace, 'moon.json'), '{ "phase": }\n');
  const agents = { scripted: fakeAgent('scripted') };
  other = await connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
  ebb = await make('Ebb', 'shell');
  await (
    await ebb.prompt('echo the spring tide')
  ).ended;
  editor = await startEditor({ workspace, home, extensionDevelopmentPath: root });
  window = await editor.openWindow({ size: { width: 1280, height: 1000 } });
});

afterEach(async (t) => {
  if ('passed' in t && t.passed === false)
    await window.screenshot(`failed-${t.name.slice(0, 40).replaceAll(/\W+/gu, '-')}`);
});

after(async () => {
  other?.dispose();
  await editor?.dispose();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

function make(title: string, agent: string): Promise<Session> {
  return other.openSession({ cwd: workspace, agent, title, onEvent: () => undefined });
}

/** The title above the chat of the side bar. */
const header = (page: Page, title: string) =>
  chatFrame(page, 'view').locator('.header-title').filter({ hasText: title });

/** What stands in the composer of the side bar, once it is no longer empty. */
async function composed(page: Page): Promise<string> {
  await chatFrame(page, 'view').locator('button.send:enabled').waitFor();
  return chatFrame(page, 'view').getByRole('textbox').last().inputValue();
}

/** Empties the composer for the next test. */
async function clearComposer(page: Page): Promise<void> {
  await chatFrame(page, 'view').getByRole('textbox').last().fill('');
}

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await quickInput(page).fill(name);
  await pickRow(page, name);
  await page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  await page.locator('.editor-instance .monaco-editor.focused .view-line').first().waitFor();
}

/** Resolves once something is so. */
async function poll(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Begins a session with the button of the chat, and sends a prompt. */
async function beginWith(page: Page, prompt: string, folder?: string): Promise<void> {
  await openContainer(page, 'Holdfast');
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  if (folder !== undefined) await pickRow(page, folder);
  // The first row is the agent that is here: Enter takes it.
  await quickRows(page).filter({ hasText: 'Shell' }).first().waitFor();
  await page.keyboard.press('Enter');
  const composer = chatFrame(page, 'view').getByRole('textbox').last();
  await composer.fill(prompt);
  await composer.press('Enter');
}

test('a session goes out into a file from the menu of its row and comes in again, and Doctor finds nothing wrong (J7, U8)', async () => {
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Export Session');
  await pickRow(page, 'NDJSON');
  // The dialog fills in the name when it has read the folder.
  await poll(async () => /Ebb\.ndjson$/u.test(await quickInput(page).inputValue()));
  await page.keyboard.press('Enter');
  await notification(page, '“Ebb” was exported').waitFor();
  assert.match(readFileSync(path.join(workspace, 'Ebb.ndjson'), 'utf8'), /spring tide/u);
  await runCommand(page, 'Notifications: Clear All Notifications');
  await runCommand(page, 'Holdfast: Import Session');
  await pickRow(page, 'Ebb.ndjson');
  await header(page, 'Ebb').waitFor();
  const { sessions } = await other.list({ text: 'Ebb' });
  assert.equal(sessions.length, 2);
  const imported = sessions.find(({ sessionId }) => sessionId !== ebb.id);
  await other.request('session/delete', { sessionId: imported?.sessionId ?? ebb.id });
  await runCommand(page, 'Holdfast: Doctor');
  await quickRows(page).filter({ hasText: 'journal' }).filter({ hasText: 'as it was written' }).waitFor();
  await window.screenshot('editor-doctor');
  await page.keyboard.press('Escape');
});

test('a link opens the session it names (U5)', async () => {
  const { page } = window;
  await runCommand(page, 'Developer: Open URL');
  await answerInput(page, `vscode://holdfast.holdfast/session/${ebb.id}`);
  // The editor asks once whether the extension may.
  await answerDialog(page, 'Open');
  await header(page, 'Ebb').waitFor();
  await chatFrame(page, 'view').getByText('the spring tide').first().waitFor();
});

test('selected code is sent to a session by key, and a problem by its quick fix (U5)', async () => {
  const { page } = window;
  await openFile(page, 'README.md');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Alt+y');
  await pickRow(page, 'Ebb');
  await header(page, 'Ebb').waitFor();
  assert.match(await composed(page), /README\.md:1-\d+/u);
  await clearComposer(page);
  await openFile(page, 'moon.json');
  await page.locator('.squiggly-error').first().waitFor();
  await page.keyboard.press('F8');
  await page.keyboard.press('Escape');
  await page.locator('.lightBulbWidget').click();
  await page.locator('.action-widget').getByText('Fix with agent').first().click();
  await pickRow(page, 'Ebb');
  assert.match(await composed(page), /moon\.json/u);
  await clearComposer(page);
});

test('two windows see what a session asks, one of them tells of it, and its answer holds for both (U4)', async () => {
  const beside = path.join(folder, 'beside');
  mkdirSync(beside);
  const second = await editor.openWindow({ workspace: beside });
  await openContainer(second.page, 'Holdfast');
  await sessionRows(second.page, 'Ebb').waitFor();
  const quay = await make('Quay', 'scripted');
  const turn = await quay.prompt('permission');
  const words = '“Quay” needs you';
  await Promise.any([window, second].map(({ page }) => notification(page, words).waitFor()));
  // What a window was told of shows in its list too: by then both have said what they will say.
  for (const { page } of [window, second]) await sessionRows(page, 'Quay').waitFor();
  const told = await Promise.all([window, second].map(({ page }) => notification(page, words).isVisible()));
  assert.equal(told.filter(Boolean).length, 1, `told by: ${told.join()}`);
  const teller = told[0] === true ? window : second;
  await answerNotification(teller.page, words, 'Allow once');
  assert.equal((await turn.ended).outcome, 'completed');
  await second.close();
});

test('in a workspace of two folders a session works in the one that is picked (U7)', async () => {
  const file = path.join(folder, 'both.code-workspace');
  const beside = path.join(folder, 'estuary');
  mkdirSync(beside);
  writeFileSync(file, JSON.stringify({ folders: [{ path: 'tides' }, { path: 'estuary' }] }));
  const both = await editor.openWindow({ workspace: file });
  await beginWith(both.page, 'pwd', 'estuary');
  await chatFrame(both.page, 'view').getByText(beside, { exact: true }).first().waitFor();
  await both.close();
});

test('without a folder a session works in the home folder (U7)', async () => {
  const empty = await editor.openWindow({ workspace: null });
  await beginWith(empty.page, 'echo at $PWD');
  await chatFrame(empty.page, 'view').getByText(`at ${homedir()}`, { exact: true }).first().waitFor();
  await empty.close();
});
