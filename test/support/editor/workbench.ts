/**
 * What a person does in a window of VS Code and sees there. Everything waits for what it needs, so no test
 * sleeps. Names are those on the screen.
 */
import { isDeepStrictEqual } from 'node:util';

import type { FrameLocator, Locator, Page } from 'playwright-core';

/**
 * Runs a command through the palette by its full title, for example `Holdfast: New Session`. The palette lists what can be done
 * in the moment when it is written into, so it is opened anew where the command was not there yet.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const row = quickRows(page)
    .filter({ has: page.getByText(title, { exact: true }) })
    .first();
  for (let left = 12; left > 0; left--) {
    await fillPalette(page, title);
    if (await succeeds(row.click({ timeout: 5_000 }))) return;
    await closePicker(page);
  }
  throw new Error(`the palette does not offer “${title}”`);
}

/** Opens the palette and writes into it what a command is looked for by. */
export async function fillPalette(page: Page, text: string): Promise<void> {
  const input = quickInput(page);
  // A window that has just opened may not listen to keys yet, and a palette may close again when focus moves.
  for (let left = 6; left > 0; left--) {
    await pressUntil(page, 'F1', input);
    if (await succeeds(input.fill(`>${text}`, { timeout: 5000 }))) return;
  }
  throw new Error(`the palette takes no “${text}”`);
}

/** The text field of the palette, a quick pick or an input box. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:visible input[type=text]');
}

/** The rows of the palette or of a quick pick. */
export function quickRows(page: Page): Locator {
  return page.locator('.quick-input-widget:visible .quick-input-list [role=option]');
}

/** Picks the row of an open quick pick that shows `text`. */
export async function pickRow(page: Page, text: string): Promise<void> {
  await quickRows(page).filter({ hasText: text }).first().click();
}

/** Types into an open input box and accepts. */
export async function answerInput(page: Page, text: string): Promise<void> {
  await quickInput(page).fill(text);
  await quickInput(page).press('Enter');
}

/** Closes a picker or an input box, wherever the focus went meanwhile. */
export async function closePicker(page: Page): Promise<void> {
  const input = quickInput(page);
  await until(async () => {
    if (await input.isVisible()) await succeeds(input.press('Escape', { timeout: 5_000 }));
    return !(await input.isVisible());
  });
}

/** The items of the status bar that show `text`. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.statusbar-item').filter({ hasText: text }).first();
}

/** Opens a view container by its name in the activity bar, if it is not open. After a reload it may open by itself. */
export async function openContainer(page: Page, name: string): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name });
  const title = page.locator('.part.sidebar .composite.title').filter({ hasText: name });
  for (let left = 12; left > 0; left--) {
    // A click on the tab of a container that is open would close it.
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
    if (await appears(title, 5_000)) return;
  }
  throw new Error(`${name} does not open`);
}

/** The rows of a tree view, top to bottom; optionally those that show `text`. */
export function treeRows(page: Page, view: string, text?: string | RegExp): Locator {
  const rows = page.getByRole('tree', { name: view }).getByRole('treeitem');
  return text === undefined ? rows : rows.filter({ hasText: text });
}

/** Opens a group of the tree, if it is closed, until a row in it shows: what is below it may come a while later. */
export async function openGroup(page: Page, group: RegExp, row: Locator): Promise<void> {
  const closed = treeRows(page, 'Sessions', group).and(page.locator('[aria-expanded="false"]'));
  await until(async () => {
    // A click on one that is open would close it.
    if (await closed.isVisible()) await succeeds(closed.click({ timeout: 5_000 }));
    return appears(row, 5_000);
  });
}

/** The sessions in the tree, top to bottom, without the groups they stand in; optionally those that show `text`. */
export function sessionRows(page: Page, text?: string | RegExp): Locator {
  const rows = page.getByRole('tree', { name: 'Sessions' }).locator('[role=treeitem][aria-level="2"]');
  return text === undefined ? rows : rows.filter({ hasText: text });
}

/** Selects sessions together in the tree, again where a click met another row, or a group and closed it: rows move as sessions work. */
export async function selectSessions(page: Page, first: string, ...others: readonly string[]): Promise<void> {
  const rows = treeRows(page, 'Sessions');
  const closed = rows.and(page.locator('[aria-level="1"][aria-expanded="false"]')).first();
  const selected = rows.and(page.locator('[aria-selected="true"]')).locator('.label-name');
  const all = [first, ...others].toSorted();
  await until(async () => {
    if (!(await sessionRows(page, first).first().isVisible()) && (await closed.isVisible()))
      await succeeds(closed.click({ timeout: 5_000 }));
    await succeeds(sessionRows(page, first).click({ timeout: 5_000 }));
    for (const other of others)
      await succeeds(sessionRows(page, other).click({ modifiers: ['Control'], timeout: 5_000 }));
    return isDeepStrictEqual((await selected.allInnerTexts()).toSorted(), all);
  });
}

/** Picks an entry of the context menu of something. */
export async function pickContextMenu(page: Page, target: Locator, entry: string): Promise<void> {
  const item = page.locator('.monaco-menu').getByRole('menuitem', { name: entry, exact: true });
  for (let left = 6; ; left--) {
    await target.click({ button: 'right' });
    // A row that is drawn anew under the pointer opens no menu, or the one of what it was.
    if (await appears(item, left === 0 ? 30_000 : 5_000)) break;
    if (left === 0) throw new Error(`no menu opens with “${entry}”`);
    await page.keyboard.press('Escape');
  }
  await item.click();
  // A menu takes no click in the instant after it opened; one that took it may go while it is clicked again.
  for (let left = 20; left > 0; left--) {
    if (await succeeds(item.waitFor({ state: 'detached', timeout: 1000 }))) return;
    await item.click({ timeout: 1000 }).catch(() => undefined);
  }
  throw new Error(`the menu took no click on “${entry}”`);
}

/** A notification that shows `text`, with its buttons inside. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast').filter({ hasText: text }).first();
}

/** Presses a button of a notification. */
export async function answerNotification(page: Page, text: string | RegExp, button: string): Promise<void> {
  await notification(page, text).getByRole('button', { name: button, exact: true }).click();
}

/** A dialog in the middle of the window. */
export function dialog(page: Page): Locator {
  return page.locator('.monaco-dialog-box');
}

/** Presses a button of the dialog that is open or opens. */
export async function answerDialog(page: Page, button: string | RegExp): Promise<void> {
  await dialog(page).getByRole('button', { name: button }).click();
}

/** Closes the editor that stands over all others, as that of settings and that of trust do, if there is one: keys go to it alone. */
export async function closeModal(page: Page): Promise<void> {
  const modal = page.locator('.monaco-modal-editor-block');
  if (!(await modal.isVisible())) return;
  await modal
    .getByRole('button', { name: /^Close/ })
    .first()
    .click();
  await modal.waitFor({ state: 'detached' });
}

/** Which webview is meant, when there are several. */
export interface WebviewMatch {
  /** The extension that owns it. */
  readonly extension?: string;
  /** A view in a side bar, or a panel among the editors; the only visible one of either kind without it. */
  readonly place?: 'view' | 'panel';
}

/**
 * The document inside a visible webview: its outer frame is the editor's, its inner one the extension's.
 * It stays right when the webview is reloaded.
 */
export function webviewFrame(page: Page, { extension, place }: WebviewMatch = {}): FrameLocator {
  const selector = [
    'iframe.webview',
    extension ? `[src*="extensionId=${extension}"]` : '',
    // By where it stands: a view that is resolved before its frame is made says nothing of its purpose.
    place === 'view' ? ':left-of(.part.editor)' : '',
    place === 'panel' ? ':right-of(.part.sidebar)' : '',
  ].join('');
  return page
    .locator(selector)
    .filter({ visible: true })
    .first()
    .contentFrame()
    .locator('iframe#active-frame')
    .contentFrame();
}

/** The document of Holdfast's chat page, in its view or in a panel. */
export function chatFrame(page: Page, place?: 'view' | 'panel'): FrameLocator {
  return webviewFrame(page, { extension: 'holdfast.holdfast', ...(place && { place }) });
}

/** How long something may take that nothing announces. */
const PATIENCE_MS = 60_000;

/**
 * Resolves once something is so that no element on the screen shows.
 *
 * @throws When it is not so after a minute.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await isSo());) {
    if (performance.now() > end) throw new Error(`it is not so after a minute: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Presses a key until something is there: the window may not listen to keys yet, or focus goes step by step. */
export async function pressUntil(page: Page, key: string, there: Locator): Promise<void> {
  await tryUntil(() => page.keyboard.press(key), there, key);
}

/** Clicks on something until something else is there: what is drawn anew or moves below the pointer takes no click. */
export async function clickUntil(what: Locator, there: Locator): Promise<void> {
  // What took the click may be gone, and what is there may cover it.
  await tryUntil(
    () =>
      what
        .first()
        .click({ timeout: 5_000 })
        .catch(() => undefined),
    there,
    what.toString(),
  );
}

/** Opens what is below a row of a tree, or closes it. */
export async function unfold(row: Locator, isOpen = true): Promise<void> {
  const so = row.and(row.page().locator(`[aria-expanded="${isOpen}"]`));
  await clickUntil(row.locator('.monaco-tl-twistie'), so);
}

async function tryUntil(act: () => Promise<unknown>, there: Locator, name: string): Promise<void> {
  for (let left = 12; left > 0; left--) {
    await act();
    if (await appears(there, 5_000)) return;
  }
  throw new Error(`${name} does not lead to ${there.toString()}`);
}

/** Whether something is there within some milliseconds; for what has to be tried again. */
export function appears(what: Locator, timeout: number): Promise<boolean> {
  return succeeds(what.waitFor({ timeout }));
}

/** Whether something that is tried can be done; for what has to be tried again. */
export function succeeds(trying: Promise<unknown>): Promise<boolean> {
  return trying.then(
    () => true,
    () => false,
  );
}
