import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { connect, type Connection, type Session } from '../../src/client/index.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import {
  answerInput,
  answerNotification,
  chatFrame,
  openContainer,
  pickContextMenu,
  pickRow,
  quickInput,
  quickRows,
  runCommand,
  sessionRows,
  statusBarItem,
  treeRows,
} from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One editor for all tests; the sessions in it are made by another client, as a terminal or a second window does. */
let editor: Editor;
let window: EditorWindow;
let folder: string;
let workspace: string;
let other: Connection;

before(async () => {
  folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 's-'));
  const home = path.join(folder, 'home');
  workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  const agents = { scripted: fakeAgent('scripted') };
  other = await connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
  await make('Ebb', 'shell', 'echo the spring tide comes at noon');
  const flood = await make('Flood', 'shell');
  await flood.prompt(`until [ -e '${workspace}/go' ]; do sleep 0.05; done`);
  await make('Neap', 'shell', 'exit 3');
  const slack = await make('Slack', 'scripted');
  await slack.prompt('permission');
  editor = await startEditor({ workspace, home, extensionDevelopmentPath: root });
  window = await editor.openWindow({ size: { width: 1280, height: 1000 } });
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

/** Makes a session from outside of the editor; with a prompt, one that has ended its turn. */
async function make(title: string, agent: string, prompt?: string): Promise<Session> {
  const session = await other.openSession({ cwd: workspace, agent, title, onEvent: () => undefined });
  if (prompt !== undefined) await (await session.prompt(prompt)).ended;
  return session;
}

/** The groups of the tree with their sessions, as a person reads them. */
function groups(): Promise<string[]> {
  return treeRows(window.page, 'Sessions').evaluateAll((rows) =>
    rows.map((row) => {
      const name = row.querySelector('.label-name')?.textContent ?? '';
      return row.getAttribute('aria-level') === '1' ? `${name}:` : name;
    }),
  );
}

/** Waits until the tree reads so: it is filled, and sorted, in steps. */
async function readsAs(...expected: string[]): Promise<void> {
  let read = await groups();
  for (const patience = performance.now() + 60_000; performance.now() < patience; read = await groups())
    if (isDeepStrictEqual(read, expected)) return;
  assert.deepEqual(read, expected);
}

/** The title above the chat of the side bar. */
function header(title: string) {
  return chatFrame(window.page, 'view').locator('.header-title').filter({ hasText: title });
}

test('one look says which sessions need you, work and failed; one key goes to the one that needs you (U1, U2)', async () => {
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await readsAs('Needs you:', 'Slack', 'Working:', 'Flood', 'Failed:', 'Neap', 'Today:', 'Ebb');
  await statusBarItem(page, /1 needs you.*1 failed.*1 running/u).waitFor();
  await page.locator('.activitybar .badge').filter({ hasText: '1' }).first().waitFor();
  await window.screenshot('editor-sessions');
  await page.keyboard.press('Control+Alt+j');
  await header('Slack').waitFor();
  await chatFrame(page, 'view').getByRole('button', { name: 'Allow once' }).click();
  await chatFrame(page, 'view').getByText('selected once').first().waitFor();
});

test('a session is renamed where it stands, several are archived together, and a deleted one comes back (U1)', async () => {
  const { page } = window;
  // Rows move while turns end: a click waits until they stand.
  await treeRows(page, 'Sessions', /^Today\s*2/u).waitFor();
  await sessionRows(page, 'Ebb').click();
  await header('Ebb').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('F2');
  await answerInput(page, 'Slack water');
  await sessionRows(page, 'Slack water').click();
  await sessionRows(page, 'Neap').click({ modifiers: ['Control'] });
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Archive Session');
  await treeRows(page, 'Sessions', /^Archived/u).waitFor();
  await sessionRows(page, 'Neap').waitFor({ state: 'detached' });
  await treeRows(page, 'Sessions', /^Archived/u).click();
  await sessionRows(page, 'Slack water').waitFor();
  await sessionRows(page, 'Ebb').click();
  await header('Ebb').waitFor();
  await page.keyboard.press('Delete');
  await answerNotification(page, '“Ebb” is deleted', 'Undo');
  await sessionRows(page, 'Ebb').waitFor();
  assert.equal((await other.list({ text: 'ebb' })).sessions[0]?.archived, false);
});

test('a permission that is asked elsewhere is answered from its notification, and a filter shows what needs me (U1, U4)', async () => {
  const { page } = window;
  const quay = await make('Quay', 'scripted');
  const turn = await quay.prompt('permission');
  await answerNotification(page, '“Quay” needs you', 'Allow once');
  assert.equal((await turn.ended).outcome, 'completed');
  await runCommand(page, 'Holdfast: Filter Sessions');
  await pickRow(page, 'Those that need me');
  await sessionRows(page, 'Flood').waitFor({ state: 'detached' });
  await runCommand(page, 'Holdfast: Show All Sessions');
  await sessionRows(page, 'Flood').waitFor();
});

test('what was printed is found as one types, and its session opens there (J6)', async () => {
  const { page } = window;
  await runCommand(page, 'Holdfast: Search in All Sessions');
  await quickInput(page).fill('spring tide');
  await quickRows(page).filter({ hasText: 'Ebb' }).first().click();
  await header('Ebb').waitFor();
  await chatFrame(page, 'view').locator('.revealed').filter({ hasText: 'spring tide' }).waitFor();
  await runCommand(page, 'Holdfast: Open Transcript as Document');
  await page.locator('.editor-instance').getByText('# Ebb').first().waitFor();
});

test('a file is sent to a session, where it stands in the composer (U5)', async () => {
  const { page } = window;
  await runCommand(page, 'Holdfast: Send to Session');
  await pickRow(page, 'Flood');
  await header('Flood').waitFor();
  await chatFrame(page, 'view').locator('button.send:enabled').waitFor();
  assert.match(await chatFrame(page, 'view').getByRole('textbox').last().inputValue(), /Ebb\.md/u);
});

test('a session opens in a terminal of the editor, where its transcript is, and goes on when the terminal is left (U1)', async () => {
  const { page } = window;
  await sessionRows(page, 'Ebb').click();
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Open Session in Terminal');
  await page.locator('.xterm-rows').getByText('the spring tide comes at noon').first().waitFor();
  await page.locator('.xterm-helper-textarea').first().press('Control+c');
  await page.locator('.xterm-rows').waitFor({ state: 'detached' });
  await sessionRows(page, 'Ebb').click();
  await header('Ebb').waitFor();
});

test('the runtime view shows the processes with their sessions, and what works ends there (P7)', async () => {
  const { page } = window;
  await page.getByRole('button', { name: /Runtime Section/u }).click();
  await treeRows(page, 'Runtime', /Holdfast runtime/u).waitFor();
  await treeRows(page, 'Runtime', /scripted.*2 sessions/u).waitFor();
  await window.screenshot('editor-runtime');
  writeFileSync(path.join(workspace, 'go'), '');
  await runCommand(page, 'Holdfast: Stop Idle Agents');
  await treeRows(page, 'Runtime', /scripted/u).waitFor({ state: 'detached' });
});
