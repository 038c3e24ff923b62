import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { drag } from '../support/editor/drag.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  chatFrame,
  openContainer,
  runCommand,
  sessionRows,
  treeRows,
  until,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** What a person drags; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  agents: ({ folder }) => ({
    scripted: fakeAgent('scripted', { FAKE_RECORD: path.join(folder, 'record') }),
  }),
  async prepare({ make }) {
    await make({ agent: 'scripted', title: 'Quay' }, 'say moored');
    const ebb = await make({ agent: 'shell', title: 'Ebb' }, 'echo the ebb');
    await ebb.configure({ pinned: true });
    await make({ agent: 'shell', title: 'Neap' }, 'echo the neap tide');
    const slack = await make({ agent: 'shell', title: 'Slack' }, 'echo slack water');
    await slack.configure({ archived: true });
  },
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

/** What the runtime says of a session, once that is so. */
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
  await dragSession('Neap', 'Pinned');
  await isSo('Neap', { pinned: true, archived: false });
  // Rows move when the tree is drawn anew.
  await treeRows(page, 'Sessions', /^Pinned\s*2/u).waitFor();
  await dragSession('Neap', 'Archived');
  await isSo('Neap', { pinned: true, archived: true });
  assert.deepEqual(shared.window.errors(), []);
});

/** A row of the Explorer. */
const file = (name: string) =>
  treeRows(shared.page, 'Files Explorer').and(shared.page.getByRole('treeitem', { name, exact: true }));

test('files and folders of the Explorer that are dropped on the chat with Shift held are mentioned in the prompt (U3)', async () => {
  const { page } = shared;
  await sessionRows(page, 'Quay').click();
  await shared.header('Quay').waitFor();
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
  const written = await prompt.inputValue();
  assert.deepEqual(written.trim().split(' ').sort(), ['@README.md', '@package.json', '@src/']);
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
  const taken = page.locator('.monaco-list-row.drop-target').filter({ hasText: 'Ebb' });
  await drag(page, tab, sessionRows(page, 'Ebb'), { taken });
  await shared.header('Ebb').waitFor();
  await chat.locator('button.send').waitFor();
  const prompt = chat.getByRole('textbox', { name: 'Prompt' });
  await until(async () => (await prompt.inputValue()) === '`README.md` ');
  const group = page.locator('.monaco-list-row.drop-target').filter({ hasText: /^Archived/u });
  await drag(page, tab, groupRow('Archived'), { taken: group });
  await page.getByText('Files go into the prompt of a session: drop them on its row.').first().waitFor();
  assert.deepEqual(shared.window.errors(), []);
});
