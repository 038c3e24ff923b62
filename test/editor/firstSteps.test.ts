import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { isDeepStrictEqual } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { composer, newSession, openFromTree, shows } from '../support/editor/chat.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { grantTrust, trustHere } from '../support/editor/trust.ts';
import {
  chatFrame,
  clickUntil,
  closeModal,
  fillPalette,
  notification,
  openContainer,
  quickRows,
  runCommand,
  sessionRows,
  treeRows,
  until,
  closePicker,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** Who knocks at a host that takes connections and says nothing. */
const knocks: Socket[] = [];
let cape: Server;

/** A second window, of a folder that is not trusted yet. */
let second: EditorWindow;

/** A newcomer's first minutes: an editor that asks nothing and trusts no folder until a test does. */
const shared = sharedEditor({
  size: { width: 1280, height: 2000 },
  agents: () => ({ scripted: fakeAgent('scripted') }),
  async prepare({ defer }) {
    cape = createServer((socket) => knocks.push(socket)).listen(0, '127.0.0.1');
    defer(() => cape.close());
    defer(() => knocks.forEach((socket) => socket.destroy()));
    await once(cape, 'listening');
  },
  editor: () => ({ trust: false }),
});

/** The empty tree of sessions, with what it says and offers. */
const welcome = (): Locator =>
  shared.page
    .locator('.pane', { has: shared.page.getByRole('button', { name: 'Sessions Section' }) })
    .locator('.welcome-view');

/** A step of the walkthrough, by the end of its name. */
const step = (name: string): Locator =>
  shared.page.locator(`.getting-started-step[data-step-id$="#${name}"]`);

/** Resolves when a step has its check, or has none yet. */
const isDone = (name: string, done: boolean): Promise<void> =>
  step(name)
    .and(shared.page.locator(`[aria-checked="${done}"]`))
    .waitFor();

async function openStep(name: string): Promise<void> {
  if ((await step(name).getAttribute('aria-expanded')) !== 'true') await step(name).click();
}

/** Presses a button of a step. */
async function follow(name: string, button: string): Promise<void> {
  await openStep(name);
  await step(name).locator('.monaco-button', { hasText: button }).click();
}

/** Shows the settings of a person, or those of the machine where the sessions run, in the editor of settings that is open. */
async function settingsOf(whose: 'User' | RegExp): Promise<void> {
  await shared.page.locator('.settings-tabs-widget .action-label').filter({ hasText: whose }).click();
}

test('a window in Restricted Mode starts no runtime, and says so (law 10, U7)', async () => {
  const { page, window, home } = shared;
  await openContainer(page, 'Holdfast');
  await welcome().getByText('This window is in Restricted Mode').waitFor();
  await window.screenshot('editor-restricted');
  assert.equal(existsSync(home), false, 'nothing was started');
});

test('the empty tree of a window in Restricted Mode leads to where one trusts the folder (U5, U7)', async () => {
  const { page, home } = shared;
  // For the next test: where the runtime’s data would be.
  writeFileSync(home, 'in the way');
  const manage = welcome().getByRole('button', { name: 'Manage Workspace Trust' });
  await clickUntil(manage, page.locator('.workspace-trust-editor'));
  await trustHere(page);
});

test('a runtime that cannot start is named in the empty tree, with what helps; once nothing is in its way it starts (U5, U8)', async () => {
  const { page, home } = shared;
  await openContainer(page, 'Holdfast');
  await welcome().getByText('There is no connection to the Holdfast runtime.').waitFor();
  await shared.window.screenshot('editor-cannot-start');
  await welcome().getByRole('button', { name: 'Show Log' }).click();
  const logged = page.locator('.part.panel .view-line', { hasText: 'to reach the runtime failed' });
  await logged.first().waitFor();
  await runCommand(page, 'View: Toggle Panel Visibility');
  rmSync(home);
  // It tries again by itself as well, which takes the button away.
  const retry = welcome().getByRole('button', { name: 'Retry Now' });
  await retry.click({ timeout: 5_000 }).catch(() => undefined);
  await welcome().getByText('No sessions yet').waitFor();
});

test('the empty tree offers a session, a choice of agents, and the first steps (U5)', async () => {
  const { page } = shared;
  await welcome().getByRole('button', { name: 'New Session', exact: true }).click();
  await quickRows(page).filter({ hasText: 'Shell' }).first().waitFor();
  await closePicker(page);
  await welcome().getByRole('button', { name: 'choose an agent' }).click();
  await quickRows(page).filter({ hasText: 'Shell' }).first().waitFor();
  await closePicker(page);
  await welcome().getByRole('button', { name: 'how to get started' }).click();
  await step('glance').waitFor();
  await runCommand(page, 'View: Close All Editors');
});

test('the editor’s own Welcome page has the first steps among its walkthroughs (U5)', async () => {
  const { page } = shared;
  await runCommand(page, 'Help: Welcome');
  await page.locator('button.getting-started-category', { hasText: 'Get Started with Holdfast' }).click();
  await step('glance').waitFor();
  await runCommand(page, 'View: Close All Editors');
});

test('the walkthrough leads to the first session, each of its links does what it says, and what is done has its check (U5)', async () => {
  const { page, window } = shared;
  await runCommand(page, 'Holdfast: Get Started');
  await page.getByText('Sessions of coding agents that outlive the window').first().waitFor();
  const walkthrough = manifest.contributes.walkthroughs[0];
  const order = walkthrough?.steps.map(({ id }) => `holdfast.holdfast#start#${id}`);
  await until(async () => {
    const steps = page.locator('.getting-started-step');
    const ids = await steps.evaluateAll((each) => each.map((one) => one.getAttribute('data-step-id')));
    return isDeepStrictEqual(ids, order);
  });
  await isDone('first', false);
  await isDone('agents', false);

  await runCommand(page, 'View: Show Explorer');
  await follow('glance', 'Open the View');
  await welcome().getByText('No sessions yet').waitFor();
  await isDone('glance', true);

  await openStep('leave');
  await isDone('leave', true);

  await follow('agents', 'See the Agents');
  await quickRows(page).filter({ hasText: 'Shell' }).first().waitFor();
  await closePicker(page);
  await isDone('agents', true);
  await follow('agents', 'Open the Settings');
  await page.locator('.settings-editor [data-key="holdfast.agents"]').waitFor();
  await closeModal(page);

  await window.screenshot('editor-walkthrough');
  await follow('first', 'New Session with the Shell');
  await shared.header('New session').waitFor();
  await isDone('first', true);
  await shared.send('echo ashore');
  await shared.chat.getByText('ashore', { exact: true }).first().waitFor();
  await sessionRows(page, 'echo ashore').waitFor();
  assert.deepEqual(window.errors(), []);
});

test('the page of settings shows those of a machine and those of a person, in the order in which the manifest numbers them (U5)', async () => {
  const { page } = shared;
  const numbered = Object.entries(manifest.contributes.configuration.properties)
    .toSorted(([, a], [, b]) => a.order - b.order)
    .map(([key]) => key);
  await runCommand(page, 'Preferences: Open Settings (UI)');
  await page.locator('.settings-editor .suggest-input-container').click();
  await page.keyboard.type('@ext:holdfast.holdfast');
  const items = page.locator('.settings-editor [data-key^="holdfast."]');
  const read = (): Promise<(string | null)[]> =>
    items.evaluateAll((found) =>
      found
        .map((item) => ({ key: item.getAttribute('data-key'), top: item.getBoundingClientRect().top }))
        .sort((a, b) => a.top - b.top)
        .map(({ key }) => key),
    );
  const seen: (string | null)[] = [];
  for (const whose of ['User', /^Remote/u] as const) {
    await settingsOf(whose);
    let keys: (string | null)[] = [];
    // The list fills, and moves, in steps.
    await until(async () => {
      keys = await read();
      const isNew = keys.some((key) => !seen.includes(key));
      return isNew && keys.join() === numbered.filter((key) => keys.includes(key)).join();
    });
    seen.push(...keys);
  }
  await shared.window.screenshot('editor-settings');
  assert.deepEqual([...new Set(seen)].sort(), numbered.toSorted());
  await closeModal(page);
});

test('a window in Restricted Mode shows the sessions of a runtime that runs, and sends them nothing (law 10, U7)', async () => {
  const url = `ws://127.0.0.1:${(cape.address() as AddressInfo).port}`;
  shared.editor.configure({ 'holdfast.remotes': { cape: { url, token: 'of-no-use' } } });
  const beside = path.join(shared.folder, 'estuary');
  mkdirSync(beside);
  await (await shared.make({ agent: 'scripted', title: 'Ebb', cwd: beside })).prompt('permission');
  second = await shared.editor.openWindow({ workspace: beside });
  const { page } = second;
  await openContainer(page, 'Holdfast');
  await openFromTree(page, 'Ebb');
  await shows(page, 'you can read, and nothing is sent');
  const chat = chatFrame(page, 'view');
  const allow = chat.getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  assert.equal(await allow.isDisabled(), true, 'nothing is answered from here');
  await composer(page).fill('not sent');
  assert.equal(await chat.locator('button.send').isDisabled(), true, 'and nothing is sent');
  await second.screenshot('editor-restricted-reading');
});

test('a window in Restricted Mode knocks at no remote host; trusted, it shows them, knocks when one is opened, and its sessions can be answered (O7, law 10)', async () => {
  const { page } = second;
  const row = treeRows(page, 'Sessions', /^cape/u);
  await fillPalette(page, 'Holdfast: Connect to Remote Host');
  await quickRows(page)
    .filter({ hasText: /similar commands|No matching commands/u })
    .waitFor();
  await closePicker(page);
  assert.equal(await row.count(), 0);
  await grantTrust(page);
  await openContainer(page, 'Holdfast');
  await row.filter({ hasText: 'not connected' }).waitFor();
  assert.equal(knocks.length, 0);
  await until(async () => {
    if (knocks.length === 0) await row.click();
    return knocks.length > 0;
  });
  await chatFrame(page, 'view').getByRole('button', { name: 'Allow once', disabled: false }).click();
  await shows(page, 'selected once');
  await second.close();
});

test('a broken settings value is named in a message, and the rest works', async () => {
  const { page } = shared;
  await page.bringToFront();
  shared.editor.configure({ 'holdfast.agents': { odd: { args: 'no command' } } });
  await notification(page, /odd/u).waitFor();
  await newSession(page, 'Shell', shared.header('New session'));
  const { problems } = await (await shared.other()).request('agent/list', {});
  assert.deepEqual(problems, [], 'the broken entry is this window’s alone');
});
