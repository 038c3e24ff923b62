import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { editor } from '../../support/fakeVscode.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { summary } from './summary.ts';

const { shownCommands } = await import('../../../src/extension/shownCommands.ts');

const { menus } = manifest.contributes;
const inFront = 'in front' as SessionId;
const beside = 'beside' as SessionId;
const nothing = { view: { sessionId: undefined }, panels: { activeSession: undefined, seen: [] } };
const places = {
  view: { sessionId: 'aside' as SessionId },
  panels: { activeSession: inFront, seen: [inFront] },
};
const list = { get: (id: string) => summary(`Title of ${id}`), isHidden: () => false };
const shown = { places, list };

beforeEach(() => editor.reset());

test('the menu of a chat means the session that it shows, and does nothing where it shows none (U3)', async () => {
  for (const [entries, place, session] of [
    [menus['view/title'].filter(({ when }) => when.includes('holdfast.chat &&')), 'view', 'aside'],
    [menus['editor/title'], 'panel', 'in front'],
  ] as const) {
    assert.ok(entries.length >= 4, place);
    for (const { command } of entries) {
      editor.reset();
      const [, name = ''] = command.split(`holdfast.${place}.`);
      await shownCommands(shown)[command]?.();
      assert.deepEqual(editor.ran, [[`holdfast.${name}`, session]], command);
      await shownCommands({ places: nothing, list })[command]?.();
      assert.equal(editor.ran.length, 1, command);
    }
  }
});

test('the menu of a chat means nothing while its session is deleted and that can be undone, and is not offered (U1, U3)', async () => {
  const deleted = shownCommands({ places, list: { ...list, isHidden: () => true } });
  for (const run of Object.values(deleted)) await run();
  assert.deepEqual(editor.ran, []);
  for (const { command, when } of menus['editor/title'])
    assert.match(when, /&& holdfast\.panel(?:Phase|HasSession)\b/u, command);
});

test('where several panels are in sight, their menus ask which session is meant (U3)', async () => {
  const panels = { activeSession: inFront, seen: [inFront, undefined, beside, 'deleted' as SessionId] };
  const isHidden = (id: string): boolean => id === 'deleted';
  const table = shownCommands({ places: { ...places, panels }, list: { ...list, isHidden } });
  for (const name of ['renameSession', 'runCommand', 'endSession']) {
    for (const chosen of ['Title of beside', undefined]) {
      editor.reset();
      editor.onPick = ({ items, choose }) => {
        assert.deepEqual(
          items.map(({ label }) => label),
          ['Title of in front', 'Title of beside'],
        );
        choose(chosen);
      };
      await table[`holdfast.panel.${name}`]?.();
      assert.deepEqual(editor.ran, chosen === undefined ? [] : [[`holdfast.${name}`, beside]]);
    }
  }
});

test('a panel in sight is meant by its menu though an editor of another kind has the focus (U3)', async () => {
  const panels = { activeSession: undefined, seen: [beside] };
  await shownCommands({ places: { ...places, panels }, list })['holdfast.panel.endSession']?.();
  assert.deepEqual(editor.ran, [['holdfast.endSession', beside]]);
});

test('Cancel, which only the panel with the focus has, asks where the editor shows the buttons of all (U3, T3)', async () => {
  const panels = { activeSession: inFront, seen: [inFront, beside] };
  const cancel = shownCommands({ places: { ...places, panels }, list })['holdfast.panel.cancelTurn'];
  await cancel?.();
  editor.settings['workbench.editor.alwaysShowEditorActions'] = true;
  editor.onPick = ({ choose }) => choose('Title of beside');
  await cancel?.();
  assert.deepEqual(editor.ran, [
    ['holdfast.cancelTurn', inFront],
    ['holdfast.cancelTurn', beside],
  ]);
});

test('what only menus of a chat run is not in the palette, and is called and enabled as what it runs (U3, U5)', () => {
  const { commands } = manifest.contributes;
  for (const command of Object.keys(shownCommands(shown))) {
    const own = commands.find((each) => each.command === command);
    const meant = commands.find((each) => each.command === command.replace(/\.(?:view|panel)\./u, '.'));
    assert.deepEqual({ ...own, command: '' }, { ...meant, command: '' }, command);
    assert.ok(menus.commandPalette.some((each) => each.command === command && each.when === 'false'));
  }
});
