import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Keybinding {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
  readonly when?: string;
}

const { contributes } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { contributes: { keybindings: readonly Keybinding[] } };

/**
 * What VS Code itself does on the keys that are bound here, and the context key that is true while it does. An extension’s binding
 * wins over a built-in one, so ours holds only while that is false.
 */
const builtIn: readonly { readonly key: string; readonly does: string; readonly while: string }[] = [
  { key: 'ctrl+alt+enter', does: 'Replace All in the find widget', while: 'findWidgetVisible' },
  { key: 'ctrl+alt+enter', does: 'Replace All in the search view', while: 'searchViewletFocus' },
  { key: 'ctrl+alt+enter', does: 'Execute Cell on Windows', while: 'notebookEditorFocused' },
  { key: 'ctrl+alt+enter', does: 'Skip in a chat, and Insert into Terminal', while: 'inChat' },
  { key: 'ctrl+alt+enter', does: 'Insert of the chat in a terminal', while: 'terminalChatFocus' },
  { key: 'ctrl+alt+enter', does: 'Insert into Terminal', while: 'accessibleViewInCodeBlock' },
  { key: 'ctrl+alt+enter', does: 'Open to the Side', while: 'agentSessionsViewerFocused' },
  { key: 'ctrl+alt+y', does: 'Keep All Chat Edits', while: 'chatEdits.hasEditorModifications' },
];

/** Keys that a view or an editor of VS Code uses for something else: ours need the focus in what is ours. */
const elsewhere = ['ctrl+alt+backspace', 'enter', 'f2', 'delete', 'cmd+backspace'];

/** Whether a clause says of each of its alternatives that the key is not set. */
function excludes(when: string, key: string): boolean {
  return !when.includes('||') && when.split('&&').some((part) => part.trim() === `!${key}`);
}

test('no keybinding takes a key away from what VS Code does with it where the person is (U5)', () => {
  for (const { key, does, while: context } of builtIn) {
    const bound = contributes.keybindings.filter((binding) => binding.key === key);
    assert.ok(bound.length > 0, `${key} is bound`);
    for (const { command, when = '' } of bound)
      assert.ok(excludes(when, context), `${command} takes ${key} from ${does}`);
  }
});

test('a key that means something everywhere is ours only where the focus is in what is ours (U5)', () => {
  for (const { command, key, mac, when = '' } of contributes.keybindings) {
    if (![key, mac].some((each) => each !== undefined && elsewhere.includes(each))) continue;
    assert.match(when, /^\(?focusedView == '?holdfast\./u, `${command} takes ${key}`);
  }
});

test('every keybinding has a when clause, and no two have the same key in the same place (U5)', () => {
  const seen = new Set<string>();
  for (const { command, key, when } of contributes.keybindings) {
    assert.ok(when !== undefined && when !== '', `${command} on ${key}`);
    assert.ok(!seen.has(`${key} ${when}`), `${command} on ${key}`);
    seen.add(`${key} ${when}`);
  }
});
