import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlobReader, PART_BYTES } from '../../../../src/runtime/journal/blobReader.ts';
import { Database } from '../../../../src/runtime/journal/database.ts';
import type { SessionImport } from '../../../../src/runtime/journal/journal.ts';
import { damage } from './damage.ts';
import { beside, id, open, started } from './temporary.ts';
import { nothing, rows } from './unseenRows.ts';

/** Bytes of which no stretch is like another. */
function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((at * 7919) % 2 ** 32, at);
  return bytes;
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Takes a content in stretch by stretch, each in a transaction of its own. */
function takeIn(taken: SessionImport, bytes: Buffer, stretch: number): void {
  for (let at = 0; at === 0 || at < bytes.length; at += stretch) {
    taken.putBlob(sha256Of(bytes), bytes.subarray(at, at + stretch), bytes.length);
    taken.write();
  }
}

const large = content(5 * PART_BYTES + 1000);
const largeSha256 = sha256Of(large);

test('a very large content is written part by part as it comes, and is there for others with the last of it (J7, law 7)', async (context) => {
  const { journal, file, tick } = open(context);
  const taken = journal.import(id('taken'));
  taken.log.append({ at: 1, event: started() });
  taken.putBlob(largeSha256, large.subarray(0, 2 * PART_BYTES + 1), large.length);
  taken.write();
  const { blob, blob_part: parts } = rows(context, file);
  assert.deepEqual([blob, parts, journal.readBlob(largeSha256)], [0, 2, undefined]);
  assert.deepEqual((await journal.check()).problems, [], 'what is under way is no damage');
  taken.putBlob(largeSha256, large.subarray(2 * PART_BYTES + 1), large.length);
  taken.show();
  tick();
  assert.deepEqual(Buffer.from(journal.readBlob(largeSha256)?.bytes ?? []), large);
  const widest = beside(context, file).prepare('SELECT max(length(bytes)) AS n FROM blob_part').get();
  assert.equal(widest?.['n'], PART_BYTES);
  assert.deepEqual((await journal.check()).problems, []);
  beside(context, file).exec('DELETE FROM blob_part WHERE part = 2');
  assert.equal(journal.readBlob(largeSha256), undefined, 'what misses a part is not given out');
  assert.equal(journal.readBlob(largeSha256, { length: 10 })?.bytes.length, 10);
  assert.deepEqual((await journal.check()).problems, [`the content ${largeSha256} is damaged`]);
});

test('any stretch of a content is what was put there, however it came and however it is stored (law 7)', (context) => {
  const { journal, file, tick } = open(context);
  let count = 0;
  const length = fc.oneof(
    fc.nat(3 * PART_BYTES),
    fc.nat(3).map((parts) => parts * PART_BYTES),
  );
  const stretch = fc.integer({ min: 10_000, max: 2 * PART_BYTES });
  const property = fc.property(length, stretch, fc.nat(), fc.nat(), (size, each, from, many) => {
    const bytes = content(size);
    const sha256 = sha256Of(bytes);
    const session = id(`s${++count}`);
    if (many % 2 === 0) {
      const taken = journal.import(session);
      taken.log.append({ at: 1, event: started() });
      takeIn(taken, bytes, each);
      taken.show();
    } else {
      journal.create(session).append({ at: 1, event: started() });
      journal.putBlob(session, bytes);
    }
    tick();
    const range = { offset: from % (size + 2), length: many % (size + 2) };
    const { offset } = range;
    const part = journal.readBlob(sha256, range);
    assert.deepEqual(Buffer.from(part?.bytes ?? []), bytes.subarray(offset, offset + range.length));
    assert.equal(part?.size, size);
    assert.equal(sha256Of(Buffer.from(journal.readBlob(sha256)?.bytes ?? [])), sha256);
    journal.delete(session);
  });
  fc.assert(property, { numRuns: 60 });
  assert.deepEqual(rows(context, file), nothing);
});

test('a very large content is removed part by part, is whole for who takes it up meanwhile, and stays with who holds it (J7)', (context) => {
  const { journal, file, tick, pass } = open(context);
  const many = content(80 * PART_BYTES);
  const sha256 = sha256Of(many);
  const begin = (name: string): void => {
    journal.create(id(name)).append({ at: 1, event: started() });
    journal.putBlob(id(name), many);
    tick();
  };
  begin('a');
  journal.delete(id('a'));
  const left = rows(context, file);
  assert.ok(left['blob'] === 0 && (left['blob_part'] ?? 0) > 0, `${left['blob_part']} parts wait`);
  assert.equal(journal.readBlob(sha256), undefined);
  begin('b');
  begin('c');
  journal.delete(id('b'));
  for (let slice = 0; slice < 50; slice++) pass(100);
  assert.deepEqual(rows(context, file), {
    ...nothing,
    ...{ session: 1, head: 1, envelope: 1, blob: 1, blob_part: 80, blob_ref: 1 },
  });
  assert.ok(many.equals(Buffer.from(journal.readBlob(sha256)?.bytes ?? [])));
  journal.delete(id('c'));
  for (let slice = 0; slice < 50; slice++) pass(100);
  assert.deepEqual(rows(context, file), nothing);
});

test('what an earlier version wrote in one row is read, shared and removed as it is (J8)', async (context) => {
  const { journal, file, tick, pass } = open(context);
  journal.create(id('a')).append({ at: 1, event: started() });
  tick();
  const database = beside(context, file);
  database.prepare('INSERT INTO blob VALUES (?, ?, ?)').run(largeSha256, large.length, large);
  database.prepare('INSERT INTO blob_ref VALUES (?, 1)').run(largeSha256);
  const taken = journal.import(id('b'));
  taken.log.append({ at: 1, event: started() });
  takeIn(taken, large, 100_000);
  taken.show();
  tick();
  assert.deepEqual([rows(context, file)['blob'], rows(context, file)['blob_part']], [1, 0]);
  journal.delete(id('a'));
  const part = journal.readBlob(largeSha256, { offset: PART_BYTES - 5, length: 10 });
  assert.deepEqual(Buffer.from(part?.bytes ?? []), large.subarray(PART_BYTES - 5, PART_BYTES + 5));
  assert.deepEqual((await journal.check()).problems, []);
  journal.delete(id('b'));
  for (let slice = 0; slice < 20; slice++) pass(100);
  assert.deepEqual(rows(context, file), nothing);
});

test('a check reads a content from its first part on, holding one at a time, also where a later one is damaged (law 7)', (context) => {
  const { journal, file, tick } = open(context);
  journal.create(id('a')).append({ at: 1, event: started() });
  const long = Buffer.alloc(3 * PART_BYTES, 'x');
  long.write('in the last part', 2.5 * PART_BYTES);
  journal.putBlob(id('a'), long);
  tick();
  damage(context, file, 'in the last part');
  const database = new Database(file, { readOnly: true });
  const lengths: number[] = [];
  const read = (): void => {
    for (const { byteLength } of new BlobReader(database).stretches(sha256Of(long))) lengths.push(byteLength);
  };
  assert.throws(read, /malformed/u);
  database.close();
  assert.deepEqual(lengths, [0, PART_BYTES, PART_BYTES], 'its row has none of it');
});
