import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../src/base/emitter.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { ReadingParts } from '../../../src/extension/reading.ts';
import { summary } from './summary.ts';
import '../../support/fakeVscode.ts';

const { Reading } = await import('../../../src/extension/reading.ts');

test('what a person has read is said once, and once more where it could not be taken down (U1)', async (t) => {
  const places = new Emitter<void>();
  const said: unknown[] = [];
  let refuses = true;
  const logged = new Emitter<void>();
  const parts: ReadingParts = {
    connection: {
      request: (_, params) => {
        said.push(params);
        return refuses ? Promise.reject(new Error('the disk is full')) : Promise.resolve({} as never);
      },
      viewOf: () => ({ state: 'connected' }),
    },
    list: {
      get: () => summary('tides', { attention: 'finished', seq: 7 }),
      onChange: new Emitter<void>().listen,
    },
    places: { shown: new Set(['tides' as SessionId]), isSeen: () => true, onChange: places.listen },
    log: () => logged.fire(),
  };
  const reading = new Reading(parts);
  t.after(() => reading.dispose());
  const refused = new Promise<void>((resolve) => logged.listen(resolve));
  places.fire();
  places.fire();
  assert.deepEqual(said, [{ sessionId: 'tides', readSeq: 7 }]);
  await refused;
  refuses = false;
  places.fire();
  places.fire();
  assert.equal(said.length, 2);
});
