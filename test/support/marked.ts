import { readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

/**
 * Puts a mark into the environment of everything that is started during a test. Processes that drop their environment
 * escape it; nothing in these tests does.
 */
export function markProcesses(t: TestContext, mark: string): void {
  process.env['HOLDFAST_MARK'] = mark;
  t.after(() => delete process.env['HOLDFAST_MARK']);
}

/** Living processes that carry a mark, other than this one. Linux alone can tell; elsewhere the answer is empty. */
export function marked(mark: string): { readonly pid: number; readonly command: string }[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(`HOLDFAST_MARK=${mark}\0`)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // One without a command line only waits to be reaped.
        return command === '' ? [] : [{ pid: Number(name), command }];
      } catch {
        return [];
      }
    });
}

/** Resolves when no process carries the mark; rejects with those that still do after a minute. */
export async function noneMarked(mark: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const left = marked(mark);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(`left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
