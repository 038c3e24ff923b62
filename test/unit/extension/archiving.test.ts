import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';

import { editor, statusItems } from '../../support/fakeVscode.ts';
import { Deferred } from '../../../src/base/deferred.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { summary } from './summary.ts';

const { Archiving } = await import('../../../src/extension/archiving.ts');

const ids = (...titles: readonly string[]): SessionId[] => titles as SessionId[];

/**
 * A runtime that refuses some sessions and answers for those in `held` only then, those that are being deleted, and what the
 * status bar says of the others. The list knows none called old.
 */
function archive(context: TestContext, refused: readonly string[] = [], deleted: readonly string[] = []) {
  const asked: string[] = [];
  const refusals = new Map(refused.map((id): [string, Error] => [id, new Error(`no ${id}`)]));
  const held = new Map<string, Promise<void>>();
  const request = async (_: string, { sessionId, archived }: { sessionId: string; archived: boolean }) => {
    asked.push(`${sessionId} ${archived}`);
    const refusal = refusals.get(sessionId);
    if (refusal !== undefined) throw refusal;
    await held.get(sessionId);
  };
  const list = {
    get: (id: string) => (id === 'old' ? undefined : summary(id)),
    isHidden: (id: string) => deleted.includes(id),
  };
  const archiving = new Archiving({ connection: { request }, list } as unknown as ConstructorParameters<
    typeof Archiving
  >[0]);
  context.after(() => archiving.dispose());
  const item = statusItems.at(-1);
  const said = (): string | undefined => (item?.isShown === true ? item.text : undefined);
  const offered = (): unknown => editor.ran.findLast(([, key]) => key === 'holdfast.canUndoArchive')?.[2];
  return { archiving, asked, said, offered, refusals, held };
}

/** Lets all go on that waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
  const { archiving, asked, said, offered } = archive(context);
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

test('an Undo that is refused can be pressed once more, for what was refused alone (U1)', async (context) => {
  const { archiving, asked, said, offered, refusals } = archive(context);
  await archiving.archive(ids('a', 'b', 'c'));
  refusals.set('b', new Error('no b'));
  await assert.rejects(archiving.undo(), /1 of 3 .*“b”: no b/u);
  assert.deepEqual([said(), offered()], ['$(archive) “b” is archived. Undo', true]);
  refusals.clear();
  asked.length = 0;
  await archiving.undo();
  assert.deepEqual(asked, ['b false']);
  assert.deepEqual([said(), offered()], [undefined, false]);
});

test('Undo is offered for what is archived already while a host that is away keeps others waiting, and for those once they are (U1)', async (context) => {
  const { archiving, asked, said, held } = archive(context);
  const away = new Deferred<void>();
  held.set('away', away.promise);
  const archived = archiving.archive(ids('away', 'a', 'b'));
  await settled();
  assert.equal(said(), '$(archive) 2 sessions are archived. Undo');
  await archiving.undo();
  assert.deepEqual(asked.slice(3), ['a false', 'b false']);
  assert.equal(said(), undefined);
  away.resolve();
  await archived;
  assert.equal(said(), '$(archive) “away” is archived. Undo');
});

test('Undo brings back what the list does not know since a reconnect, and asks once for what is gone for good (U1)', async (context) => {
  const { archiving, asked, said, offered, refusals } = archive(context);
  await archiving.archive(ids('old', 'gone'));
  refusals.set('gone', new HoldfastError('sessionNotFound', 'there is no gone'));
  asked.length = 0;
  await assert.rejects(archiving.undo(), /1 of 2 .*“gone”/u);
  assert.deepEqual(asked, ['old false', 'gone false']);
  assert.deepEqual([said(), offered()], [undefined, false]);
});

test('what is archived while an Undo waits is what the next Undo means (U1)', async (context) => {
  const { archiving, asked, said, held } = archive(context);
  await archiving.archive(ids('away'));
  const away = new Deferred<void>();
  held.set('away', away.promise);
  const undone = archiving.undo();
  await archiving.archive(ids('b'));
  away.resolve();
  await undone;
  assert.equal(said(), '$(archive) “b” is archived. Undo');
  asked.length = 0;
  await archiving.undo();
  assert.deepEqual(asked, ['b false']);
});
