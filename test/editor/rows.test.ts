import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { Session } from '../../src/client/index.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  notification,
  openContainer,
  openGroup,
  pickContextMenu,
  sessionRows,
  treeRows,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** The session whose queue is seen, as the other client has it. */
let flood: Session;

/** What a person does with the rows of the sessions tree; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1700 },
  agents: () => ({
    scripted: fakeAgent('scripted', { FAKE_CAPS: '{"sessionCapabilities":{"resume":{},"fork":{}}}' }),
  }),
  async prepare({ make, workspace }) {
    await make({ agent: 'shell', title: 'Ebb' }, 'echo the spring tide');
    await make({ agent: 'shell', title: 'Neap' }, 'echo the neap tide');
    await make({ agent: 'scripted', title: 'Slack' }, 'say slack water');
    const artifacts = ['charts'];
    await make({ agent: 'shell', title: 'Quay', artifacts }, 'mkdir charts; echo moored > charts/quay.txt');
    flood = await make({ agent: 'shell', title: 'Flood' });
    await flood.prompt(`until [ -e '${workspace}/go' ]; do sleep 0.05; done`);
    for (const name of ['one', 'two', 'three']) await flood.prompt(`echo ${name}`);
  },
});

/** Looks again when something may have been drawn. */
const NEXT_FRAME = 'new Promise((resolve) => setTimeout(resolve, 16))';

/** What stands below a session, top to bottom, by its label. */
const below = (text?: string): Locator => {
  const rows = treeRows(shared.page, 'Sessions').and(shared.page.locator('[aria-level="3"]'));
  return text === undefined ? rows : rows.filter({ hasText: text });
};

const labels = (): Promise<string[]> => below().locator('.label-name').allInnerTexts();

/** Waits until the rows below sessions are these. */
async function areBelow(...expected: string[]): Promise<void> {
  await below()
    .nth(expected.length - 1)
    .waitFor();
  for (;;) {
    const found = await labels();
    if (found.join() === expected.join()) return;
    await shared.page.evaluate(NEXT_FRAME);
  }
}

/** Picks from the menu of a row until the rows below are these: a menu that a drawing closes does nothing. */
async function picks(row: string, entry: string, ...expected: string[]): Promise<void> {
  for (let left = 3; left > 0; left--) {
    await pickContextMenu(shared.page, below(row), entry);
    for (const end = performance.now() + 15_000; performance.now() < end;) {
      if ((await labels()).join() === expected.join()) return;
      await shared.page.evaluate(NEXT_FRAME);
    }
  }
  assert.deepEqual(await labels(), expected);
}

/** Opens or closes what is below a session. */
const unfold = (title: string): Promise<void> =>
  sessionRows(shared.page, title).locator('.monaco-tl-twistie').click();

/** Level, place and label of each row, read in one go, since rows come and go while sessions work. */
const READ_ROWS = `
  Array.from(document.querySelectorAll('[role=tree][aria-label="Sessions"] [role=treeitem]'), (row) => ({
    isGroup: row.getAttribute('aria-level') === '1',
    at: Number(row.dataset.index),
    name: row.querySelector('.label-name')?.textContent ?? '',
  }))`;

/** The group of the tree in which a session stands. */
async function groupOf(title: string): Promise<string | undefined> {
  const rows = await shared.page.evaluate<Row[]>(READ_ROWS);
  const above = rows.toSorted((a, b) => a.at - b.at);
  const at = above.findIndex(({ isGroup, name }) => !isGroup && name === title);
  return above.slice(0, Math.max(0, at)).findLast(({ isGroup }) => isGroup)?.name;
}

interface Row {
  readonly isGroup: boolean;
  readonly at: number;
  readonly name: string;
}

async function isIn(title: string, group: string): Promise<void> {
  while ((await groupOf(title)) !== group) await shared.page.evaluate(NEXT_FRAME);
}

test('prompts that wait stand below their session, where they are moved and removed (U1, T3)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, 'Flood').waitFor();
  await unfold('Flood');
  await areBelow('echo one', 'echo two', 'echo three');
  await picks('echo three', 'Move Up in Queue', 'echo one', 'echo three', 'echo two');
  await picks('echo one', 'Move Down in Queue', 'echo three', 'echo one', 'echo two');
  await picks('echo one', 'Remove from Queue', 'echo three', 'echo two');
  // By another client, of which this window does nothing but hear.
  const [first, second] = (await flood.queue()).queue;
  assert.ok(first !== undefined && second !== undefined);
  await flood.queue({ kind: 'move', turnId: second.turnId, before: first.turnId });
  await areBelow('echo two', 'echo three');
  await flood.queue({ kind: 'edit', turnId: first.turnId, content: [{ type: 'text', text: 'echo four' }] });
  await areBelow('echo two', 'echo four');
  writeFileSync(path.join(shared.workspace, 'go'), '');
  await below().first().waitFor({ state: 'detached' });
  await isIn('Flood', 'Today');
});

test('a file that a session produced opens from below its row (U1, J8)', async () => {
  const { page } = shared;
  await unfold('Quay');
  await below('quay.txt').click();
  await page.locator('.part.editor .view-line').getByText('moored').waitFor();
});

test('a session is forked from the menu of its row, and the fork opens (U1, A2)', async () => {
  const { page } = shared;
  await pickContextMenu(page, sessionRows(page, 'Slack'), 'Fork Session');
  await shared.header('Slack (fork)').waitFor();
  await sessionRows(page, 'Slack (fork)').waitFor();
});

test('several sessions are ended together, those at work after a question (U1)', async () => {
  const { page, chat } = shared;
  await sessionRows(page, 'Slack (fork)').click();
  await sessionRows(page, 'Neap').click({ modifiers: ['Control'] });
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'End Session');
  const ended = page.getByRole('treeitem', { name: /, Ended,/u });
  await ended.nth(1).waitFor();
  assert.equal(await ended.count(), 2);
  const surf = await shared.make({ agent: 'shell', title: 'Surf' });
  const turn = await surf.prompt('sleep 1000');
  await isIn('Surf', 'Working');
  await pickContextMenu(page, sessionRows(page, 'Surf'), 'End Session');
  await answerDialog(page, 'Cancel and End');
  assert.equal((await turn.ended).outcome, 'cancelled');
  await ended.nth(2).waitFor();
  await chat.locator('.header-title').waitFor();
});

test('a deleted session whose window is reloaded at once is not lost: it is among the archived ones (U1)', async () => {
  const { page, window } = shared;
  await sessionRows(page, 'Ebb').click();
  await shared.header('Ebb').waitFor();
  await sessionRows(page, 'Ebb').press('Delete');
  await notification(page, '“Ebb” is deleted').waitFor();
  await sessionRows(page, 'Ebb').waitFor({ state: 'detached' });
  await window.reload();
  await openContainer(page, 'Holdfast');
  await openGroup(page, /^Archived/u, sessionRows(page, 'Ebb'));
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Unarchive Session');
  await isIn('Ebb', 'Today');
});

test('one key leads through the sessions that need the person, also to those of another window (U2, J4)', async () => {
  const { page, folder } = shared;
  // A page of the chat loads only in a window that is in front.
  await shared.chat.locator('.header-title').waitFor();
  const beside = path.join(folder, 'estuary');
  mkdirSync(beside);
  for (const [title, cwd] of [
    ['Bar', shared.workspace],
    ['Spit', beside],
  ] as const)
    await (await shared.make({ agent: 'scripted', title, cwd })).prompt('permission');
  const second = await shared.editor.openWindow({ workspace: beside });
  await openContainer(second.page, 'Holdfast');
  await sessionRows(second.page, 'Bar').waitFor();
  await sessionRows(page, 'Spit').waitFor();
  await isIn('Bar', 'Needs you');
  const seen = new Set<string>();
  const title = shared.chat.locator('.header-title').filter({ hasText: /^(Bar|Spit)$/u });
  for (let at = ''; seen.size < 2; seen.add(at)) {
    await page.bringToFront();
    await page.keyboard.press('Control+Alt+j');
    await title.filter({ hasNotText: at === '' ? /^$/u : at }).waitFor();
    at = await title.innerText();
  }
  assert.deepEqual([...seen].sort(), ['Bar', 'Spit']);
  await shared.chat.getByRole('button', { name: 'Allow once' }).waitFor();
  await second.close();
});
