import { type Browser, chromium } from 'playwright-core';

import { browserFlags, ensureBrowser } from '../../../scripts/browser.mjs';

/**
 * Nothing in a test needs the network, and waiting for it would be slow: names other than this machine's are unknown. (Routes
 * of Playwright's would do the same and turn off the browser's cache, without which each window takes longer to load.)
 */
const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

/** Starts headless Chromium; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await ensureBrowser(), args: [...browserFlags, offline] });
}
