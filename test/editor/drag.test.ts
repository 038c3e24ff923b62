import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drag } from '../support/editor/drag.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { chatFrame, openContainer, runCommand, sessionRows, treeRows } from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** What a person drags; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  agents: () => ({ scripted: fakeAgent('scripted') }),
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

const tick = (): Promise<void> => shared.page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))');

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
  for (;;) {
    const { sessions } = await other.list();
    const found = sessions.find((session) => session.title === title);
    if (found?.pinned === so.pinned && found.archived === so.archived) return;
    await tick();
  }
}

test('a session that is dragged onto the pinned ones is pinned, and archived once it is dragged onto those (U1)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await dragSession('Neap', 'Pinned');
  await isSo('Neap', { pinned: true, archived: false });
  await dragSession('Neap', 'Archived');
  await isSo('Neap', { pinned: true, archived: true });
});

/** A row of the Explorer. */
const file = (name: string) =>
  treeRows(shared.page, 'Files Explorer').and(shared.page.getByRole('treeitem', { name, exact: true }));

test('a folder of the Explorer that is dropped on the chat with Shift held is mentioned in the prompt (U3)', async () => {
  const { page } = shared;
  await sessionRows(page, 'Quay').click();
  await shared.header('Quay').waitFor();
  await runCommand(page, 'Holdfast: Open Session in Editor');
  const chat = chatFrame(page, 'panel');
  const prompt = chat.getByRole('textbox', { name: 'Prompt' });
  await chat.locator('button.send').waitFor();
  await openContainer(page, 'Explorer');
  const options = { taken: chat.locator('.drop-here'), key: 'Shift' } as const;
  await drag(page, file('src'), page.locator('.part.editor .editor-container'), options);
  await chat.getByRole('list', { name: 'Attached' }).getByText('src/').waitFor();
  assert.equal(await prompt.inputValue(), '@src/ ');
  assert.deepEqual(shared.window.errors(), []);
});
