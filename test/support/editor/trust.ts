import type { Locator, Page } from 'playwright-core';

import { closeModal, dialog, runCommand } from './workbench.ts';

/** Answers the dialog that an editor started with `trust: 'ask'` shows. */
export async function answerTrustDialog(page: Page, answer: 'trust' | 'restrict'): Promise<void> {
  const button = answer === 'trust' ? /^Yes, I trust/ : /^No, I don't trust|Restricted Mode/;
  await dialog(page).getByRole('button', { name: button }).click();
}

/** The bar that an untrusted window shows. */
export function restrictedModeItem(page: Page): Locator {
  return page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' });
}

/** Trusts the folder of a window in Restricted Mode, as a person does in the trust editor. */
export async function grantTrust(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await trustHere(page);
}

/** Does so in the trust editor that is open. */
export async function trustHere(page: Page): Promise<void> {
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  await restrictedModeItem(page).waitFor({ state: 'detached' });
  await closeModal(page);
}
