import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';
import type { QuickPick, QuickPickItem } from 'vscode';

import { Emitter } from '../../../src/base/emitter.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { commands, editor, window } from '../../support/fakeVscode.ts';
import { summary } from './summary.ts';

const { answerInteraction } = await import('../../../src/extension/answer.ts');
const { LEFT, pickSession } = await import('../../../src/extension/pickSession.ts');
const { sessionCommands } = await import('../../../src/extension/sessionCommands.ts');

type List = Parameters<typeof pickSession>[0];
type Answering = Parameters<typeof answerInteraction>[0];

const waits: Partial<Summary> = {
  phase: 'waiting',
  needs: [{ kind: 'permission', title: 'Go on?' }],
} as never;
const needsYou = ({ needs }: Summary): boolean => needs.length > 0;

/** A quick pick, as far as the picker of sessions needs one. */
class FakePick {
  items: readonly { readonly label: string; readonly summary?: Summary }[] = [];
  activeItems: readonly unknown[] = [];
  value = '';
  isShown = false;
  readonly #button = new Emitter<unknown>();
  readonly #hidden = new Emitter<void>();
  readonly onDidTriggerItemButton = this.#button.listen;
  readonly onDidHide = this.#hidden.listen;
  readonly onDidChangeValue = new Emitter<string>().listen;
  readonly onDidAccept = new Emitter<void>().listen;

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    if (!this.isShown) return;
    this.isShown = false;
    this.#hidden.fire();
  }

  dispose(): void {}

  /** Presses a button of the first row. */
  press(command: string): void {
    const item = this.items.find((each) => each.summary !== undefined);
    assert.ok(item !== undefined);
    this.#button.fire({ button: { command }, item });
  }
}

/** The pickers that are opened, over sessions that change; `answer` is what the commands of buttons do and give. */
function picking(context: TestContext, sessions: readonly Summary[], answer: () => unknown) {
  const changed = new Emitter<void>();
  let now = sessions;
  const list = {
    sorted: () => now,
    hostOf: () => undefined,
    find: () => Promise.resolve(),
    onChange: changed.listen,
  } as unknown as List;
  const picks: FakePick[] = [];
  context.mock.method(window, 'createQuickPick', () => {
    const pick = new FakePick();
    picks.push(pick);
    return pick as unknown as QuickPick<QuickPickItem>;
  });
  context.mock.method(commands, 'executeCommand', (name: string) =>
    Promise.resolve(name === 'setContext' ? undefined : answer()),
  );
  const put = (...others: readonly Summary[]): void => {
    now = others;
    changed.fire();
  };
  const seen = async (count: number): Promise<FakePick> => {
    await settled();
    assert.deepEqual([picks.length, picks.at(-1)?.isShown], [count, true]);
    return picks.at(-1) ?? assert.fail();
  };
  return { list, picks, put, seen };
}

/** Lets all go on that waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => editor.reset());

test('the picker comes back as it was after a new name, and stays away where what it asked was dismissed, as by the palette (U2)', async (context) => {
  let given: unknown = 'renamed';
  const { list, picks, seen } = picking(context, [summary('Ebb'), summary('Flood')], () => given);
  const picked = pickSession(list, { title: 'Sessions' });
  const first = await seen(1);
  first.value = 'eb';
  first.press('holdfast.renameSession');
  const again = await seen(2);
  assert.equal(again.value, 'eb');
  assert.deepEqual(again.activeItems, [again.items.find((item) => item.summary?.title === 'Ebb')]);
  given = LEFT;
  again.press('holdfast.renameSession');
  await settled();
  assert.equal(picks.length, 2, 'it does not come back');
  assert.equal(await picked, undefined);
});

test('a picker of what waits for an answer ends with the last one, known at once or later, and is empty for nobody (U2)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const ebb = summary('Ebb', waits);
  const { list, picks, put, seen } = picking(context, [ebb, summary('Flood')], () => put(summary('Ebb')));
  const picked = pickSession(list, { title: 'Answer', only: needsYou });
  (await seen(1)).press('holdfast.answer');
  await settled();
  assert.equal(picks.length, 1, 'it does not come back');
  assert.equal(await picked, undefined);
  put(ebb);
  const later = pickSession(list, { title: 'Answer', only: needsYou });
  const shown = await seen(2);
  put(summary('Ebb'));
  context.mock.timers.tick(1_000);
  assert.equal(shown.isShown, false);
  assert.equal(await later, undefined);
});

test('Rename and Answer say whether what they asked was dismissed (U2)', async (context) => {
  const box = { typed: undefined as string | undefined };
  context.mock.method(window, 'showInputBox', () => Promise.resolve(box.typed));
  let interaction = {
    kind: 'permission',
    title: 'Go on?',
    options: [{ optionId: 'yes', name: 'Yes', kind: 'allow' }],
  };
  const request = (): Promise<unknown> =>
    Promise.resolve({ head: { title: 'Ebb', interactions: [{ interactionId: 'i', interaction }] } });
  const connection = { request } as unknown as Answering;
  const parts = {
    ...{ connection, choosing: { one: () => Promise.resolve('Ebb') } },
    list: { get: (id: string) => summary(id) },
  } as unknown as Parameters<typeof sessionCommands>[0];
  const rename = sessionCommands(parts)['holdfast.renameSession'] as () => Promise<unknown>;
  const answer = (): Promise<unknown> => answerInteraction(connection, 'Ebb' as SessionId);
  assert.equal(await rename(), LEFT);
  editor.onPick = ({ choose }) => choose(undefined);
  assert.equal(await answer(), 'dismissed');
  editor.onPick = ({ choose, items }) => choose(items[0]?.label);
  assert.equal(await answer(), 'done');
  interaction = { kind: 'question', questions: [{ questionId: 'q', text: 'Where?', options: [] }] } as never;
  assert.equal(await answer(), 'dismissed');
  box.typed = 'there';
  assert.equal(await answer(), 'done');
  assert.equal(await rename(), undefined);
});
