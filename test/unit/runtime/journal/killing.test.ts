import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyState, foldState, inOrder } from '../../../../src/protocol/fold.ts';
import type { CommandId } from '../../../../src/protocol/ids.ts';
import { id, open, stored, temporaryFile } from './temporary.ts';

const program = fileURLToPath(new URL('./untilKilled.ts', import.meta.url));

/** Runs the program until it has acknowledged some commits, kills it, and says the last number that it acknowledged. */
async function killAfter(file: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > commits) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  return Number(said.split('\n').at(-2));
}

test('after kill -9 at any instant everything that was acknowledged is there, in order, once (J4, J5)', async (context) => {
  const file = temporaryFile(context);
  for (const commits of [1, 20, 75]) {
    const acknowledged = await killAfter(file, commits);
    const { journal, notices } = open(context, { file });
    assert.deepEqual(notices, []);
    const envelopes = stored(journal, id('a'));
    assert.ok(envelopes.length >= acknowledged, `${envelopes.length} of ${acknowledged}`);
    assert.deepEqual(
      envelopes.map(({ seq }) => seq),
      envelopes.map((_, index) => index + 1),
    );
    assert.equal(journal.head(id('a'))?.head.seq, envelopes.length);
    const expected = inOrder(foldState(emptyState, envelopes).items.values());
    const { items } = journal.items(id('a'), { limit: 10 });
    assert.equal(JSON.stringify(items), JSON.stringify(expected));
    for (const { seq } of envelopes) {
      const kept = journal.recall(`c${seq}` as CommandId);
      assert.equal(
        kept !== undefined,
        seq % 10 === 0 && seq > 2,
        `the command of event ${seq} is kept with it`,
      );
    }
    journal.close();
  }
});
