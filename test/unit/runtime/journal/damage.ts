import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { beside } from './temporary.ts';

/** Makes the page of a journal's file unreadable in which a text stands first, for connections that are open as well. */
export function damage(context: TestContext, file: string, text: string): void {
  const database = beside(context, file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  const at = readFileSync(file).indexOf(text);
  assert.ok(at > bytes);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xff), 0, bytes, at - (at % bytes));
  closeSync(handle);
  // Whoever has the page in memory reads it anew after another one's commit.
  database.exec('CREATE TABLE IF NOT EXISTS another(one); INSERT INTO another VALUES (1)');
}
