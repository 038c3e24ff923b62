import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';

import { editor, statusItems } from '../../support/fakeVscode.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { summary } from './summary.ts';

const { Archiving } = await import('../../../src/extension/archiving.ts');

const ids = (...titles: readonly string[]): SessionId[] => titles as SessionId[];

/** A runtime that refuses to archive some sessions, those that are being deleted, and what the status bar says of the others. */
function archive(context: TestContext, refused: readonly string[] = [], deleted: readonly string[] = []) {
  const asked: string[] = [];
  const request = (_: string, { sessionId, archived }: { sessionId: string; archived: boolean }) => {
    asked.push(`${sessionId} ${archived}`);
    return refused.includes(sessionId) ? Promise.reject(new Error(`no ${sessionId}`)) : Promise.resolve({});
  };
  const list = { get: (id: string) => summary(id), isHidden: (id: string) => deleted.includes(id) };
  const archiving = new Archiving({ connection: { request }, list } as unknown as ConstructorParameters<
    typeof Archiving
  >[0]);
  context.after(() => archiving.dispose());
  const item = statusItems.at(-1);
  const said = (): string | undefined => (item?.isShown === true ? item.text : undefined);
  return { archiving, asked, said };
}

beforeEach(() => editor.reset());

test('the status bar says what was archived, how many together, the last time in the place of the one before, for a while (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { archiving, said } = archive(context);
  await archiving.archive(ids('Ebb $(tide)'));
  assert.equal(said(), '$(archive) “Ebb $\u200b(tide)” is archived. Undo');
  context.mock.timers.tick(9_000);
  await archiving.archive(ids('a', 'b', 'c'));
  assert.equal(said(), '$(archive) 3 sessions are archived. Undo');
  context.mock.timers.tick(9_000);
  assert.notEqual(said(), undefined, 'each stays as long as the first did');
  context.mock.timers.tick(1_000);
  assert.equal(said(), undefined);
  assert.deepEqual(editor.shown, [], 'no notification stands in the way');
});

test('Undo brings back what was archived last, once, also when the status bar says nothing of it any more (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { archiving, asked, said } = archive(context);
  const offered = (): unknown => editor.ran.findLast(([, key]) => key === 'holdfast.canUndoArchive')?.[2];
  await archiving.archive(ids('first'));
  await archiving.archive(ids('a', 'b'));
  context.mock.timers.tick(60_000);
  assert.equal(offered(), true);
  asked.length = 0;
  await archiving.undo();
  await archiving.undo();
  assert.deepEqual(asked, ['a false', 'b false']);
  assert.equal(offered(), false);
  assert.equal(said(), undefined);
});

test('what was refused is not said to be archived, and Undo leaves it and what is being deleted alone (U1)', async (context) => {
  const { archiving, asked, said } = archive(context, ['b'], ['c']);
  await assert.rejects(archiving.archive(ids('a', 'b', 'c')), /1 of 3 .*“b”: no b/u);
  assert.equal(said(), '$(archive) 2 sessions are archived. Undo');
  asked.length = 0;
  await archiving.undo();
  assert.deepEqual(asked, ['a false']);
  await assert.rejects(archiving.archive(ids('b')), /no b/u);
  assert.equal(said(), undefined);
});
