import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { sharedEditor, type SharedFolders } from '../support/editor/sharedEditor.ts';
import {
  openContainer,
  pickContextMenu,
  pickRow,
  quickRows,
  runCommand,
  sessionRows,
  until,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** An agent that writes down what it is told. */
const scripted = ({ folder }: SharedFolders, name = 'scripted') => ({
  ...fakeAgent('scripted', { FAKE_RECORD: path.join(folder, name) }),
  name,
});

/** What goes from the editor into a session, and from a session into the editor; the sessions are made by another client. */
const shared = sharedEditor({
  size: { width: 1280, height: 1100 },
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

const composer = (): Locator => shared.chat.getByRole('textbox', { name: 'Prompt' });
const lastPrompt = (): Locator => shared.chat.locator('.prompt').last();
const tick = (): Promise<void> => shared.page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))');

/** Waits until what is being written to the agent has this in it, and takes it away again. */
async function isWritten(...parts: string[]): Promise<void> {
  await shared.header('Neap').waitFor();
  await shared.chat.locator('button.send').waitFor();
  while (!(await hasAll(parts))) await tick();
  await composer().fill('');
}

async function hasAll(parts: readonly string[]): Promise<boolean> {
  const text = await composer().inputValue();
  return parts.every((part) => text.includes(part));
}

/** Mentions what a name begins with, and sends it. */
async function mention(kind: 'session' | 'terminal'): Promise<void> {
  const { chat } = shared;
  await chat.locator('button.send').waitFor();
  await composer().fill('say seen ');
  await composer().press('End');
  await composer().pressSequentially(`@${kind}:`);
  await chat
    .getByRole('option', { name: new RegExp(`^${kind}:`, 'u') })
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
  await sessionRows(page, 'Neap').click();
  await shared.header('Neap').waitFor();
  await mention('session');
  await lastPrompt().getByText('high-12-tide').waitFor();
  await shared.chat.getByText('seen @session:').last().waitFor();
});

test('what the last command of a terminal printed goes with a prompt that mentions it (U3)', async () => {
  const { page } = shared;
  // VS Code may lose what a command prints in the very moment it begins.
  await runInTerminal('sleep 1; echo low-$((3 * 5))-tide');
  // The next prompt has a mark beside it.
  await page.locator('.xterm-decoration-container .terminal-command-decoration').nth(1).waitFor();
  await mention('terminal');
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
  for (;;) {
    await runCommand(page, 'Holdfast: New Session with Agent…');
    await quickRows(page).filter({ hasText: 'scripted' }).first().waitFor();
    if ((await quickRows(page).filter({ hasText: 'gauged' }).count()) > 0) break;
    await page.keyboard.press('Escape');
  }
  await pickRow(page, 'gauged');
  await shared.chat.getByPlaceholder('Ask gauged').waitFor();
  const record = path.join(shared.folder, 'gauged');
  while (!existsSync(record) || !readFileSync(record, 'utf8').includes('"session/new"')) await tick();
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
