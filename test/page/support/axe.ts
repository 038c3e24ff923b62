import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** What axe is asked for by name, and gives. */
interface Axe {
  run(context: { include: Document; exclude: string }): Promise<{
    violations: { id: string; help: string; nodes: { target: unknown; failureSummary: string }[] }[];
  }>;
}

/** What axe finds against a page, one line each (U6). */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run({
      include: document,
      // The colours of a program's output are those of the person's terminal.
      exclude: 'pre.output',
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)} ${failureSummary}`),
    );
  });
}
