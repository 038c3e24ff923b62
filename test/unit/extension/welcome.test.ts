import assert from 'node:assert/strict';
import { test } from 'node:test';
import words from '../../../package.nls.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { connectionKey } from '../../../src/extension/connectionView.ts';

const { viewsWelcome, configuration } = manifest.contributes;

/** Whether a `when` clause of `&&`, `==`, `!=` and `!` alone holds. */
function holds(when: string, keys: Readonly<Record<string, unknown>>): boolean {
  return when.split(' && ').every((part) => {
    const compared = /^(\S+) (==|!=) '(\w+)'$/u.exec(part);
    if (compared !== null) return (keys[compared[1] ?? ''] === compared[3]) === (compared[2] === '==');
    return part.startsWith('!') ? keys[part.slice(1)] !== true : keys[part] === true;
  });
}

/** The texts that an empty view shows; the list of sessions is there unless `more` says something else. */
function shown(view: string, connection: string, more: Readonly<Record<string, boolean>> = {}): string[] {
  const keys = {
    isWorkspaceTrusted: connection !== 'restricted',
    'holdfast.connection': connection,
    'holdfast.listLoaded': true,
    ...more,
  };
  return viewsWelcome
    .filter((welcome) => welcome.view === view && holds(welcome.when, keys))
    .map(({ contents }) => Object.entries(words).find(([key]) => `%${key}%` === contents)?.[1] ?? '');
}

test('an empty list of sessions says one thing in each state, with the button that helps (U5, U8)', () => {
  for (const [state, button] of [
    ['failing', 'Retry Now'],
    ['reconnecting', 'Retry Now'],
    ['incompatible', 'Restart Runtime'],
    ['stopped', 'Retry Now'],
    ['restricted', 'Manage Workspace Trust'],
  ] as const) {
    const texts = shown('holdfast.sessions', state);
    assert.equal(texts.length, 1, `in the state ${state}`);
    assert.ok(texts[0]?.includes(`\n[${button}](command:`), `${state}: ${texts[0]}`);
  }
  const [connected, ...others] = shown('holdfast.sessions', 'connected');
  assert.deepEqual(others, []);
  // The chat below has the button: here it is a word in a sentence, so that no window shows two.
  assert.match(connected ?? '', / \[New Session\]\(command:holdfast\.newSession\)/u);
  assert.doesNotMatch(connected ?? '', /^\[/mu);
  assert.deepEqual(shown('holdfast.sessions', 'starting'), [], 'a start that goes well needs no words');
});

test('an empty view of the runtime says what helps, in Restricted Mode as well (U5, U8)', () => {
  for (const [state, button] of [
    ['failing', 'Retry Now'],
    ['incompatible', 'Restart Runtime'],
    ['stopped', 'Retry Now'],
    ['restricted', 'Manage Workspace Trust'],
  ] as const) {
    const texts = shown('holdfast.runtime', state);
    assert.equal(texts.length, 1, `in the state ${state}`);
    assert.ok(texts[0]?.includes(`\n[${button}](command:`), `${state}: ${texts[0]}`);
  }
});

test('a filter without hits is not taken for an empty list, nor a list that has not come yet (U1, U5)', () => {
  const [filtered, ...others] = shown('holdfast.sessions', 'connected', { 'holdfast.filtered': true });
  assert.match(filtered ?? '', /filter.*\n\[Show All\]\(command:holdfast\.clearFilter\)/su);
  assert.deepEqual(others, []);
  for (const isFiltered of [false, true]) {
    const keys = { 'holdfast.listLoaded': false, 'holdfast.filtered': isFiltered };
    assert.deepEqual(shown('holdfast.sessions', 'connected', keys), []);
  }
});

test('where trying again may not help, the doctor is offered as well (U8)', () => {
  for (const view of ['holdfast.sessions', 'holdfast.runtime'])
    for (const state of ['failing', 'incompatible', 'stopped'])
      assert.match(
        shown(view, state)[0] ?? '',
        /\n\[Doctor\]\(command:holdfast\.doctor\)/u,
        `${view} ${state}`,
      );
});

test('a start that failed is told from one that goes on (U8)', () => {
  assert.equal(connectionKey({ state: 'starting' }), 'starting');
  assert.equal(connectionKey({ state: 'starting', detail: 'no room left' }), 'failing');
  assert.equal(connectionKey({ state: 'connected' }), 'connected');
});

test('settings have a number each, so that their page has one order (U5)', () => {
  const numbers = Object.values(configuration.properties).map(({ order }) => order);
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    numbers.map((_, index) => index + 1),
  );
});
