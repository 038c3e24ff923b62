import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';

import { editor } from '../../support/fakeVscode.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import type { InteractionId } from '../../../src/protocol/ids.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import type { SessionChange } from '../../../src/extension/sessionList.ts';
import { summary } from './summary.ts';

const { Notifications } = await import('../../../src/extension/notifications.ts');

const permission = {
  interactionId: 'i1',
  interaction: {
    kind: 'permission',
    options: [
      { optionId: 'yes', name: 'Allow' },
      { optionId: 'no', name: 'Reject' },
    ],
  },
};

/** Notifications of a window whose runtime answers `session/get` as told; `pass` lets the time pass in which news gather. */
function window(context: TestContext, answer: () => Promise<unknown>) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const sessions = new Emitter<SessionChange>();
  const seen = new Set<string>();
  const system: string[] = [];
  const parts = {
    connection: { request: answer },
    list: { onSession: sessions.listen },
    places: { isSeen: (id: string) => seen.has(id) },
    system: {
      tell: (text: string) => {
        system.push(text);
        return Promise.resolve();
      },
    },
    log: () => undefined,
  } as unknown as ConstructorParameters<typeof Notifications>[0];
  const notifications = new Notifications(parts);
  context.after(() => notifications.dispose());
  const tell = (
    title: string,
    more: Partial<Summary>,
    { notify = true, before }: Partial<SessionChange> = {},
  ): void => sessions.fire({ summary: summary(title, { turnCount: 1, ...more }), before, notify });
  return { tell, seen, system, pass: () => context.mock.timers.tick(60_000) };
}

const failed = { attention: 'failed', problem: 'the agent went away' } as const;
const asks = (id: string) =>
  ({
    attention: 'needsYou',
    phase: 'waiting',
    needs: [{ interactionId: id as InteractionId, kind: 'permission', title: 'Edit tide.ts?' }],
  }) as const;
const texts = (): string[] => editor.shown.map(({ text }) => text);

beforeEach(() => editor.reset());

test('a permission is answered from its notification (U4)', async (context) => {
  const { tell, pass } = window(context, () => Promise.resolve({ head: { interactions: [permission] } }));
  tell('Ebb', asks('i1'));
  tell('Ebb', asks('i1'));
  pass();
  const shown = await editor.notification(() => true);
  assert.deepEqual([shown.kind, shown.text], ['warning', '“Ebb” needs you: Edit tide.ts?']);
  assert.deepEqual(shown.buttons, ['Allow', 'Reject', 'Open']);
  shown.press('Allow');
  await new Promise(setImmediate);
  assert.deepEqual(editor.ran, [['holdfast.answer', 'Ebb', 'i1', 'yes']]);
  assert.equal(editor.shown.length, 1, 'one cause is told once');
});

test('a session that needs the person is told of also where nothing can be asked about it (U4)', async (context) => {
  const { tell, pass } = window(context, () => Promise.reject(new Error('the connection is lost')));
  tell('Ebb', asks('i1'));
  pass();
  const shown = await editor.notification(() => true);
  assert.deepEqual(shown.buttons, ['Answer…', 'Open']);
  shown.press('Answer…');
  await new Promise(setImmediate);
  assert.deepEqual(editor.ran, [['holdfast.answer', 'Ebb', 'i1']]);
});

test('nothing is said of a question that was settled meanwhile, nor of a session that came into sight (U4)', async (context) => {
  const { tell, seen, pass } = window(context, () => Promise.resolve({ head: { interactions: [] } }));
  tell('Ebb', asks('i1'));
  tell('Flood', failed);
  seen.add('Flood');
  tell('Neap', failed);
  pass();
  await editor.notification(({ text }) => text.includes('Neap'));
  await new Promise(setImmediate);
  assert.deepEqual(texts(), ['“Neap” failed: the agent went away']);
});

test('what fails with the agent process that many share is told in one notification, with the way to each (U4)', async (context) => {
  const { tell, pass } = window(context, () => Promise.reject(new Error('lost')));
  for (let at = 0; at < 20; at++) tell(`s${at}`, failed);
  tell('done', { attention: 'finished' });
  pass();
  assert.deepEqual(texts(), ['20 sessions failed', '“done” has finished.']);
  assert.deepEqual(editor.shown[0]?.buttons, ['Show Them…', 'Settings…']);
  for (const title of ['a', 'b']) tell(title, failed);
  pass();
  assert.equal(editor.shown.length, 4, 'two are told by name');
  editor.shown[1]?.press('Settings…');
  await new Promise(setImmediate);
  assert.equal(editor.ran[0]?.[0], 'workbench.action.openSettings');
});

test('a window that the runtime did not name says nothing, nor one whose settings say so (U4)', (context) => {
  const { tell, pass } = window(context, () => Promise.reject(new Error('lost')));
  tell('Ebb', failed, { notify: false });
  editor.settings['holdfast.notifications.failed'] = false;
  tell('Flood', failed);
  pass();
  assert.deepEqual(texts(), []);
});

test('a turn that was short finishes without a word, unless a person wants to hear of all (U4)', (context) => {
  const { tell, pass } = window(context, () => Promise.reject(new Error('lost')));
  const finished = { attention: 'finished', updatedAt: 9_999 } as const;
  const before = summary('Ebb', { turnStartedAt: 0 });
  tell('Ebb', finished, { before });
  tell('Flood', { ...finished, updatedAt: 10_000 }, { before });
  editor.settings['holdfast.notifications.finishedAfterSeconds'] = 0;
  tell('Neap', finished, { before });
  pass();
  assert.deepEqual(texts(), ['“Flood” has finished.', '“Neap” has finished.']);
});

test('the operating system is told what is told, by title and cause alone, and of many at once (U4)', async (context) => {
  const { tell, system, pass } = window(context, () => Promise.reject(new Error('lost')));
  tell('Ebb', asks('i1'));
  tell('Flood', failed);
  for (const title of ['a', 'b', 'c']) tell(title, { attention: 'finished' });
  pass();
  await editor.notification(({ text }) => text.includes('Ebb'));
  assert.deepEqual(system.toSorted(), [
    '3 sessions have finished',
    '“Ebb” needs you: Edit tide.ts?',
    '“Flood” failed.',
  ]);
});
