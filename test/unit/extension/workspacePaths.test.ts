import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import { Uri, workspace } from '../../support/fakeVscode.ts';

const { WorkspacePaths } = await import('../../../src/extension/mentions.ts');

test('paths that could not be read are read again for the next question, and those that are known answer meanwhile (U3)', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const directory = Uri.file('/sea') as unknown as vscode.Uri;
  const token = { isCancellationRequested: false } as vscode.CancellationToken;
  const answers: Promise<readonly { readonly fsPath: string }[]>[] = [];
  const files = t.mock.method(
    workspace,
    'findFiles',
    () => answers.shift() ?? Promise.reject(new Error('more')),
  );
  const nothing = { dispose: () => undefined };
  const changes: (() => void)[] = [];
  t.mock.method(workspace, 'createFileSystemWatcher', () => ({
    onDidCreate: (changed: () => void) => {
      changes.push(changed);
      return nothing;
    },
    onDidDelete: () => nothing,
    ...nothing,
  }));
  const paths = new WorkspacePaths();
  t.after(() => paths.dispose());
  const names = async (): Promise<string[]> =>
    (await paths.find(directory, '', token)).map(({ name }) => name);
  answers.push(Promise.reject(new Error('the search ended')));
  await assert.rejects(names(), /the search ended/u);
  answers.push(Promise.resolve([{ fsPath: '/sea/tide.md' }]));
  assert.deepEqual(await names(), ['tide.md']);
  changes[0]?.();
  t.mock.timers.setTime(2_000_000);
  assert.deepEqual(await names(), ['tide.md'], 'what is known, while reading it anew fails');
  answers.push(Promise.resolve([{ fsPath: '/sea/ebb.md' }]));
  await new Promise((resolve) => setImmediate(resolve));
  await names();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await names(), ['ebb.md']);
  assert.equal(files.mock.callCount(), 4);
});
