import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import manifest from '../../package.json' with { type: 'json' };
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { trustHere } from '../support/editor/trust.ts';
import {
  closeModal,
  openContainer,
  quickRows,
  runCommand,
  sessionRows,
  until,
} from '../support/editor/workbench.ts';

/** A newcomer's first minutes: a folder that is not trusted yet, and where the runtime's data would be stands a file. */
const shared = sharedEditor({
  size: { width: 1280, height: 2000 },
  editor({ home }) {
    writeFileSync(home, 'in the way');
    return { trust: false };
  },
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

test('the empty tree of a window in Restricted Mode leads to where one trusts the folder (U5, U7)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await welcome().getByText('This window is in Restricted Mode').waitFor();
  await welcome().getByRole('button', { name: 'Manage Workspace Trust' }).click();
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
  await page.keyboard.press('Escape');
  await welcome().getByRole('button', { name: 'choose an agent' }).click();
  await quickRows(page).filter({ hasText: 'Shell' }).first().waitFor();
  await page.keyboard.press('Escape');
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
  const order = await page
    .locator('.getting-started-step')
    .evaluateAll((steps) => steps.map((each) => each.getAttribute('data-step-id')));
  assert.deepEqual(
    order,
    walkthrough?.steps.map(({ id }) => `holdfast.holdfast#start#${id}`),
  );
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
  await page.keyboard.press('Escape');
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
    await until(async () => (await read()).some((key) => !seen.includes(key)));
    const keys = await read();
    assert.deepEqual(
      keys,
      numbered.filter((key) => keys.includes(key)),
    );
    seen.push(...keys);
  }
  await shared.window.screenshot('editor-settings');
  assert.deepEqual([...new Set(seen)].sort(), numbered.toSorted());
});
