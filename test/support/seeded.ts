import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Numbers that one seed decides. */
export interface Random {
  /** In [0, 1). */
  (): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** A generator of the same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return Object.assign(next, {
    between,
    pick: <T>(choices: readonly T[]): T => choices[between(0, choices.length - 1)] as T,
    bytes: (length: number): Buffer => Buffer.from(Array.from({ length }, () => between(0, 255))),
  });
}

/**
 * A property that must hold for every seed. Seeds that failed once stand in `test/fuzz/cases/<name>.json` and are tried
 * first, for ever; then come `fresh` new ones. `HOLDFAST_SEED=n` tries that one alone. A failure names its seed.
 */
export function seeded(
  sentence: string,
  options: { readonly name: string; readonly fresh: number; readonly timeout?: number },
  property: (t: TestContext, random: Random) => Promise<void>,
): void {
  const { name, fresh, timeout = 150_000 } = options;
  const kept = keptSeeds(name);
  const asked = process.env['HOLDFAST_SEED'];
  const seeds =
    asked === undefined
      ? [...kept, ...Array.from({ length: fresh }, () => Math.floor(Math.random() * 2 ** 32))]
      : [Number(asked)];
  for (const seed of seeds) {
    test(`${sentence} [seed ${seed}]`, { timeout: timeout + 5_000 }, async (t) => {
      try {
        await inTime(property(t, randomFrom(seed)), timeout);
      } catch (error) {
        keepSeed(name, seed);
        throw error;
      }
    });
  }
}

/** A property that hangs has failed as much as one that throws, and its seed is worth as much. */
function inTime(running: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not come to an end within ${ms} ms`)), ms);
    void running.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../fuzz/cases/${name}.json`, import.meta.url));

function keptSeeds(name: string): readonly number[] {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as number[]) : [];
}

function keepSeed(name: string, seed: number): void {
  const kept = keptSeeds(name);
  if (kept.includes(seed)) return;
  try {
    mkdirSync(path.dirname(fileOf(name)), { recursive: true });
    writeFileSync(fileOf(name), `${JSON.stringify([...kept, seed], undefined, 2)}\n`);
  } catch {
    // A tree that cannot be written: the test's name still says the seed.
  }
}
