import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drag } from '../support/editor/drag.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { openContainer, sessionRows, treeRows } from '../support/editor/workbench.ts';

/** What a person drags; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  async prepare({ make }) {
    const ebb = await make({ agent: 'shell', title: 'Ebb' }, 'echo the ebb');
    await ebb.configure({ pinned: true });
    await make({ agent: 'shell', title: 'Neap' }, 'echo the neap tide');
    const slack = await make({ agent: 'shell', title: 'Slack' }, 'echo slack water');
    await slack.configure({ archived: true });
  },
});

const groupRow = (name: string) => treeRows(shared.page, 'Sessions', new RegExp(`^${name}`, 'u'));

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
    await shared.page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))');
  }
}

test('a session that is dragged onto the pinned ones is pinned, and archived once it is dragged onto those (U1)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await dragSession('Neap', 'Pinned');
  await isSo('Neap', { pinned: true, archived: false });
  await dragSession('Neap', 'Archived');
  await isSo('Neap', { pinned: true, archived: true });
  assert.deepEqual(shared.window.errors(), []);
});
