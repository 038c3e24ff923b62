import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { openFromTree } from '../support/editor/chat.ts';
import { sharedEditor, type SharedFolders } from '../support/editor/sharedEditor.ts';
import {
  appears,
  openContainer,
  pickContextMenu,
  pickRow,
  pressUntil as pressKeyUntil,
  quickInput,
  quickRows,
  runCommand,
  statusBarItem,
  until,
  closePicker,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** An agent that writes down what it is told. */
const scripted = ({ folder }: SharedFolders, name = 'scripted') => ({
  ...fakeAgent('scripted', { FAKE_RECORD: path.join(folder, name) }),
  name,
});

const SIZE = { width: 1280, height: 1100 };

/** Where keys lead, and what goes from the editor into a session and back; sessions are made by another client. */
const shared = sharedEditor({
  size: SIZE,
  editor: (folders) => {
    writeFileSync(path.join(folders.workspace, 'buoys.json'), '{ "red": 1, }\n');
    return {
      settings: {
        'holdfast.agents': { scripted: scripted(folders) },
        'terminal.integrated.defaultProfile.linux': 'bash',
        'files.autoSave': 'off',
      },
    };
  },
  agents: (folders) => ({ scripted: scripted(folders) }),
  async prepare({ make }) {
    await make({ agent: 'shell', title: 'Spring' }, 'printf "high-%s-tide" $((3 * 4))');
    await make({ agent: 'scripted', title: 'Neap' }, 'say neap');
  },
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
  const input = quickInput(shared.page);
  await pressUntil('F1', input);
  await shared.page.keyboard.type(title);
  // What is typed while the focus is still on its way goes elsewhere.
  while ((await input.inputValue()) !== `>${title}`) {
    await press('Control+A');
    await shared.page.keyboard.type(`>${title}`);
  }
  await pickFocused(title);
}

/** Types into the field that has the focus, which has to be where one writes, and sends it. */
async function write(text: string): Promise<void> {
  await shared.chat.locator('textarea:focus').waitFor();
  await shared.page.keyboard.type(text);
  await press('Enter');
}

// In these first tests nothing touches the mouse.

test('with keys alone a session begins, is written to, and its permission answered on the card (U3, U6)', async () => {
  const { page } = shared;
  await statusBarItem(page, 'Holdfast').waitFor();
  await pressUntil('Control+Alt+Shift+H', quickInput(page));
  await page.keyboard.type('scripted');
  await pickFocused('scripted');
  await write('say hello there');
  await shared.chat.getByText('hello there').nth(1).waitFor();
  await write('permission');
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
  await pressUntil('Control+f', shared.chat.locator('.find-bar input:focus'));
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
  // The focus follows the key a moment later.
  for (let left = 16; left > 0 && !(await appears(rowOf(first), 500)); left--) await press('ArrowDown');
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
  await page.setViewportSize(SIZE);
});

const composer = (): Locator => shared.chat.getByRole('textbox', { name: 'Prompt' });
const lastPrompt = (): Locator => shared.chat.locator('.prompt').last();

/** Waits until what is being written to the agent has this in it, and takes it away again. */
async function isWritten(...parts: string[]): Promise<void> {
  await shared.header('Neap').waitFor();
  await shared.chat.locator('button.send').waitFor();
  await until(async () => {
    const text = await composer().inputValue();
    return parts.every((part) => text.includes(part));
  });
  await composer().fill('');
}

/** Mentions what a name begins with, and sends it. */
async function mention(beginning: string): Promise<void> {
  const { chat } = shared;
  await chat.locator('button.send').waitFor();
  await composer().fill('say seen ');
  await composer().press('End');
  await composer().pressSequentially(`@${beginning}`);
  await chat
    .getByRole('option', { name: new RegExp(`^${beginning}`, 'u') })
    .first()
    .click();
  await chat.getByRole('list', { name: 'Attached' }).waitFor();
  await composer().press('Enter');
}

/** Opens a terminal whose shell tells of its commands, and runs one there. */
async function runInTerminal(command: string): Promise<void> {
  const { page } = shared;
  await runCommand(page, 'Terminal: Create New Terminal (In Active Workspace)');
  const terminal = page.locator('.terminal-wrapper.active .xterm-helper-textarea');
  await terminal.waitFor({ state: 'attached' });
  await page
    .locator('.xterm-decoration-container .terminal-command-decoration')
    .first()
    .waitFor({ state: 'attached' });
  await terminal.focus();
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}

test('what another session said goes with a prompt that mentions it (U3)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await openFromTree(page, 'Neap');
  await mention('session:Spring');
  await lastPrompt().getByText('high-12-tide').waitFor();
  await shared.chat.getByText('seen @session:').last().waitFor();
});

test('what the last command of a terminal printed goes with a prompt that mentions it (U3)', async () => {
  const { page } = shared;
  // VS Code may lose what a command prints in the very moment it begins.
  await runInTerminal('sleep 1; echo low-$((3 * 5))-tide');
  // The next prompt has a mark beside it.
  await page.locator('.xterm-decoration-container .terminal-command-decoration').nth(1).waitFor();
  await mention('terminal:');
  await lastPrompt().getByText('low-15-tide').waitFor();
  await lastPrompt().getByText('[exit code 0]').waitFor();
});

test('what is selected in a terminal is sent from its menu, and the clipboard keeps what it had (U5)', async () => {
  const { page } = shared;
  await page.evaluate("navigator.clipboard.writeText('of the person')");
  const terminal = page.locator('.terminal-wrapper.active');
  // Something transparent of the terminal's own lies above what is printed.
  await terminal.locator('.xterm-rows').getByText('low-15-tide').last().dblclick({ force: true });
  await pickContextMenu(
    page,
    terminal.locator('.terminal-widget-container'),
    'Send Terminal Selection to Session',
  );
  await pickRow(page, 'Neap');
  await isWritten('```console\nlow-15-tide\n```');
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'of the person');
});

test('files and folders are sent from the menu of the Explorer, several together (U5)', async () => {
  const { page } = shared;
  await openContainer(page, 'Explorer');
  const row = (name: string): Locator => page.getByRole('treeitem', { name, exact: true });
  await pickContextMenu(page, row('src'), 'Send to Session');
  await pickRow(page, 'Neap');
  await isWritten('`src`');
  await openContainer(page, 'Explorer');
  await row('README.md').click();
  await row('package.json').click({ modifiers: ['Control'] });
  await pickContextMenu(page, row('package.json'), 'Send to Session');
  await pickRow(page, 'Neap');
  await isWritten('`README.md`', '`package.json`');
});

test('a file is named as the agent of the session finds it, whatever folder the window has open (U5)', async () => {
  const { page, workspace } = shared;
  const row = (name: string): Locator => page.getByRole('treeitem', { name, exact: true });
  await shared.make({ agent: 'scripted', title: 'Bank', cwd: path.join(workspace, 'src') });
  await openContainer(page, 'Explorer');
  await row('src').click();
  for (const [name, written] of [
    ['tides.js', '`tides.js` '],
    ['README.md', `\`${path.join(workspace, 'README.md')}\` `],
  ] as const) {
    await openContainer(page, 'Explorer');
    await pickContextMenu(page, row(name), 'Send to Session');
    await pickRow(page, 'Bank');
    await shared.header('Bank').waitFor();
    await until(async () => (await composer().inputValue()) === written);
    await composer().fill('');
  }
});

test('a problem is sent from the menu of the Problems view (U5)', async () => {
  const { page } = shared;
  await openContainer(page, 'Explorer');
  await page.getByRole('treeitem', { name: 'buoys.json', exact: true }).click();
  await page.locator('.squiggly-error').first().waitFor();
  await runCommand(page, 'Problems: Focus on Problems View');
  const problem = page.locator('.markers-panel').getByRole('treeitem', { name: /Trailing comma/u });
  await pickContextMenu(page, problem, 'Fix with agent');
  await pickRow(page, 'Neap');
  await isWritten('buoys.json:1', 'Trailing comma');
});

test('code goes where the cursor is, and into the file that it names, as edits that are not saved (U3)', async () => {
  const { page, chat } = shared;
  const file = path.join(shared.workspace, 'README.md');
  const before = readFileSync(file, 'utf8');
  await composer().fill('lines ```md README.md\\nA new beginning\\n```');
  await composer().press('Enter');
  const block = chat.locator('.code-block', { hasText: 'A new beginning' }).last();
  await block.hover();
  await block.getByRole('button', { name: 'Apply to file' }).click();
  await pickRow(page, 'Replace the whole file');
  const lines = page.locator('.part.editor .view-lines');
  await lines.getByText('A new beginning').first().waitFor();
  const dirty = page.locator('.tabs-container .tab.dirty', { hasText: 'README.md' });
  await dirty.waitFor();
  await lines.click();
  await page.keyboard.press('Control+End');
  await block.hover();
  await block.getByRole('button', { name: 'Insert at cursor' }).click();
  await until(async () => (await lines.innerText()).split('beginning').length > 2);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('MCP servers and agents that are added to the settings are there for the next session (A9)', async () => {
  const { page } = shared;
  shared.editor.configure({
    'holdfast.agents': { scripted: scripted(shared), gauged: scripted(shared, 'gauged') },
    'holdfast.mcpServers': { gauge: { command: 'tide-gauge', args: ['--metres'] } },
  });
  await until(async () => {
    await runCommand(page, 'Holdfast: New Session with Agent…');
    await quickRows(page).filter({ hasText: 'scripted' }).first().waitFor();
    if ((await quickRows(page).filter({ hasText: 'gauged' }).count()) > 0) return true;
    await closePicker(page);
    return false;
  });
  await pickRow(page, 'gauged');
  await shared.chat.getByPlaceholder('Ask gauged').waitFor();
  const record = path.join(shared.folder, 'gauged');
  await until(() => existsSync(record) && readFileSync(record, 'utf8').includes('"session/new"'));
  const begun = readFileSync(record, 'utf8')
    .split('\n')
    .find((line) => line.includes('"session/new"'));
  const { params } = JSON.parse(begun ?? '') as { params: { mcpServers: readonly object[] } };
  assert.deepEqual(
    params.mcpServers.map((server) => ({ ...server })),
    [{ name: 'gauge', command: 'tide-gauge', args: ['--metres'], env: [] }],
  );
});

test('what an agent wrote before it crashed is read in its log (A8)', async () => {
  const { page } = shared;
  const hurt = await shared.make({ agent: 'scripted', title: 'Squall' });
  await (
    await hurt.prompt('crash')
  ).ended;
  await runCommand(page, 'Holdfast: Manage Agents');
  await pickRow(page, 'scripted');
  await pickRow(page, 'Show Log');
  await page.locator('.part.editor .view-line').getByText('it hurts').first().waitFor();
  assert.deepEqual(shared.window.errors(), []);
});
