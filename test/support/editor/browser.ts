import { type Browser, chromium } from 'playwright-core';

import { browserFlags, ensureBrowser } from '../../../scripts/browser.mjs';

/** Starts headless Chromium; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await ensureBrowser(), args: browserFlags });
}
