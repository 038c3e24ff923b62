import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { beginSession, newSession, openFromTree, send, shows } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerInput,
  openContainer,
  pickRow,
  quickRows,
  runCommand,
  sessionRows,
  statusBarItem,
  treeRows,
  until,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vsix = path.join(root, 'dist/holdfast.vsix');

/** An editor with the extension as people get it. Each test goes on where the one before left off, as a person does. */
const shared = sharedEditor({
  editor() {
    execFileSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, stdio: 'pipe' });
    return { vsix, settings: { 'holdfast.agents': { scripted: fakeAgent('scripted') } } };
  },
});

/** Starts a session with an agent through the palette. */
async function beginAnother(agent: string): Promise<void> {
  await newSession(shared.page, agent, shared.header('New session'));
}

test('a newcomer opens the view, presses New Session, types a command and sees its output stream in (U3, U5)', async () => {
  const { page, window } = shared;
  await beginSession(page, 'Shell');
  await shared.send('ls -la');
  await shared.shows('package.json');
  await treeRows(page, 'Sessions', 'ls -la').waitFor();
  await window.screenshot('editor-first-session');
});

test('the packaged extension is installed in an editor, and a session runs in it', async () => {
  const { page, window } = shared;
  assert.ok(statSync(vsix).size < 3 * 1024 * 1024, 'it stays small');
  await beginAnother('Shell');
  await shared.send('npm test');
  await shared.shows(/pass \d/u);
  await treeRows(page, 'Sessions', 'npm test').waitFor();
  assert.deepEqual(window.errors(), []);
});

test('a permission is a card in the chat, and the answer lets the agent go on (W1)', async () => {
  const { page, window } = shared;
  await beginAnother('scripted');
  await shared.send('permission');
  await statusBarItem(page, /needs you/iu).waitFor();
  const allow = shared.chat.getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  await window.screenshot('editor-permission');
  await allow.click();
  await shared.shows('selected once');
  await runCommand(page, 'Holdfast: Open Session in Editor');
  await shows(page, 'selected once', 'panel');
  await window.screenshot('editor-panel-before');
});

test('a second session runs at the same time; tree and status bar show both (U1, U2)', async () => {
  const { page } = shared;
  await openFromTree(page, 'ls -la');
  await shared.send(
    `echo begun-one; until [ -e '${shared.workspace}/go' ]; do sleep 0.05; done; echo done-one`,
  );
  await shared.shows('begun-one');
  await beginAnother('Shell');
  await shared.send(
    `echo begun-two; until [ -e '${shared.workspace}/go' ]; do sleep 0.05; done; echo done-two`,
  );
  await shared.shows('begun-two');
  await treeRows(page, 'Sessions', /^Working/u).waitFor();
  for (const title of ['ls -la', 'begun-two']) await sessionRows(page, title).waitFor();
  await statusBarItem(page, /2 running/u).waitFor();
});

test('a reload in the middle of the turns loses nothing: both still run, the transcript is complete, and they end (J4)', async () => {
  const { page, window } = shared;
  const client = await shared.other();
  const before_ = await client.request('runtime/status', {});
  await window.reload();
  await openContainer(page, 'Holdfast');
  await shared.shows('begun-two');
  await statusBarItem(page, /2 running/u).waitFor();
  const after_ = await client.request('runtime/status', {});
  assert.equal(after_.pid, before_.pid, 'the same runtime');
  assert.equal(after_.sessions.running, 2);
  // The editor keeps the host of the window as it was for some seconds, in case that it comes back.
  await until(async () => (await client.request('runtime/status', {})).clients === 2);
  await window.screenshot('editor-after-reload');
  writeFileSync(path.join(shared.workspace, 'go'), '');
  await shared.shows('done-two');
  await openFromTree(page, 'ls -la');
  await shared.shows('begun-one');
  await shared.shows('done-one');
});

test('a session opened in an editor tab is restored there after a reload (U3)', async () => {
  const { page, window } = shared;
  // It was opened before the reload of the test above.
  await shows(page, 'selected once', 'panel');
  await send(page, 'say hello', 'panel');
  await shows(page, /hello/u, 'panel');
  await window.screenshot('editor-panel');
  await runCommand(page, 'View: Close All Editors');
});

test('the status bar opens the picker, and the picker switches the session (U2)', async () => {
  const { page } = shared;
  await statusBarItem(page, /Holdfast|\d/u).waitFor();
  await runCommand(page, 'Holdfast: Switch Session');
  await quickRows(page).filter({ hasText: 'New session' }).first().waitFor();
  await pickRow(page, 'begun-two');
  await shared.shows('done-two');
});

test('a running turn is cancelled from the palette, and the session is renamed and ended (U5)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await openFromTree(page, 'ls -la');
  await shared.send('echo going-on; sleep 1000');
  await shared.shows('going-on');
  await runCommand(page, 'Holdfast: Cancel Turn');
  await shared.shows(/cancelled/iu);
  await runCommand(page, 'Holdfast: Rename Session');
  await answerInput(page, 'My tides');
  await treeRows(page, 'Sessions', 'My tides').waitFor();
  await shared.header('My tides').waitFor();
});

test('a killed extension host comes back to the same sessions, the turn still running (J4)', async () => {
  const { page, window } = shared;
  await openFromTree(page, 'My tides');
  await shared.send('echo before-the-crash; sleep 1000');
  await shared.shows('before-the-crash');
  await shared.editor.killExtensionHost();
  await window.reload();
  await openContainer(page, 'Holdfast');
  await shared.shows('before-the-crash');
  await statusBarItem(page, /1 running/u).waitFor();
  await runCommand(page, 'Holdfast: Cancel Turn');
  await shared.shows(/cancelled/iu);
});
