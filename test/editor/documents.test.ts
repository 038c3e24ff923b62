import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { beginSession } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { pickRow, quickInput, until } from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** Each test goes on where the one before left off, as a person does. */
const shared = sharedEditor({
  editor: () => ({
    settings: { 'holdfast.agents': { scripted: fakeAgent('scripted') }, 'files.autoSave': 'off' },
  }),
});

const file = (): string => path.join(shared.workspace, 'README.md');

const onDisk = (): string => readFileSync(file(), 'utf8');

/** The lines of the editor in front, as they are painted. */
const lines = (): Locator => shared.page.locator('.part.editor .view-lines').first();

/** The tab of the document, while it has unsaved edits or not. */
const tab = (dirty: boolean): Locator =>
  shared.page.locator(`.tabs-container .tab${dirty ? '.dirty' : ':not(.dirty)'}`, { hasText: 'README.md' });

const asks = (method: string, params: object = {}): string =>
  `client ${method} ${JSON.stringify({ path: file(), ...params })}`;

/** Puts the cursor at the beginning of the document and types. */
async function type(text: string): Promise<void> {
  const { page } = shared;
  await lines().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text);
  await tab(true).waitFor();
}

test('what is typed and not saved is what an agent reads (A5)', async () => {
  const { page } = shared;
  await beginSession(page, 'scripted');
  await shared.send('say at your service');
  await shared.shows('at your service');
  await page.keyboard.press('Control+P');
  await quickInput(page).fill('README.md');
  await pickRow(page, 'README.md');
  await type('unsaved words ');
  await shared.send(asks('fs/read_text_file', { line: 1, limit: 1 }));
  await shared.shows('unsaved words');
  assert.doesNotMatch(onDisk(), /unsaved words/u);
});

test('an agent that writes over unsaved edits asks first, and they stay when the person wants to keep them (A5, W1)', async () => {
  const { chat, window } = shared;
  await shared.send(asks('fs/write_text_file', { content: 'of the agent, not wanted\n' }));
  await chat.getByText('Overwrite your unsaved edits in README.md?').first().waitFor();
  await window.screenshot('editor-overwrite');
  await chat.getByRole('button', { name: 'Keep my edits' }).click();
  await shared.shows(/-32603 .*the person keeps the unsaved edits/u);
  await lines().getByText('unsaved words').waitFor();
  assert.doesNotMatch(onDisk(), /not wanted/u);
});

test('when the person agrees, the agent’s text takes the place of the unsaved edits and is saved (A5, W1)', async () => {
  await shared.send(asks('fs/write_text_file', { content: 'first of the agent\n' }));
  await shared.chat.getByRole('button', { name: 'Overwrite my edits' }).click();
  await lines().getByText('first of the agent').waitFor();
  await tab(false).waitFor();
  assert.equal(onDisk(), 'first of the agent\n');
});

test('a clean document that is open gets the agent’s text and is saved, and one undo brings the old one back (A5)', async () => {
  const { page, window } = shared;
  await shared.send(asks('fs/write_text_file', { content: 'second of the agent\nand more\n' }));
  await lines().getByText('and more').waitFor();
  // The tab is without a mark before the edit as well as after the save.
  await until(() => onDisk() === 'second of the agent\nand more\n');
  await tab(false).waitFor();
  await window.screenshot('editor-written');
  await lines().click();
  await page.keyboard.press('Control+Z');
  await lines().getByText('first of the agent').waitFor();
  await lines().getByText('and more').waitFor({ state: 'detached' });
  await tab(true).waitFor();
  assert.equal(onDisk(), 'second of the agent\nand more\n', 'undoing is the person’s own edit');
  assert.deepEqual(window.errors(), []);
});
