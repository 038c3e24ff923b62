import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { beside, id, open, started } from './temporary.ts';

const data = Buffer.from('the output of a long command');
const sha256 = createHash('sha256').update(data).digest('hex');

test('a blob is read by its SHA-256, whole or in part, before and after its commit (law 7)', (context) => {
  const { journal, tick } = open(context);
  journal.create(id('a')).append({ at: 1, event: started() });
  assert.equal(journal.putBlob(id('a'), data), sha256);
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(Buffer.from(journal.readBlob(sha256)?.bytes ?? []), data);
    const part = journal.readBlob(sha256, { offset: 4, length: 6 });
    assert.deepEqual([Buffer.from(part?.bytes ?? []).toString(), part?.size], ['output', data.length]);
    assert.equal(journal.readBlob(sha256, { offset: 999 })?.bytes.length, 0);
    tick();
  }
  assert.equal(journal.readBlob('0'.repeat(64)), undefined);
});

test('a blob is stored once, and freed with the last session that holds it (J7)', (context) => {
  const { journal, file } = open(context);
  for (const name of ['a', 'b']) {
    journal.create(id(name)).append({ at: 1, event: started() });
    journal.putBlob(id(name), data);
    journal.putBlob(id(name), data);
  }
  journal.count();
  const blobs = beside(context, file).prepare('SELECT count(*) AS n FROM blob');
  assert.equal(blobs.get()?.['n'], 1);
  journal.delete(id('a'));
  assert.deepEqual(Buffer.from(journal.readBlob(sha256)?.bytes ?? []), data);
  journal.delete(id('b'));
  assert.equal(journal.readBlob(sha256), undefined);
  assert.equal(blobs.get()?.['n'], 0);
});

test('an empty blob is a blob, and a blob needs a session', (context) => {
  const { journal, tick } = open(context);
  journal.create(id('a')).append({ at: 1, event: started() });
  const empty = journal.putBlob(id('a'), new Uint8Array());
  tick();
  assert.deepEqual([journal.readBlob(empty)?.size, journal.readBlob(empty)?.bytes.length], [0, 0]);
  assert.throws(() => journal.putBlob(id('nobody'), data), { kind: 'sessionNotFound' });
});
