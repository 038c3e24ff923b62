import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { agentShowcase, shellShowcase } from './support/showcase.ts';

after(closeBrowser);

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** What axe is asked for by name, and gives. */
interface Axe {
  run(context: { include: Document; exclude: string }): Promise<{
    violations: { id: string; help: string; nodes: { target: unknown; failureSummary: string }[] }[];
  }>;
}

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  test(`axe finds nothing against the page in the ${theme} theme [U6]`, async () => {
    for (const session of [agentShowcase(), shellShowcase()]) {
      await using chat = await openChatPage({ theme, width: 480, height: 1400, session });
      await chat.page.locator('.button:enabled, .command-card').first().waitFor();
      await chat.page
        .locator('.card-line[aria-expanded=false]')
        .evaluateAll((folds) => folds.forEach((fold) => (fold as HTMLElement).click()));
      await chat.page.evaluate(axe);
      const found = await chat.page.evaluate(async () => {
        const { violations } = await (window as unknown as { axe: Axe }).axe.run({
          include: document,
          // The colours of a program's output are those of the person's terminal.
          exclude: 'pre.output',
        });
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id}: ${String(target)} ${failureSummary}`),
        );
      });
      assert.deepEqual(found, []);
    }
  });
}
