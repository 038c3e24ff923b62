import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { Session } from '../../src/client/index.ts';
import { openFromTree } from '../support/editor/chat.ts';
import { drag } from '../support/editor/drag.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  appears,
  chatFrame,
  clickUntil,
  notification,
  openContainer,
  openGroup,
  pickContextMenu,
  runCommand,
  selectSessions,
  sessionRows,
  treeRows,
  unfold,
  until,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** The session whose queue is seen, as the other client has it. */
let flood: Session;

/** What a person does with the rows of the sessions tree; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1700 },
  agents: ({ folder }) => ({
    scripted: fakeAgent('scripted', {
      FAKE_CAPS: '{"sessionCapabilities":{"resume":{},"fork":{}}}',
      FAKE_RECORD: path.join(folder, 'record'),
    }),
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
    await make({ agent: 'scripted', title: 'Pier' }, 'say moored');
    const kelp = await make({ agent: 'shell', title: 'Kelp' }, 'echo kelp');
    await kelp.configure({ pinned: true });
    await make({ agent: 'shell', title: 'Reef' }, 'echo the reef');
    const sand = await make({ agent: 'shell', title: 'Sand' }, 'echo sand');
    await sand.configure({ archived: true });
  },
});

/** What stands below a session, top to bottom, by its label. */
const below = (text?: string): Locator => {
  const rows = treeRows(shared.page, 'Sessions').and(shared.page.locator('[aria-level="3"]'));
  return text === undefined ? rows : rows.filter({ hasText: text });
};

const labels = (): Promise<string[]> => below().locator('.label-name').allInnerTexts();

/** Waits until the rows below sessions are these. */
async function areBelow(...expected: string[]): Promise<void> {
  await until(async () => (await labels()).join() === expected.join());
}

/** Picks from the menu of a row until the rows below are these: a menu that a drawing closes does nothing. */
async function picks(row: string, entry: string, ...expected: string[]): Promise<void> {
  for (let left = 3; left > 0; left--) {
    await pickContextMenu(shared.page, below(row), entry);
    for (const end = performance.now() + 15_000; performance.now() < end;) {
      if ((await labels()).join() === expected.join()) return;
      await nextFrame();
    }
  }
  assert.deepEqual(await labels(), expected);
}

/** Resolves when something may have been drawn. */
const nextFrame = (): Promise<void> =>
  shared.page.evaluate('new Promise((resolve) => setTimeout(resolve, 16))');

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
  await until(async () => (await groupOf(title)) === group);
}

test('prompts that wait stand below their session, where they are moved and removed (U1, T3)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, 'Flood').waitFor();
  await unfold(sessionRows(page, 'Flood'));
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
  await unfold(sessionRows(page, 'Quay'));
  await clickUntil(below('quay.txt'), page.locator('.part.editor .view-line').getByText('moored'));
});

test('a session is forked from the menu of its row, and the fork opens (U1, A2)', async () => {
  const { page } = shared;
  await pickContextMenu(page, sessionRows(page, 'Slack'), 'Fork Session');
  await shared.header('Slack (fork)').waitFor();
  await sessionRows(page, 'Slack (fork)').waitFor();
});

test('several sessions are ended together, those at work after a question (U1)', async () => {
  const { page, chat } = shared;
  await selectSessions(page, 'Slack (fork)', 'Neap');
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'End Selected Sessions');
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
  await openFromTree(page, 'Ebb');
  const ebb = sessionRows(page, 'Ebb');
  const deleted = notification(page, '“Ebb” is deleted');
  await until(async () => {
    // A key that went elsewhere is pressed again.
    if (await ebb.isVisible()) await ebb.press('Delete', { timeout: 5_000 }).catch(() => undefined);
    return appears(deleted, 5_000);
  });
  await ebb.waitFor({ state: 'detached' });
  await window.reload();
  await openContainer(page, 'Holdfast');
  const unarchive = page.locator('.monaco-menu').getByRole('menuitem', { name: 'Unarchive Session' });
  await until(async () => {
    await openGroup(page, /^Archived/u, ebb);
    await ebb.click({ button: 'right', timeout: 5_000 }).catch(() => undefined);
    const isThere = await appears(unarchive, 5_000);
    // One that opened before the runtime was there cannot do it, and stands in the way of the next.
    await page.keyboard.press('Escape');
    return isThere;
  });
  await pickContextMenu(page, ebb, 'Unarchive Session');
  await isIn('Ebb', 'Today');
});

const groupRow = (name: string) => treeRows(shared.page, 'Sessions', new RegExp(`^${name}`, 'u'));

/** What the agent was told so far. */
const heard = (): string => readFileSync(path.join(shared.folder, 'record'), 'utf8');

async function dragSession(title: string, group: string): Promise<void> {
  const { page } = shared;
  const taken = page
    .locator('.monaco-list-row.drop-target')
    .filter({ hasText: new RegExp(`^${group}`, 'u') });
  await drag(page, sessionRows(page, title), groupRow(group), { taken });
}

/** Waits until the runtime says so of a session. */
async function isSo(
  title: string,
  so: { readonly pinned: boolean; readonly archived: boolean },
): Promise<void> {
  const other = await shared.other();
  await until(async () => {
    const found = (await other.list()).sessions.find((session) => session.title === title);
    return found?.pinned === so.pinned && found.archived === so.archived;
  });
}

test('a session that is dragged onto the pinned ones is pinned, and archived once it is dragged onto those (U1)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await dragSession('Reef', 'Pinned');
  await isSo('Reef', { pinned: true, archived: false });
  // Rows move when the tree is drawn anew.
  await treeRows(page, 'Sessions', /^Pinned\s*2/u).waitFor();
  await dragSession('Reef', 'Archived');
  await isSo('Reef', { pinned: true, archived: true });
  assert.deepEqual(shared.window.errors(), []);
});

/** A row of the Explorer. */
const file = (name: string) =>
  treeRows(shared.page, 'Files Explorer').and(shared.page.getByRole('treeitem', { name, exact: true }));

test('files and folders of the Explorer that are dropped on the chat with Shift held are mentioned in the prompt (U3)', async () => {
  const { page } = shared;
  await openFromTree(page, 'Pier');
  await runCommand(page, 'Holdfast: Open Session in Editor');
  const chat = chatFrame(page, 'panel');
  const prompt = chat.getByRole('textbox', { name: 'Prompt' });
  await chat.locator('button.send').waitFor();
  await openContainer(page, 'Explorer');
  const options = { taken: chat.locator('.drop-here'), key: 'Shift' } as const;
  const onto = page.locator('.part.editor .editor-container');
  const attached = chat.getByRole('list', { name: 'Attached' });
  await file('package.json').click({ modifiers: ['Control'] });
  await file('README.md').click({ modifiers: ['Control'] });
  await drag(page, file('README.md'), onto, options);
  for (const name of ['package.json', 'README.md']) await attached.getByText(name).waitFor();
  await drag(page, file('src'), onto, options);
  await attached.getByText('src/').waitFor();
  const mentions = async (): Promise<string> =>
    (await prompt.inputValue()).trim().split(' ').toSorted().join(' ');
  await until(async () => (await mentions()) === '@README.md @package.json @src/');
  await chat.locator('button.send:enabled').click();
  await attached.waitFor({ state: 'detached' });
  const links = ['src', 'package.json', 'README.md'].map(
    (name) => `"uri":"file://${shared.workspace}/${name}"`,
  );
  await until(() => links.every((link) => heard().includes(link)));
});

test('files that are dropped on a session in the tree stand in its composer, and elsewhere in it the person is told where to (U5)', async () => {
  const { page, chat } = shared;
  await file('README.md').dblclick();
  const tab = page.getByRole('tab', { name: /^README\.md/u });
  await tab.waitFor();
  await openContainer(page, 'Holdfast');
  const taken = page.locator('.monaco-list-row.drop-target').filter({ hasText: 'Kelp' });
  await drag(page, tab, sessionRows(page, 'Kelp'), { taken });
  await shared.header('Kelp').waitFor();
  await chat.locator('button.send').waitFor();
  const prompt = chat.getByRole('textbox', { name: 'Prompt' });
  await until(async () => (await prompt.inputValue()) === '`README.md` ');
  const group = page.locator('.monaco-list-row.drop-target').filter({ hasText: /^Archived/u });
  await drag(page, tab, groupRow('Archived'), { taken: group });
  await page.getByText('Files go into the prompt of a session: drop them on its row.').first().waitFor();
  assert.deepEqual(shared.window.errors(), []);
});
