import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { axeFindings } from './support/axe.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { agentShowcase, shellShowcase } from './support/showcase.ts';

after(closeBrowser);

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  test(`axe finds nothing against the page in the ${theme} theme [U6]`, async () => {
    for (const session of [agentShowcase(), shellShowcase()]) {
      await using chat = await openChatPage({ theme, width: 480, height: 1400, session });
      await chat.page.locator('.button:enabled, .command-card').first().waitFor();
      await chat.page
        .locator('.card-line[aria-expanded=false]')
        .evaluateAll((folds) => folds.forEach((fold) => (fold as HTMLElement).click()));
      assert.deepEqual(await axeFindings(chat.page), []);
    }
  });
}
