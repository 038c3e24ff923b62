import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { pressUntil as pressKeyUntil, quickInput, statusBarItem } from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

const agents = { scripted: fakeAgent('scripted') };

/** In the whole story no test touches the mouse. */
const shared = sharedEditor({
  agents: () => agents,
  editor: () => ({ settings: { 'holdfast.agents': agents } }),
});

const press = (key: string): Promise<void> => shared.page.keyboard.press(key);

const pressUntil = (key: string, there: Locator): Promise<void> => pressKeyUntil(shared.page, key, there);

/** Takes the row of a quick pick that has the focus, once that is the one that is meant. */
async function pickFocused(text: string): Promise<void> {
  await shared.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text }).waitFor();
  await press('Enter');
}

/** Runs a command through the palette with keys alone. */
async function palette(title: string): Promise<void> {
  await pressUntil('F1', quickInput(shared.page));
  await shared.page.keyboard.type(title);
  await pickFocused(title);
}

/** Types into the field that has the focus, which has to be where one writes, and sends it. */
async function send(text: string): Promise<void> {
  await shared.chat.locator('textarea:focus').waitFor();
  await shared.page.keyboard.type(text);
  await press('Enter');
}

test('with keys alone a session begins, is written to, and its permission answered on the card (U3, U6)', async () => {
  const { page } = shared;
  await statusBarItem(page, 'Holdfast').waitFor();
  await pressUntil('Control+Alt+Shift+H', quickInput(page));
  await page.keyboard.type('scripted');
  await pickFocused('scripted');
  await send('say hello there');
  await shared.chat.getByText('hello there').nth(1).waitFor();
  await send('permission');
  const allow = shared.chat.getByRole('button', { name: 'Allow once', disabled: false });
  await allow.waitFor();
  assert.equal(await shared.chat.locator('textarea:focus').count(), 1, 'the card took no focus');
  const focused = shared.chat.locator('button:focus').filter({ hasText: 'Allow once' });
  for (let left = 20; left > 0 && (await focused.count()) === 0; left--) await press('Shift+Tab');
  await press('Enter');
  await shared.chat.getByText('selected once').first().waitFor();
});

test('keys lead from prompt to prompt, through what is found, and back to the composer (U3, U6)', async () => {
  const { page } = shared;
  const prompt = (text: string): Locator => shared.chat.locator('.prompt:focus').filter({ hasText: text });
  await pressUntil('Alt+ArrowUp', prompt('permission'));
  await pressUntil('Alt+ArrowUp', prompt('say hello'));
  await press('Control+f');
  await shared.chat.locator('.find-bar input:focus').waitFor();
  await page.keyboard.type('selected once');
  await shared.chat.locator('.find-count').filter({ hasText: '1' }).waitFor();
  await press('Escape');
  await shared.chat.locator('.find-bar').waitFor({ state: 'detached' });
  await pressUntil('Alt+ArrowDown', shared.chat.locator('textarea:focus'));
});

test('keys lead to the tree, the picker, and to each session that waits for an answer (U1, U2)', async () => {
  const { page } = shared;
  for (const title of ['Ebb', 'Flood'])
    await (await shared.make({ agent: 'scripted', title })).prompt('permission');
  await statusBarItem(page, '2 need you').waitFor();
  await pressUntil('Control+Alt+J', shared.header(/Ebb|Flood/u));
  const first = (await shared.header(/Ebb|Flood/u).innerText()).includes('Ebb') ? 'Ebb' : 'Flood';
  const second = first === 'Ebb' ? 'Flood' : 'Ebb';
  await pressUntil('Control+Alt+J', shared.header(second));
  await palette('Holdfast: Focus on Sessions View');
  const row = page
    .getByRole('tree', { name: 'Sessions' })
    .locator('[role=treeitem].focused, .monaco-list-row.focused');
  const rowOf = (title: string): Locator => row.filter({ hasText: title });
  await press('Home');
  for (let left = 12; left > 0 && (await rowOf(first).count()) === 0; left--) await press('ArrowDown');
  await press('Enter');
  await shared.header(first).waitFor();
  await shared.chat.locator('textarea:focus').waitFor();
  await pressUntil('Control+Alt+H', quickInput(page));
  await page.keyboard.type(second);
  await pickFocused(second);
  await shared.header(second).waitFor();
  await shared.chat.locator('textarea:focus').waitFor();
});

test('the editor’s own command for the chat leads to where one writes, also after another part had the focus (U5, U6)', async () => {
  await palette('Holdfast: Focus on Sessions View');
  await shared.page.locator('.monaco-list:focus').first().waitFor();
  await palette('Holdfast: Focus on Chat View');
  await shared.chat.locator('textarea:focus').waitFor();
});

test('a window of half the size, as zoom at 200 % makes it, keeps what one writes with in reach, and nothing moves by itself (U6)', async () => {
  const { page } = shared;
  await page.setViewportSize({ width: 640, height: 430 });
  await shared.chat.locator('button.send').scrollIntoViewIfNeeded();
  const widths = await shared.chat.locator('body').evaluate((body) => [body.scrollWidth, body.clientWidth]);
  assert.equal(widths[0], widths[1], 'nothing is cut off at the side');
  const still = await shared.chat
    .locator('.codicon.spin')
    .evaluateAll((icons) => icons.map((icon) => icon.getAnimations().length));
  assert.ok(
    still.every((count) => count === 0),
    'reduced motion is kept',
  );
});
