import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { editor, window } from '../../support/fakeVscode.ts';

const { commandTable } = await import('../../../src/extension/commands.ts');

beforeEach(() => editor.reset());

/** What runs shell commands in a session that is taken in and cannot be shown, and what was taken. */
function table() {
  const taken: unknown[] = [];
  const parts = {
    choosing: { one: () => Promise.resolve('one') },
    connection: {
      request: (_method: string, { command }: { readonly command: string }) => {
        if (command === 'npm tset') return Promise.reject(new Error('no such command'));
        taken.push(command);
        return Promise.resolve({});
      },
    },
    places: { open: () => Promise.reject(new Error('the chat cannot be shown')) },
  };
  const commands = commandTable(parts as unknown as Parameters<typeof commandTable>[0]);
  const run = commands['holdfast.runCommand'] as (named?: unknown, given?: unknown) => Promise<unknown>;
  return { run, taken };
}

test('a shell command that was taken is not asked for again where its session cannot be shown: it runs once (U1)', async (t) => {
  const { run, taken } = table();
  const offered: (string | undefined)[] = [];
  const typed = ['npm tset', 'npm test', 'npm test'];
  t.mock.method(window, 'showInputBox', ({ value }: { readonly value?: string }) => {
    offered.push(value);
    return Promise.resolve(typed.shift());
  });
  await assert.rejects(run(), /the chat cannot be shown/);
  assert.deepEqual(offered, ['', 'npm tset']);
  assert.deepEqual(taken, ['npm test']);
  await assert.rejects(run(undefined, 'npm run lint'), /the chat cannot be shown/);
  await run(undefined, ' ');
  assert.deepEqual(taken, ['npm test', 'npm run lint']);
});
