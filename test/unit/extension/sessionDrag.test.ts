import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type * as vscode from 'vscode';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import { editor } from '../../support/fakeVscode.ts';
import { summary } from './summary.ts';

const { SessionDrag } = await import('../../../src/extension/sessionDrag.ts');

beforeEach(() => editor.reset());

test('a row that is dropped keeps nothing from the others where its session waits or refuses, and refusals are told together (U1)', async () => {
  const asked: unknown[] = [];
  const away = new Promise<never>(() => undefined);
  const request = (_: string, params: { readonly sessionId: string }): Promise<never> => {
    asked.push(params);
    return params.sessionId === 'away' ? away : Promise.reject(new Error(`no ${params.sessionId}`));
  };
  const connection = { request } as unknown as Pick<WindowConnection, 'request'>;
  const drag = new SessionDrag(connection, { insert: () => Promise.resolve() });
  const drop = (...titles: readonly string[]): Promise<void> => {
    const nodes = titles.map((title) => ({
      ...{ kind: 'session', sessionId: title },
      summary: summary(title, { pinned: title === 'b' }),
    }));
    const transfer = { get: () => ({ value: nodes }) } as unknown as vscode.DataTransfer;
    return drag.handleDrop(undefined, transfer);
  };
  void drop('away', 'a', 'b');
  assert.deepEqual(asked, [
    { sessionId: 'away', archived: false, pinned: true },
    { sessionId: 'a', archived: false, pinned: true },
    { sessionId: 'b', archived: false, pinned: false },
  ]);
  await drop('a', 'b');
  assert.equal(editor.shown.length, 1);
  assert.match(editor.shown[0]?.text ?? '', /2 of 2 .*“a”: no a; “b”: no b/u);
});
