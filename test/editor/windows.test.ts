import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Session } from '../../src/client/index.ts';
import { askForSession, composer, send } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
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
  until,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

let ebb: Session;

/** A window that stays, and others beside it; what is not done with the keyboard is another client's. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  agents: () => ({ scripted: fakeAgent('scripted') }),
  async prepare({ make, workspace }) {
    writeFileSync(path.join(workspace, 'moon.json'), '{ "phase": }\n');
    ebb = await make({ agent: 'shell', title: 'Ebb' }, 'echo the spring tide');
  },
});

/** What stands in the composer of the side bar, once it is no longer empty. */
async function composed(page: Page): Promise<string> {
  await chatFrame(page, 'view').locator('button.send:enabled').waitFor();
  return composer(page).inputValue();
}

/** Empties the composer for the next test. */
async function clearComposer(page: Page): Promise<void> {
  await composer(page).fill('');
}

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await quickInput(page).fill(name);
  await pickRow(page, name);
  await page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
  await page.locator('.editor-instance .monaco-editor.focused .view-line').first().waitFor();
}

/** Begins a session with the button of the chat, and sends a prompt. */
async function beginWith(page: Page, prompt: string, folder?: string): Promise<void> {
  await askForSession(page);
  if (folder !== undefined) await pickRow(page, folder);
  // The first row is the agent that is here: Enter takes it. A window that has not read its settings yet knows of no other.
  const shell = quickRows(page).filter({ hasText: 'Shell' }).first();
  await until(async () => (await shell.isVisible()) || (await composer(page).isVisible()));
  if (await shell.isVisible()) await page.keyboard.press('Enter');
  await send(page, prompt);
}

test('a session goes out into a file from the menu of its row and comes in again, and Doctor finds nothing wrong (J7, U8)', async () => {
  const { page, window } = shared;
  await openContainer(page, 'Holdfast');
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Export Session');
  await pickRow(page, 'NDJSON');
  // The dialog fills in the name when it has read the folder.
  await until(async () => /Ebb\.ndjson$/u.test(await quickInput(page).inputValue()));
  await page.keyboard.press('Enter');
  await notification(page, '“Ebb” was exported').waitFor();
  assert.match(readFileSync(path.join(shared.workspace, 'Ebb.ndjson'), 'utf8'), /spring tide/u);
  await runCommand(page, 'Notifications: Clear All Notifications');
  await runCommand(page, 'Holdfast: Import Session');
  await pickRow(page, 'Ebb.ndjson');
  await shared.header('Ebb').waitFor();
  const other = await shared.other();
  const { sessions } = await other.list({ text: 'Ebb' });
  assert.equal(sessions.length, 2);
  const imported = sessions.find(({ sessionId }) => sessionId !== ebb.id);
  await other.request('session/delete', { sessionId: imported?.sessionId ?? ebb.id });
  await runCommand(page, 'Holdfast: Doctor');
  await quickRows(page).filter({ hasText: 'journal' }).filter({ hasText: 'as it was written' }).waitFor();
  await window.screenshot('editor-doctor');
  await page.keyboard.press('Escape');
});

/** Follows a link to Holdfast from elsewhere. */
async function follow(link: string): Promise<void> {
  await runCommand(shared.page, 'Developer: Open URL');
  await answerInput(shared.page, link);
  // The editor asks whether the extension may.
  await answerDialog(shared.page, 'Open');
}

test('a link that was copied from the menu of a row opens its session; one to nothing says so (U5)', async () => {
  const { chat, page } = shared;
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Copy Link to Session');
  const link = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');
  await until(async () => (await link()).endsWith(`://holdfast.holdfast/session/${ebb.id}`));
  await runCommand(page, 'Holdfast: New Session');
  await pickRow(page, 'Shell');
  await shared.header('New session').waitFor();
  await follow(await link());
  await shared.header('Ebb').waitFor();
  await shared.shows('the spring tide');
  await follow('vscode://holdfast.holdfast/session/never-was');
  await shared.shows('This session is not there any more');
  await follow('vscode://holdfast.holdfast/elsewhere');
  await notification(page, 'This link leads to no Holdfast session.').waitFor();
  await chat.getByRole('button', { name: 'New Session', exact: true }).waitFor();
});

test('selected code is sent to a session by key, and a problem by its quick fix (U5)', async () => {
  const { page } = shared;
  await openFile(page, 'README.md');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Alt+y');
  await pickRow(page, 'Ebb');
  await shared.header('Ebb').waitFor();
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
  const { window } = shared;
  const beside = path.join(shared.folder, 'beside');
  mkdirSync(beside);
  const second = await shared.editor.openWindow({ workspace: beside });
  await openContainer(second.page, 'Holdfast');
  await sessionRows(second.page, 'Ebb').waitFor();
  const quay = await shared.make({ agent: 'scripted', title: 'Quay' });
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
  const file = path.join(shared.folder, 'both.code-workspace');
  const beside = path.join(shared.folder, 'estuary');
  mkdirSync(beside);
  writeFileSync(file, JSON.stringify({ folders: [{ path: 'tides' }, { path: 'estuary' }] }));
  const both = await shared.editor.openWindow({ workspace: file });
  await beginWith(both.page, 'pwd', 'estuary');
  await chatFrame(both.page, 'view').getByText(beside, { exact: true }).first().waitFor();
  await both.close();
});

test('without a folder a session works in the home folder (U7)', async () => {
  const empty = await shared.editor.openWindow({ workspace: null });
  await beginWith(empty.page, 'echo at $PWD');
  await chatFrame(empty.page, 'view').getByText(`at ${homedir()}`, { exact: true }).first().waitFor();
  await empty.close();
});
