import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { editor } from '../../support/fakeVscode.ts';
import { contextValueOf } from '../../../src/extension/sessionOrder.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { summary } from './summary.ts';

const { SelectedRows } = await import('../../../src/extension/selectedRows.ts');
const { sessionCommands } = await import('../../../src/extension/sessionCommands.ts');
const { hostedNodes } = await import('../../../src/extension/treeNodes.ts');

/** Commands that mean every selected row have another name there. */
const SEVERAL = 'holdfast.selected.';
const { commands, menus } = manifest.contributes;
const entries = menus['view/item/context'];

beforeEach(() => editor.reset());

test('menus know the rows that are selected together as they look now, whatever is drawn anew, and none where one is selected alone (U1)', () => {
  const known = new Map(['ebb', 'flood'].map((id) => [id, summary(id)]));
  const rows = new SelectedRows(
    (sessionId) => known.get(sessionId),
    () => [],
  );
  const told = (): unknown =>
    editor.ran.findLast(([, key]) => key === 'holdfast.selectedRows')?.[2] ?? 'nothing';
  const nodes = hostedNodes([...known.values()], 'far');
  const looks = (...all: readonly Summary[]) =>
    Object.fromEntries(all.map((each) => [contextValueOf(each), true]));
  rows.select(nodes.slice(0, 1));
  assert.equal(told(), 'nothing');
  rows.select(nodes);
  assert.deepEqual(told(), looks(summary('ebb'), summary('flood')));
  known.set('flood', summary('flood', { phase: 'running' }));
  rows.tell();
  assert.deepEqual(told(), looks(summary('ebb'), summary('flood', { phase: 'running' })));
  assert.deepEqual(rows.ids, ['ebb', 'flood']);
  rows.tell();
  assert.equal(editor.ran.length, 2, 'what is told already is not told again');
  known.delete('ebb');
  rows.tell();
  assert.deepEqual(told(), {});
  assert.deepEqual(rows.ids, ['flood']);
});

test('rows that are selected while all is drawn anew are known once they are drawn, of which the editor tells nothing more (U1)', () => {
  const known = new Map(['ebb', 'flood'].map((id) => [id, summary(id)]));
  const nodes = hostedNodes([...known.values()], 'far');
  let given = nodes.slice(0, 0);
  const rows = new SelectedRows(
    (sessionId) => known.get(sessionId),
    () => given,
  );
  rows.select(given);
  assert.deepEqual(rows.ids, []);
  given = nodes;
  rows.tell();
  const looks = Object.fromEntries([...known.values()].map((each) => [contextValueOf(each), true]));
  assert.deepEqual(editor.ran, [['setContext', 'holdfast.selectedRows', looks]]);
  given = [];
  assert.deepEqual(rows.ids, ['ebb', 'flood'], 'they stay selected while all is drawn anew');
  rows.select(given);
  assert.deepEqual(rows.ids, []);
  given = nodes.slice(1);
  assert.deepEqual(rows.ids, ['flood'], 'a key means what is drawn');
});

test('what a menu does with all selected rows it says of them, and of one row where that is none of them (U1)', () => {
  const several = entries.filter(({ command }) => command.startsWith(SEVERAL));
  assert.equal(new Set(several.map(({ command }) => command)).size, 7);
  for (const entry of several) {
    const command = entry.command.replace(SEVERAL, 'holdfast.');
    const [when = ''] = entry.when.split(' && viewItem in holdfast.selectedRows');
    assert.notEqual(when, entry.when, entry.command);
    const one = { ...entry, command, when: `${when} && viewItem not in holdfast.selectedRows` };
    assert.ok(
      entries.some((each) => JSON.stringify(each) === JSON.stringify(one)),
      `${entry.command} has its place where ${command} has it`,
    );
    assert.ok(!entries.some((each) => each.command === command && !each.when.includes('selectedRows')));
    const titled = (id: string) => commands.find((each) => each.command === id);
    const title = `%command.selected.${command.replace('holdfast.', '')}%`;
    assert.deepEqual(titled(entry.command), { ...titled(command), command: entry.command, title });
    assert.ok(menus.commandPalette.some((each) => each.command === entry.command && each.when === 'false'));
  }
});

test('the commands of selected rows are those of one row, and are given the same (U1)', async () => {
  const table = sessionCommands({} as unknown as Parameters<typeof sessionCommands>[0]);
  const names = new Set(entries.map(({ command }) => command).filter((name) => name.startsWith(SEVERAL)));
  assert.deepEqual(new Set(Object.keys(table).filter((name) => name.startsWith(SEVERAL))), names);
  const given = [{ sessionId: 'a' }, [{ sessionId: 'a' }, { sessionId: 'b' }]];
  for (const name of names) {
    editor.reset();
    await (table[name] as (...all: unknown[]) => unknown)(...given);
    assert.deepEqual(editor.ran, [[name.replace(SEVERAL, 'holdfast.'), ...given]]);
  }
});
