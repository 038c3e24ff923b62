import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import type { Session } from '../../src/client/index.ts';
import { askForSession, composer, newSession, send } from '../support/editor/chat.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  answerInput,
  answerNotification,
  appears,
  chatFrame,
  clickUntil,
  notification,
  openContainer,
  pickContextMenu,
  pickRow,
  pressUntil,
  quickInput,
  quickRows,
  runCommand,
  sessionRows,
  statusBarItem,
  treeRows,
  until,
  closePicker,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

let ebb: Session;

/** A second window, of another folder, beside the first. */
let second: EditorWindow;

/** Eight sessions on three agents, made by another client, as a person has them who comes back to the editor, in several windows. */
const shared = sharedEditor({
  size: { width: 1280, height: 1100 },
  agents: () => ({
    pilot: { ...fakeAgent('scripted'), name: 'Pilot' },
    mate: { ...fakeAgent('scripted'), name: 'Mate' },
  }),
  async prepare({ make, workspace, folder }) {
    writeFileSync(path.join(workspace, 'moon.json'), '{ "phase": }\n');
    mkdirSync(path.join(folder, 'beside'));
    for (const [agent, title, prompt] of [
      ['shell', 'Ebb', 'echo the spring tide'],
      ['pilot', 'Neap', 'say neap tide'],
      ['mate', 'Moon', 'say full moon'],
    ] as const) {
      const session = await make({ agent, title }, prompt);
      // Read already, so that opening it changes nothing.
      await session.configure({ readSeq: session.cursor.seq });
      if (title === 'Ebb') ebb = session;
    }
    await make({ agent: 'shell', title: 'Wreck' }, 'exit 3');
    for (const [agent, title] of [
      ['shell', 'Flood'],
      ['shell', 'Spring'],
    ] as const)
      await (await make({ agent, title })).prompt('while :; do sleep 1; done');
    await (await make({ agent: 'pilot', title: 'Quay' })).prompt('permission');
    await (await make({ agent: 'mate', title: 'Slack' })).prompt('permission');
  },
});

/** Waits until the rows of the tree, without their times, are these; groups end with a colon. */
async function readsAs(page: Page, expected: readonly string[]): Promise<void> {
  const read = (): Promise<string[]> =>
    treeRows(page, 'Sessions').evaluateAll((rows) =>
      rows
        .map((row) => {
          const name = row.querySelector('.label-name')?.textContent ?? '';
          const text = row.querySelector('.label-description')?.textContent ?? '';
          const isGroup = row.getAttribute('aria-level') === '1';
          return {
            at: Number(row.getAttribute('data-index')),
            text: isGroup ? `${name}: ${text}` : name,
          };
        })
        .toSorted((a, b) => a.at - b.at)
        .map(({ text }) => text),
    );
  let rows = await read();
  for (const patience = performance.now() + 60_000; performance.now() < patience; rows = await read())
    if (isDeepStrictEqual(rows, expected)) return;
  assert.deepEqual(rows, expected);
}

const OVERVIEW = [
  ...['Needs you: 2', 'Slack', 'Quay'],
  ...['Working: 2', 'Spring', 'Flood'],
  ...['Failed: 1', 'Wreck'],
  ...['Today: 3', 'Moon', 'Neap', 'Ebb'],
];
/** The failed one last: once it is read it stands elsewhere. */
const SESSIONS = [...OVERVIEW.filter((row) => !row.includes(':') && row !== 'Wreck'), 'Wreck'];

test('one look at tree, status bar and badge says in two windows which sessions need you, work and failed (U1, U2)', async () => {
  const beside = path.join(shared.folder, 'beside');
  second = await shared.editor.openWindow({ workspace: beside, size: { width: 1280, height: 1100 } });
  for (const { page } of [shared.window, second]) {
    await openContainer(page, 'Holdfast');
    await statusBarItem(page, /2 need you.*1 failed.*2 running/u).waitFor();
    await readsAs(page, OVERVIEW);
    await page.locator('.activitybar .badge').filter({ hasText: '2' }).first().waitFor();
    // A row says why it failed.
    await sessionRows(page, 'Wreck')
      .locator('.label-description')
      .filter({ hasText: /^Shell · .*exit/u })
      .waitFor();
  }
});

test('two keystrokes lead to any of eight sessions, and then one writes (U2)', async () => {
  const { page } = shared;
  await page.bringToFront();
  for (const title of SESSIONS) {
    // The row itself says which key leads there.
    const row = quickRows(page).filter({ hasText: title });
    await pressUntil(page, 'Control+Alt+h', row);
    const key = /Alt\+\d/u.exec(await row.innerText())?.[0];
    assert.ok(key !== undefined, title);
    // The picker is seen before the keyboard is its own.
    await pressUntil(page, key, shared.header(title));
    await quickInput(page).waitFor({ state: 'detached' });
    await chatFrame(page, 'view').locator('textarea:focus').waitFor();
  }
});

test('the hover of the status bar names what waits, works and failed, and leads there (U2)', async () => {
  const { page } = shared;
  const link = page.locator('.monaco-hover:visible a').filter({ hasText: 'Quay' });
  // A hover goes when what it belongs to is drawn anew.
  await until(async () => {
    await page.mouse.move(1, 1);
    await statusBarItem(page, /2 need you/u).hover();
    if (await appears(link, 5_000)) await link.click({ timeout: 5_000 }).catch(() => undefined);
    return appears(shared.header('Quay'), 5_000);
  });
});

test('the picker answers a permission by the button of a row, comes back as it was, and archives a session by another (U2)', async () => {
  const { page } = shared;
  const slack = quickRows(page).filter({ hasText: 'Slack' });
  await pressUntil(page, 'Control+Alt+h', slack);
  await quickInput(page).fill('sla');
  await slack.hover();
  await clickUntil(
    slack.getByRole('button', { name: /Answer/u }),
    quickRows(page).filter({ hasText: 'Allow once' }),
  );
  await pickRow(page, 'Allow once');
  await statusBarItem(page, /1 needs you/u).waitFor();
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'Slack' }).waitFor();
  assert.equal(await quickInput(page).inputValue(), 'sla');
  await quickInput(page).fill('');
  const moon = quickRows(page).filter({ hasText: 'Moon' });
  await moon.hover();
  await clickUntil(moon.getByRole('button', { name: /Archive/u }), treeRows(page, 'Sessions', /^Archived/u));
  await closePicker(page);
});

test('a session is pinned from its menu, and its transcript opens as a document (U1, J7)', async () => {
  const { page } = shared;
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Pin Session');
  await treeRows(page, 'Sessions', /^Pinned\s*1/u).waitFor();
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Open Transcript as Document');
  await page.locator('.part.editor .view-line').getByText('neap tide').first().waitFor();
});

/** Waits until something stands in the composer of the side bar, and takes it away for the next test. */
async function isComposed(page: Page, text: RegExp): Promise<void> {
  await until(async () => text.test(await composer(page).inputValue()));
  await composer(page).fill('');
}

async function openFile(page: Page, name: string): Promise<void> {
  await pressUntil(page, 'Control+p', quickInput(page));
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
  if (await shell.isVisible()) await quickInput(page).press('Enter');
  await send(page, prompt);
}

test('a session goes out into a file from the menu of its row and comes in again, and Doctor finds nothing wrong (J7, U8)', async () => {
  const { page, window } = shared;
  await openContainer(page, 'Holdfast');
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Export Session');
  await pickRow(page, 'NDJSON');
  // The dialog fills in the name when it has read the folder.
  await until(async () => /Ebb\.ndjson$/u.test(await quickInput(page).inputValue()));
  await quickInput(page).press('Enter');
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
  await closePicker(page);
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
  await newSession(page, 'Shell', shared.header('New session'));
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
  await pressUntil(page, 'Control+Alt+y', quickRows(page).filter({ hasText: 'Ebb' }).first());
  await pickRow(page, 'Ebb');
  await shared.header('Ebb').waitFor();
  await isComposed(page, /README\.md:1-\d+/u);
  await openFile(page, 'moon.json');
  await page.locator('.squiggly-error').first().waitFor();
  await page.keyboard.press('F8');
  await page.keyboard.press('Escape');
  const fix = page.locator('.action-widget').getByText('Fix with agent').first();
  await clickUntil(page.locator('.lightBulbWidget'), fix);
  await clickUntil(fix, quickRows(page).filter({ hasText: 'Ebb' }).first());
  await pickRow(page, 'Ebb');
  await isComposed(page, /moon\.json/u);
});

test('two windows see what a session asks, one of them tells of it, and its answer holds for both (U4)', async () => {
  const { window } = shared;
  const strand = await shared.make({ agent: 'pilot', title: 'Strand' });
  const turn = await strand.prompt('permission');
  const words = '“Strand” needs you';
  await Promise.any([window, second].map(({ page }) => notification(page, words).waitFor()));
  // What a window was told of shows in its list too: by then both have said what they will say.
  for (const { page } of [window, second]) await sessionRows(page, 'Strand').waitFor();
  const told = await Promise.all([window, second].map(({ page }) => notification(page, words).isVisible()));
  assert.equal(told.filter(Boolean).length, 1, `told by: ${told.join()}`);
  const teller = told[0] === true ? window : second;
  await answerNotification(teller.page, words, 'Allow once');
  assert.equal((await turn.ended).outcome, 'completed');
});

test('one key leads through the sessions that need the person, also to those of another window (U2, J4)', async () => {
  const { chat, page, folder } = shared;
  // A page of the chat loads only in a window that is in front.
  await page.bringToFront();
  for (const [title, cwd] of [
    ['Bar', shared.workspace],
    ['Spit', path.join(folder, 'beside')],
  ] as const)
    await (await shared.make({ agent: 'pilot', title, cwd })).prompt('permission');
  await sessionRows(second.page, 'Bar').waitFor();
  await sessionRows(page, 'Spit').waitFor();
  await treeRows(page, 'Sessions', /^Needs you\s*3/u).waitFor();
  const seen = new Set<string>();
  const title = chat.locator('.header-title').filter({ hasText: /^(Bar|Spit|Quay)$/u });
  for (let at = ''; seen.size < 3; seen.add(at)) {
    await pressUntil(page, 'Control+Alt+j', title.filter({ hasNotText: at === '' ? /^$/u : at }));
    at = await title.innerText();
  }
  await chat.getByRole('button', { name: 'Allow once' }).waitFor();
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
