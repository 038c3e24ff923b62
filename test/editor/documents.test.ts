import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import { chatFrame, openContainer, pickRow, quickInput } from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for the whole story: each test goes on where the one before left off, as a person does. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let file: string;

before(async () => {
  folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'd-'));
  const workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  file = path.join(workspace, 'README.md');
  editor = await startEditor({
    workspace,
    home: path.join(folder, 'home'),
    extensionDevelopmentPath: root,
    settings: { 'holdfast.agents': { scripted: fakeAgent('scripted') }, 'files.autoSave': 'off' },
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

const onDisk = (): string => readFileSync(file, 'utf8');

/** The lines of the editor in front, as they are painted. */
const lines = (): Locator => window.page.locator('.part.editor .view-lines').first();

/** The tab of the document, while it has unsaved edits or not. */
const tab = (dirty: boolean): Locator =>
  window.page.locator(`.tabs-container .tab${dirty ? '.dirty' : ':not(.dirty)'}`, { hasText: 'README.md' });

async function send(text: string): Promise<void> {
  const composer = chatFrame(window.page, 'view').getByRole('textbox').last();
  await composer.click();
  await composer.fill(text);
  await composer.press('Enter');
}

async function shows(text: string | RegExp): Promise<void> {
  await chatFrame(window.page, 'view').getByText(text).first().waitFor({ timeout: 30_000 });
}

const asks = (method: string, params: object = {}): string =>
  `client ${method} ${JSON.stringify({ path: file, ...params })}`;

/** Puts the cursor at the beginning of the document and types. */
async function type(text: string): Promise<void> {
  const { page } = window;
  await lines().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text);
  await tab(true).waitFor();
}

test('what is typed and not saved is what an agent reads (A5)', async () => {
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  await pickRow(page, 'scripted');
  await send('say at your service');
  await shows('at your service');
  await page.keyboard.press('Control+P');
  await quickInput(page).fill('README.md');
  await pickRow(page, 'README.md');
  await type('unsaved words ');
  await send(asks('fs/read_text_file', { line: 1, limit: 1 }));
  await shows('unsaved words');
  assert.doesNotMatch(onDisk(), /unsaved words/u);
});

test('an agent that writes over unsaved edits asks first, and they stay when the person wants to keep them (A5, W1)', async () => {
  await send(asks('fs/write_text_file', { content: 'of the agent, not wanted\n' }));
  const chat = chatFrame(window.page, 'view');
  await chat.getByText('Overwrite your unsaved edits in README.md?').first().waitFor();
  await window.screenshot('editor-overwrite');
  await chat.getByRole('button', { name: 'Keep my edits' }).click();
  await shows(/-32603 .*the person keeps the unsaved edits/u);
  await lines().getByText('unsaved words').waitFor();
  assert.doesNotMatch(onDisk(), /not wanted/u);
});

test('when the person agrees, the agent’s text takes the place of the unsaved edits and is saved (A5, W1)', async () => {
  await send(asks('fs/write_text_file', { content: 'first of the agent\n' }));
  await chatFrame(window.page, 'view').getByRole('button', { name: 'Overwrite my edits' }).click();
  await lines().getByText('first of the agent').waitFor();
  await tab(false).waitFor();
  assert.equal(onDisk(), 'first of the agent\n');
});

test('a clean document that is open gets the agent’s text and is saved, and one undo brings the old one back (A5)', async () => {
  const { page } = window;
  await send(asks('fs/write_text_file', { content: 'second of the agent\nand more\n' }));
  await lines().getByText('and more').waitFor();
  // The tab is without a mark before the edit as well as after the save.
  while (onDisk() !== 'second of the agent\nand more\n') await page.evaluate('0');
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
