import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Compactor, QUIET_MS } from '../../../../src/runtime/journal/compactor.ts';
import { Database } from '../../../../src/runtime/journal/database.ts';
import { Tables } from '../../../../src/runtime/journal/tables.ts';
import { UnseenRemover } from '../../../../src/runtime/journal/unseenRemover.ts';
import {
  afterwards,
  chunk,
  id,
  messageStarted,
  open,
  started,
  turnEnded,
  turnStarted,
  Turnstile,
} from './temporary.ts';

const MIB = 1024 * 1024;

/** The tables of a journal with one long session, whose key is 1, and a count of what is told as written. */
function longSession(context: TestContext) {
  const { journal, tick, file } = open(context);
  const log = journal.create(id('long'));
  for (const event of [started(), turnStarted('t'), messageStarted('m')]) log.append({ at: 1, event });
  for (let n = 0; n < 9999; n++) log.append({ at: 2, event: chunk('m', `${n}`) });
  log.append({ at: 3, event: turnEnded('t') });
  tick();
  journal.close();
  const database = new Database(file);
  afterwards(context, () => database.close());
  const turnstile = new Turnstile();
  let written = 0;
  const onWritten = (bytes: number): void => void (written += bytes);
  const parts = { database, tables: new Tables(database), clock: turnstile.clock, onWritten };
  return { parts, turnstile, written: () => written };
}

test('what is removed in the background is told as written, so that the log goes into the file beside it (law 7)', (context) => {
  const { parts, turnstile, written } = longSession(context);
  const remover = new UnseenRemover(parts);
  remover.delete(1, () => undefined);
  for (let slice = 0; slice < 10; slice++) turnstile.pass(100);
  assert.deepEqual(
    [parts.tables.unseen.keys(), parts.tables.envelopes.removeSome(1, 'first', 1)],
    [[], false],
  );
  assert.ok(written() > MIB, `${written()} bytes`);
});

test('what is compacted in the background is told as written, so that the log goes into the file beside it (law 7)', (context) => {
  const { parts, turnstile, written } = longSession(context);
  const [isWritable, isRunning] = [() => true, () => false];
  const compactor = new Compactor({ ...parts, isWritable, isRunning, onReplaced: () => undefined });
  turnstile.pass(QUIET_MS);
  for (let slice = 0; slice < 10; slice++) turnstile.pass(100);
  compactor.dispose();
  assert.ok(written() > MIB, `${written()} bytes`);
});
