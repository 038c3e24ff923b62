import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import { chatFrame, openContainer, pickRow, runCommand } from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for the whole story: each test goes on where the one before left off, as a person does. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let workspace: string;

before(async () => {
  folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'm-'));
  workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  editor = await startEditor({
    workspace,
    home: path.join(folder, 'home'),
    extensionDevelopmentPath: root,
    settings: {
      'holdfast.agents': { scripted: fakeAgent('scripted') },
      'terminal.integrated.defaultProfile.linux': 'bash',
      'files.autoSave': 'off',
    },
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

const chat = () => chatFrame(window.page, 'view');
const composer = () => chat().getByRole('textbox', { name: 'Prompt' });
const prompts = () => chat().locator('.prompt');

/** Mentions what a name begins with, and sends it. */
async function mention(kind: 'session' | 'terminal'): Promise<void> {
  await composer().click();
  await composer().fill('say seen ');
  await composer().press('End');
  await composer().pressSequentially(`@${kind}:`);
  await chat()
    .getByRole('option', { name: new RegExp(`^${kind}:`, 'u') })
    .first()
    .click();
  await chat().getByRole('list', { name: 'Attached' }).waitFor();
  await composer().press('Enter');
}

test('what another session said goes with a prompt that mentions it (U3)', async () => {
  await openContainer(window.page, 'Holdfast');
  await chat().getByRole('button', { name: 'New Session' }).click();
  await pickRow(window.page, 'Shell');
  await composer().fill('printf "high-%s-tide" $((3 * 4))');
  await composer().press('Enter');
  await chat().getByText('high-12-tide').first().waitFor();
  await runCommand(window.page, 'Holdfast: New Session');
  await pickRow(window.page, 'scripted');
  await chat().getByPlaceholder('Ask scripted').waitFor();
  await mention('session');
  await prompts().last().getByText('high-12-tide').waitFor();
  await chat().getByText('seen @session:').last().waitFor();
});

test(
  'what the last command of a terminal printed goes with a prompt that mentions it (U3)',
  { skip: process.platform === 'win32' && 'written for bash' },
  async () => {
    await runCommand(window.page, 'Terminal: Create New Terminal (In Active Workspace)');
    const terminal = window.page.locator('.terminal-wrapper.active .xterm-helper-textarea');
    await terminal.waitFor({ state: 'attached' });
    // Only a shell that tells of its commands can be mentioned: it does so from its first prompt on.
    await window.page
      .locator('.xterm-decoration-container .terminal-command-decoration')
      .first()
      .waitFor({ state: 'attached' });
    await terminal.focus();
    await window.page.keyboard.type('echo low-$((3 * 5))-tide');
    await window.page.keyboard.press('Enter');
    await mention('terminal');
    await prompts().last().getByText('low-15-tide').waitFor();
    await prompts().last().getByText('[exit code 0]').waitFor();
  },
);

test('code goes into the file that it names, as an edit that is not saved (U3)', async () => {
  const before = readFileSync(path.join(workspace, 'README.md'), 'utf8');
  await composer().fill('lines ```md README.md\\nA new beginning\\n```');
  await composer().press('Enter');
  const block = chat().locator('.code-block', { hasText: 'A new beginning' }).last();
  await block.hover();
  await block.getByRole('button', { name: 'Apply to file' }).click();
  await pickRow(window.page, 'Replace');
  await window.page.locator('.part.editor .view-lines').getByText('A new beginning').first().waitFor();
  await window.page.locator('.tabs-container .tab.dirty', { hasText: 'README.md' }).waitFor();
  assert.equal(readFileSync(path.join(workspace, 'README.md'), 'utf8'), before);
  assert.deepEqual(window.errors(), []);
});
