import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { connect, type Connection } from '../../src/client/index.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import { chatFrame, quickInput } from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for the whole story, in which no test touches the mouse. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let other: Connection;
let workspace: string;

before(async () => {
  folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'k-'));
  const home = path.join(folder, 'home');
  workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  const agents = { scripted: fakeAgent('scripted') };
  other = await connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
  editor = await startEditor({
    workspace,
    home,
    extensionDevelopmentPath: root,
    settings: { 'holdfast.agents': agents },
  });
  window = await editor.openWindow({ size: { width: 1280, height: 860 } });
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

const chat = () => chatFrame(window.page, 'view');
const press = (key: string): Promise<void> => window.page.keyboard.press(key);

/** Presses a key until something is there: the window may not listen to keys yet, or focus goes step by step. */
async function pressUntil(key: string, there: Locator): Promise<void> {
  for (let left = 12; left > 0; left--) {
    await press(key);
    const appears = there.waitFor({ timeout: 3_000 });
    if (await appears.then(Boolean.bind(undefined, true), () => false)) return;
  }
  throw new Error(`${key} does not lead to ${there.toString()}`);
}

/** Takes the row of a quick pick that has the focus, once that is the one that is meant. */
async function pickFocused(text: string): Promise<void> {
  await window.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text }).waitFor();
  await press('Enter');
}

/** Runs a command through the palette with keys alone. */
async function palette(title: string): Promise<void> {
  await pressUntil('F1', quickInput(window.page));
  await window.page.keyboard.type(title);
  await pickFocused(title);
}

/** Types into the field that has the focus, which has to be where one writes, and sends it. */
async function send(text: string): Promise<void> {
  await chat().locator('textarea:focus').waitFor();
  await window.page.keyboard.type(text);
  await press('Enter');
}

test('with keys alone a session begins, is written to, and its permission answered on the card (U3, U6)', async () => {
  const { page } = window;
  await page.locator('.statusbar-item').filter({ hasText: 'Holdfast' }).waitFor();
  await pressUntil('Control+Alt+Shift+H', quickInput(page));
  await page.keyboard.type('scripted');
  await pickFocused('scripted');
  await send('say hello there');
  await chat().getByText('hello there').nth(1).waitFor();
  await send('permission');
  const allow = chat().getByRole('button', { name: 'Allow once', disabled: false });
  await allow.waitFor();
  assert.equal(await chat().locator('textarea:focus').count(), 1, 'the card took no focus');
  const focused = chat().locator('button:focus').filter({ hasText: 'Allow once' });
  for (let left = 20; left > 0 && (await focused.count()) === 0; left--) await press('Shift+Tab');
  await press('Enter');
  await chat().getByText('selected once').first().waitFor();
});

test('keys lead from prompt to prompt, through what is found, and back to the composer (U3, U6)', async () => {
  const { page } = window;
  const prompt = (text: string): Locator => chat().locator('.prompt:focus').filter({ hasText: text });
  await pressUntil('Alt+ArrowUp', prompt('permission'));
  await pressUntil('Alt+ArrowUp', prompt('say hello'));
  await press('Control+f');
  await chat().locator('.find-bar input:focus').waitFor();
  await page.keyboard.type('selected once');
  await chat().locator('.find-count').filter({ hasText: '1' }).waitFor();
  await press('Escape');
  await chat().locator('.find-bar').waitFor({ state: 'detached' });
  await pressUntil('Alt+ArrowDown', chat().locator('textarea:focus'));
});

test('keys lead to the tree, the picker, and to each session that waits for an answer (U1, U2)', async () => {
  const { page } = window;
  const make = async (title: string): Promise<void> => {
    const session = await other.openSession({
      cwd: workspace,
      agent: 'scripted',
      title,
      onEvent: () => undefined,
    });
    await session.prompt('permission');
  };
  const shown = (title: string | RegExp): Locator =>
    chat().locator('.header-title').filter({ hasText: title });
  await make('Ebb');
  await make('Flood');
  await page.locator('.statusbar-item').filter({ hasText: '2 need you' }).waitFor();
  await pressUntil('Control+Alt+J', shown(/Ebb|Flood/u));
  const first = (await shown(/Ebb|Flood/u).innerText()).includes('Ebb') ? 'Ebb' : 'Flood';
  const second = first === 'Ebb' ? 'Flood' : 'Ebb';
  await pressUntil('Control+Alt+J', shown(second));
  await palette('Holdfast: Focus on Sessions View');
  const row = page
    .getByRole('tree', { name: 'Sessions' })
    .locator('[role=treeitem].focused, .monaco-list-row.focused');
  const rowOf = (title: string): Locator => row.filter({ hasText: title });
  await press('Home');
  for (let left = 12; left > 0 && (await rowOf(first).count()) === 0; left--) await press('ArrowDown');
  await press('Enter');
  await shown(first).waitFor();
  await chat().locator('textarea:focus').waitFor();
  await pressUntil('Control+Alt+H', quickInput(page));
  await page.keyboard.type(second);
  await pickFocused(second);
  await shown(second).waitFor();
  await chat().locator('textarea:focus').waitFor();
});

test('the editor’s own command for the chat leads to where one writes, also after another part had the focus (U5, U6)', async () => {
  await palette('Holdfast: Focus on Sessions View');
  await window.page.locator('.monaco-list:focus').first().waitFor();
  await palette('Holdfast: Focus on Chat View');
  await chat().locator('textarea:focus').waitFor();
});

test('a window of half the size, as zoom at 200 % makes it, keeps what one writes with in reach, and nothing moves by itself (U6)', async () => {
  const { page } = window;
  await page.setViewportSize({ width: 640, height: 430 });
  const send = chat().locator('button.send');
  await send.scrollIntoViewIfNeeded();
  const widths = await chat()
    .locator('body')
    .evaluate((body) => [body.scrollWidth, body.clientWidth]);
  assert.equal(widths[0], widths[1], 'nothing is cut off at the side');
  const still = await chat()
    .locator('.codicon.spin')
    .evaluateAll((icons) => icons.map((icon) => icon.getAnimations().length));
  assert.ok(
    still.every((count) => count === 0),
    'reduced motion is kept',
  );
});
