import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { beside } from './temporary.ts';

/** A journal without anything, as `rows` tells of it. */
export const nothing = {
  ...{ session: 0, head: 0, envelope: 0, item: 0, unseen: 0 },
  ...{ blob: 0, blob_part: 0, blob_ref: 0 },
};

/** How many rows of each kind a journal has. */
export function rows(context: TestContext, file: string): Record<string, number> {
  const database = beside(context, file);
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const counts = Object.fromEntries(Object.keys(nothing).map((table) => [table, count(table)]));
  database.close();
  return counts;
}

/** Runs a program on a journal until it says a line, and kills it. */
export async function killWhen(program: string, file: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [program, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => child.kill('SIGKILL'));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
}
