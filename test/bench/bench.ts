import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One figure against the baseline that was measured beside it. */
export interface Figure {
  readonly name: string;
  /** How the two numbers are to be read. */
  readonly unit: string;
  readonly ours: number;
  /** What `ours` is held against, in words; absent for a figure that stands for itself. */
  readonly against?: string;
  readonly baseline?: number;
  /** `ours / baseline`, or its inverse, so that more is better where the aim is a minimum. */
  readonly ratio?: number;
  /** The aim of ARCHITECTURE.md, with what is compared to it. */
  readonly aim: string;
  readonly met: boolean;
}

/** Something to dispose with a benchmark, like a test's `after`. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  after(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}

/** A folder that goes with the benchmark. */
export function temporaryFolder(cleanup: Cleanup): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hb-')));
  cleanup.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** Milliseconds that something takes. */
export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Medians of two things measured in turn, so that what the machine does besides meets both. */
export async function sideBySide(
  rounds: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<{ readonly ours: number; readonly baseline: number }> {
  const found = { ours: [] as number[], baseline: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    found.baseline.push(await baseline());
    found.ours.push(await ours());
  }
  return { ours: median(found.ours), baseline: median(found.baseline) };
}
