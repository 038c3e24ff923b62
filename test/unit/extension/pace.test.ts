import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Emitter } from '../../../src/base/emitter.ts';
import { paced } from '../../../src/extension/pace.ts';

test('a burst is acted on at once and then once more, its end included; nothing comes after it is let go (U1, U2)', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told = new Emitter<void>();
  let acts = 0;
  const owned = paced(told.listen, 200, () => acts++);
  for (let change = 0; change < 1_000; change++) told.fire();
  assert.equal(acts, 1);
  t.mock.timers.tick(200);
  assert.equal(acts, 2);
  t.mock.timers.tick(200);
  assert.equal(acts, 2, 'nothing was told since');
  told.fire();
  told.fire();
  owned.dispose();
  t.mock.timers.tick(1_000);
  told.fire();
  assert.equal(acts, 3);
});
