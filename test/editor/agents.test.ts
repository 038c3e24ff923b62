import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { newSession, openFromTree } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  answerNotification,
  clickUntil,
  notification,
  openContainer,
  pickRow,
  pressUntil,
  quickInput,
  quickRows,
  runCommand,
  until,
  closePicker,
} from '../support/editor/workbench.ts';
import { fakePackage } from '../support/packages/fakePackage.ts';
import { registryServer, type RegistryServer } from '../support/packages/registryServer.ts';
import { fakeAgent } from '../support/testHome.ts';
import { binaryAgent, npmAgent } from '../unit/runtime/agents/harness.ts';

let registry: RegistryServer;

/** An editor with a registry of its own: each test goes on where the one before left off. */
const shared = sharedEditor({
  async prepare({ defer }) {
    registry = await registryServer({ after: defer });
    const slow = { ...binaryAgent(`${registry.url}/slow.tar.gz`), id: 'slow', name: 'Slow' };
    registry.index = { agents: [npmAgent('1.0.0'), slow] };
    registry.publish(await fakePackage('1.0.0'));
    registry.stuck.add('/slow.tar.gz');
  },
  editor({ folder, workspace }) {
    const signsIn = fakeAgent('signsIn', { FAKE_SIGNED_IN: path.join(folder, 'signed-in') });
    return {
      settings: {
        'holdfast.agents': {
          tidal: { ...signsIn, name: 'Tidal' },
          almanac: { ...fakeAgent('scripted', knowing(workspace)), name: 'Almanac' },
          scribe: { ...fakeAgent('scripted'), name: 'Scribe' },
        },
        'files.autoSave': 'off',
      },
      env: {
        HOLDFAST_REGISTRY_URL: `${registry.url}/index.json`,
        npm_config_registry: registry.url,
        npm_config_cache: path.join(folder, 'npm-cache'),
      },
    };
  },
});

/** What makes the scripted agent one that has conversations from elsewhere. */
const knowing = (cwd: string) => ({
  FAKE_CAPS: '{"loadSession":true,"sessionCapabilities":{"list":{},"resume":{}}}',
  FAKE_PAST: JSON.stringify({
    earlier: { cwd, title: 'The tide', past: [['When is high tide?', 'At noon.']] },
    elsewhere: { cwd: '/elsewhere', title: 'Far away', past: [] },
  }),
});

const row = (text: string | RegExp): Locator => quickRows(shared.page).filter({ hasText: text }).first();

/** Picks the agent whose conversations are listed by its name: rows move below a pointer while the picker before them goes. */
async function pickAgent(name: string): Promise<void> {
  const { page } = shared;
  await page.locator('.quick-input-title', { hasText: /^Continue a Conversation$/u }).waitFor();
  await quickInput(page).fill(name);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
  await quickInput(page).press('Enter');
}

/** Where a group of agents begins; rows that are drawn anew leave hidden ones behind. */
const separator = (group: string): Locator =>
  shared.page
    .locator('.quick-input-list-separator')
    .filter({ hasText: group })
    .filter({ visible: true })
    .first();

/** Picks what can be done about an agent, by its exact letters: the list of agents, which may still be there, writes them small. */
async function pickAction(name: string): Promise<void> {
  await row(new RegExp(name, 'u')).click();
}

/** Resolves when the agent has said something. */
async function answers(text: string): Promise<void> {
  await shared.chat.locator('.agent-message', { hasText: text }).waitFor();
}

/** What stands in the private folder of agents, besides the registry's index. */
const installed = (): string[] =>
  readdirSync(path.join(shared.home, 'agents')).filter((name) => name !== 'registry.json');

/** The runtime that runs now, by its discovery entry; `undefined` while there is none. */
function runtimePid(): number | undefined {
  try {
    const entry = readFileSync(path.join(shared.home, 'runtime', 'runtime.json'), 'utf8');
    return (JSON.parse(entry) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

test('the picker shows which agents are here and which can be installed, and an install that is cancelled leaves nothing (A8, U5)', async () => {
  const { chat, page, window } = shared;
  await openContainer(page, 'Holdfast');
  await clickUntil(chat.getByRole('button', { name: 'Choose an Agent…' }), row(/Slow.*1\.0\.0/u));
  await row(/Fake.*1\.0\.0.*A fake/u).waitFor();
  await row(/Tidal.*in the settings/u).waitFor();
  await row(/Shell.*Runs what you type as commands/u).waitFor();
  for (const group of ['On this machine', 'Can be installed']) await separator(group).waitFor();
  await window.screenshot('editor-agents');
  await row('Slow').hover();
  await row('Slow').getByRole('button', { name: 'Install' }).click();
  await registry.askedFor('/slow.tar.gz');
  await row(/Slow.*downloading 1\.0\.0/u).waitFor();
  await notification(page, 'Installing Slow').waitFor();
  await answerNotification(page, 'Installing Slow', 'Cancel');
  await notification(page, 'Installing Slow').waitFor({ state: 'detached' });
  // The notification goes at once, and the runtime takes away what was there.
  await until(() => installed().length === 0);
  await closePicker(page);
});

test('an agent that is picked is installed, its session opens, and the agent answers (A8)', async () => {
  const { chat, page } = shared;
  await runCommand(page, 'Holdfast: New Session');
  await pickRow(page, 'Fake');
  await chat.locator('.header-title').waitFor();
  await shared.send('say from the registry');
  await shared.shows('from the registry');
  await runCommand(page, 'Holdfast: Manage Agents');
  await row(/Fake.*1\.0\.0.*1 session.*process \d+/u).waitFor();
  await closePicker(page);
});

test('a conversation that an agent has from elsewhere is picked, and goes on as a session with its past (A2, U5)', async () => {
  const { page, window } = shared;
  await runCommand(page, 'Holdfast: New Session');
  await pickRow(page, 'Continue a conversation of an agent');
  await pickAgent('Tidal');
  // What the agent cannot do stands there in words, with the way back.
  await row('Another agent').waitFor();
  await row(/Tidal|sign in/u).waitFor();
  await pickRow(page, 'Another agent');
  await pickAgent('Almanac');
  await row('The tide').waitFor();
  assert.equal(await row('Far away').count(), 0, 'those of other folders are left out');
  await window.screenshot('editor-conversations');
  await pickRow(page, 'The tide');
  await shared.shows('At noon.');
  await shared.send('say the tide turns');
  await shared.shows('the tide turns');
  await openFromTree(page, 'say from the registry');
  await runCommand(page, 'Holdfast: Continue a Conversation of an Agent…');
  await pickAgent('Almanac');
  await row(/The tide.*a session already/u).click();
  await shared.shows('the tide turns');
});

test('a sign-in that needs a value asks for it hidden, and the session goes on (A7)', async () => {
  const { chat, page, window } = shared;
  await newSession(page, 'Tidal', chat.getByRole('group', { name: /Sign in to Tidal/u }));
  await window.screenshot('editor-sign-in');
  await chat.getByRole('radio', { name: /With a key/u }).check();
  await chat.getByRole('button', { name: 'Sign In' }).click();
  await page.getByText('Word (TIDE_WORD)').first().waitFor();
  const field = page.locator('.quick-input-widget:visible input').first();
  assert.equal(await field.getAttribute('type'), 'password');
  await field.fill('right-token-4711');
  await field.press('Enter');
  await chat.getByRole('button', { name: 'Sign In' }).waitFor({ state: 'detached' });
  await shared.send('signed in with a key');
  await shared.shows('signed in with a key');
});

test('after the runtime started anew the value is supplied again, without a question (A7)', async () => {
  const { chat, page } = shared;
  const before = runtimePid();
  await runCommand(page, 'Holdfast: Restart Runtime');
  await until(() => ![before, undefined].includes(runtimePid()));
  await shared.send('still signed in');
  await answers('still signed in');
  assert.equal(await chat.getByRole('button', { name: 'Sign In' }).count(), 0);
});

test('after signing out, a sign-in in a terminal runs the agent’s own command, and the session goes on (A7)', async () => {
  const { chat, page } = shared;
  await runCommand(page, 'Holdfast: Manage Agents');
  await pickRow(page, 'Tidal');
  await pickAction('Sign Out');
  await row(/Tidal.*needs sign-in/u).waitFor();
  await closePicker(page);
  await runCommand(page, 'Holdfast: New Session with Agent…');
  await pickRow(page, 'Tidal');
  await chat.getByRole('radio', { name: /In a terminal/u }).check();
  await chat.getByRole('button', { name: 'Sign In' }).click();
  await chat.getByRole('button', { name: 'Sign In' }).waitFor({ state: 'detached' });
  await shared.send('after the terminal');
  await answers('after the terminal');
});

test('a newer version is shown when the person asks, updated and removed when they say so (A8)', async () => {
  const { page, window } = shared;
  registry.index = { agents: [npmAgent('1.1.0')] };
  registry.publish(await fakePackage('1.1.0'));
  await runCommand(page, 'Holdfast: Manage Agents');
  await row('Fake').waitFor();
  await page.getByRole('button', { name: 'Ask the registry for newer versions' }).click();
  await row(/Fake.*1\.0\.0 · update to 1\.1\.0 available/u).click();
  await pickAction('Update');
  await row(/Fake.*1\.1\.0/u).waitFor();
  await row(/Fake.*update to/u).waitFor({ state: 'detached' });
  await pickRow(page, 'Fake');
  await pickAction('Remove');
  await answerDialog(page, 'Remove');
  await separator('Can be installed').waitFor();
  await closePicker(page);
  assert.deepEqual(window.errors(), []);
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
  await newSession(page, 'Scribe', shared.chat.getByPlaceholder('Ask Scribe'));
  await shared.send('say at your service');
  await shared.shows('at your service');
  await pressUntil(page, 'Control+P', quickInput(page));
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
  await until(() => onDisk() === 'first of the agent\n');
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
