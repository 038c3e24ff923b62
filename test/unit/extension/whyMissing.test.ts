import assert from 'node:assert/strict';
import { test } from 'node:test';

import { whyMissing } from '../../../src/extension/whyMissing.ts';
import { english } from '../../../src/extension/words.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';

test('a chat of a session that was deleted says so, and what one can do; any other reason is told as it is [U3]', () => {
  const deleted = whyMissing(new HoldfastError('sessionNotFound', 'no session 1234'), english);
  assert.match(deleted, /was deleted.*begin a new one/);
  assert.doesNotMatch(deleted, /1234/);
  const away = whyMissing(new HoldfastError('sessionNotFound', 'no session 1234'), english, 'quay');
  assert.match(away, /on the remote host quay, which was removed here/);
  const unreachable = new HoldfastError('runtimeUnreachable', 'nobody is there');
  assert.equal(whyMissing(unreachable, english), 'nobody is there');
});
