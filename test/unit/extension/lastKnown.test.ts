import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lastKnownHere, lastKnownIn } from '../../../src/extension/lastKnown.ts';
import { fakeMemory } from '../../support/fakeMemory.ts';
import { summary } from './summary.ts';

const titles = ({ get }: ReturnType<typeof lastKnownHere>): string[] => get().map(({ title }) => title);

test('a window on a folder that was never open paints what another window knew last, of its own machine alone (U1)', () => {
  const everywhere = fakeMemory();
  const here = { everywhere, window: fakeMemory(), owner: 'ada:/home/ada/holdfast' };
  lastKnownHere(here).keep([summary('tides')]);
  assert.deepEqual(titles(lastKnownHere({ ...here, window: fakeMemory() })), ['tides']);
  const there = { ...here, owner: 'quay:/home/ada/holdfast' };
  assert.deepEqual(titles(lastKnownHere(there)), []);
  lastKnownHere(there).keep([summary('moon')]);
  assert.deepEqual([titles(lastKnownHere(here)), titles(lastKnownHere(there))], [['tides'], ['moon']]);
});

test('lists of a few machines are kept, those that were written last, and a broken one is none (U1)', () => {
  const everywhere = fakeMemory();
  const of = (owner: string) => lastKnownHere({ everywhere, window: fakeMemory(), owner });
  for (const owner of ['a', 'b', 'c', 'a', 'd']) of(owner).keep([summary(owner)]);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((owner) => titles(of(owner)).join()),
    ['a', '', 'c', 'd'],
  );
  for (const key of everywhere.keys()) void everywhere.update(key, 'broken');
  assert.deepEqual(titles(of('a')), []);
});

test('what a window kept before stands in where there is no list for all windows (U1)', () => {
  const window = fakeMemory();
  lastKnownIn(window, 'holdfast.lastKnownSessions').keep([summary('before')]);
  const list = lastKnownHere({ everywhere: fakeMemory(), window, owner: 'ada' });
  assert.deepEqual(titles(list), ['before']);
  list.keep([summary('after')]);
  assert.deepEqual(titles(list), ['after']);
});
