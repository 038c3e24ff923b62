import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { editor } from '../../support/fakeVscode.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';

const { shownCommands } = await import('../../../src/extension/shownCommands.ts');

const { menus } = manifest.contributes;
const nothing = { view: { sessionId: undefined }, panels: { activeSession: undefined } };
const places = {
  view: { sessionId: 'aside' as SessionId },
  panels: { activeSession: 'in front' as SessionId },
};
const list = { isHidden: () => false };
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
  const deleted = shownCommands({ places, list: { isHidden: () => true } });
  for (const run of Object.values(deleted)) await run();
  assert.deepEqual(editor.ran, []);
  for (const { command, when } of menus['editor/title'])
    assert.match(when, /&& holdfast\.panelPhase/u, command);
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
