/** What a person does in the chat page of a window and sees there; like `workbench.ts`, it waits for what it needs. */
import type { Locator, Page } from 'playwright-core';

import {
  appears,
  chatFrame,
  openContainer,
  pickRow,
  quickRows,
  runCommand,
  sessionRows,
  succeeds,
  treeRows,
} from './workbench.ts';

/** Where a chat page stands: in its view in the side bar, or in a tab among the editors. */
export type Place = 'view' | 'panel';

/** The title above the chat of the side bar, when it is the given one. */
export function header(page: Page, title: string | RegExp): Locator {
  return chatFrame(page, 'view').locator('.header-title').filter({ hasText: title });
}

/** Where a prompt is written. */
export function composer(page: Page, place: Place = 'view'): Locator {
  return chatFrame(page, place).getByRole('textbox').last();
}

/** Writes a prompt and sends it. */
export async function send(page: Page, text: string, place: Place = 'view'): Promise<void> {
  const field = composer(page, place);
  await field.click();
  await field.fill(text);
  await chatFrame(page, place).locator('button.send:enabled').waitFor();
  await field.press('Enter');
}

/** Resolves when the chat shows a text; of several places, the first. */
export async function shows(page: Page, text: string | RegExp, place: Place = 'view'): Promise<void> {
  await chatFrame(page, place).getByText(text).first().waitFor();
}

/**
 * Opens the view and presses its button for a new session, until a question or the session is there. In a window that has
 * just opened the views still move below a pointer, and focus still goes elsewhere between a key's focus and the key.
 */
export async function askForSession(page: Page): Promise<void> {
  await openContainer(page, 'Holdfast');
  const button = chatFrame(page, 'view').getByRole('button', { name: 'New Session', exact: true });
  for (let left = 6; left > 0; left--) {
    await button.press('Enter');
    const taken = [
      quickRows(page).first().waitFor({ timeout: 10_000 }),
      button.waitFor({ state: 'hidden', timeout: 10_000 }),
    ];
    if (await succeeds(Promise.any(taken))) return;
  }
  throw new Error('New Session asks nothing and begins nothing');
}

/** Opens a session from the tree, which sorts itself as sessions work: a click may meet another row, or a group and close it. */
export async function openFromTree(page: Page, title: string): Promise<void> {
  const row = sessionRows(page, title).first();
  const closed = treeRows(page, 'Sessions').and(page.locator('[aria-level="1"][aria-expanded="false"]'));
  for (let left = 10; left > 0; left--) {
    if (await appears(row, 5_000)) await row.click({ timeout: 5_000 }).catch(() => undefined);
    else
      await closed
        .first()
        .click({ timeout: 5_000 })
        .catch(() => undefined);
    if (await appears(header(page, title), 5_000)) return;
  }
  throw new Error(`a click on “${title}” does not open it`);
}

/** Begins a session with the button of the view, with an agent by its name. */
export async function beginSession(page: Page, agent: string): Promise<void> {
  await askForSession(page);
  await pickRow(page, agent);
}

/**
 * Begins a session from the palette, with an agent by its name, until `there` shows that it is. A picker closes when the chat
 * below it takes the focus, as one does that shows a session which was just picked.
 */
export async function newSession(page: Page, agent: string, there: Locator): Promise<void> {
  for (let left = 4; left > 0; left--) {
    await runCommand(page, 'Holdfast: New Session');
    const picked = quickRows(page).filter({ hasText: agent }).first().click({ timeout: 15_000 });
    if ((await succeeds(picked)) && (await appears(there, 15_000))) return;
  }
  throw new Error(`New Session with ${agent} does not lead to ${there.toString()}`);
}
