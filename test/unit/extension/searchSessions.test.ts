import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../../support/fakeVscode.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';

const { find } = await import('../../../src/extension/searchSessions.ts');
type Searched = Parameters<typeof find>[0];

const hit = (title: string): object => ({
  sessionId: title,
  title,
  snippet: 'tides',
  matches: [[0, 5]],
  at: 0,
});
const finds = (...titles: readonly string[]) => ({
  request: () => Promise.resolve({ hits: titles.map(hit), indexing: false }),
});
const failing = { request: () => Promise.reject(new HoldfastError('timedOut', '3000 ms')) };

/** A remote host that stands so. */
function host(name: string, answer: object, state = 'connected') {
  const found: string[] = [];
  return { name, view: { state }, found: (id: string) => found.push(id), ...answer };
}

async function labels(connection: object, ...all: readonly object[]): Promise<string[]> {
  const items = await find({ connection, hosts: { all } } as unknown as Searched, 'tides');
  return items.map(({ label, hit: place }) => (place === undefined ? label : `found: ${place.title}`));
}

test('hosts that are not searched are told of behind what was found, each with why (J6, O7)', async () => {
  assert.deepEqual(
    await labels(
      finds('Ebb'),
      host('near', finds('Flood')),
      host('slow', failing),
      host('away', finds('never asked'), 'unreachable'),
    ),
    ['found: Ebb', 'found: Flood', 'slow was not searched: 3000 ms', 'away was not searched: unreachable'],
  );
});

test('what hosts have is found also where this machine’s runtime does not answer (J6, O7, U8)', async () => {
  assert.deepEqual(await labels(failing, host('near', finds('Flood'))), ['found: Flood', '3000 ms']);
});

test('nothing is said to be found only where all was searched (J6)', async () => {
  assert.deepEqual(await labels(finds(), host('near', finds())), ['Nothing was found.']);
  assert.deepEqual(await labels(finds(), host('away', finds(), 'idle')), [
    'away was not searched: not connected',
  ]);
});
