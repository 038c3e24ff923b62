import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type * as vscode from 'vscode';
import type { TreeNode } from '../../../src/extension/treeNodes.ts';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import { editor } from '../../support/fakeVscode.ts';
import { summary } from './summary.ts';

const { SessionDrag } = await import('../../../src/extension/sessionDrag.ts');

type Drag = InstanceType<typeof SessionDrag>;

beforeEach(() => editor.reset());

/** Drops rows of sessions, by their titles, on a group, or beside all of them. */
function drop(drag: Drag, titles: readonly string[], group?: string): Promise<void> {
  const nodes = titles.map((title) => ({
    ...{ kind: 'session', sessionId: title },
    summary: summary(title, { pinned: title === 'b', archived: title === 'old' }),
  }));
  const transfer = { get: () => ({ value: nodes }) } as unknown as vscode.DataTransfer;
  const target = group === undefined ? undefined : ({ kind: 'group', group: { id: group } } as TreeNode);
  return drag.handleDrop(target, transfer);
}

const places = { insert: () => Promise.resolve() };

test('a row that is dropped keeps nothing from the others where its session waits or refuses, and refusals are told together (U1)', async () => {
  const asked: unknown[] = [];
  const away = new Promise<never>(() => undefined);
  const request = (_: string, params: { readonly sessionId: string }): Promise<never> => {
    asked.push(params);
    return params.sessionId === 'away' ? away : Promise.reject(new Error(`no ${params.sessionId}`));
  };
  const connection = { request } as unknown as Pick<WindowConnection, 'request'>;
  const drag = new SessionDrag({ connection, places, archiving: { archive: () => away } });
  void drop(drag, ['away', 'a', 'b']);
  assert.deepEqual(asked, [
    { sessionId: 'away', archived: false, pinned: true },
    { sessionId: 'a', archived: false, pinned: true },
    { sessionId: 'b', archived: false, pinned: false },
  ]);
  await drop(drag, ['a', 'b']);
  assert.equal(editor.shown.length, 1);
  assert.match(editor.shown[0]?.text ?? '', /2 of 2 .*“a”: no a; “b”: no b/u);
});

test('rows that are dropped on Archived are archived as by the menu, so that Undo means them; those that are there stay (U1)', async () => {
  const archived: unknown[] = [];
  const archive = (sessionIds: readonly string[]): Promise<void> => {
    archived.push(sessionIds);
    return Promise.reject(new Error('no'));
  };
  const connection = { request: () => assert.fail('nothing else is asked for') };
  const drag = new SessionDrag({ connection, places, archiving: { archive } });
  await drop(drag, ['a', 'old', 'b'], 'archived');
  assert.deepEqual(archived, [['a', 'b']]);
  assert.deepEqual(
    editor.shown.map(({ text }) => text),
    ['Holdfast: no'],
    'what was refused is told',
  );
});
