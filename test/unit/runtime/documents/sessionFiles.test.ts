import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { LONGEST_DOCUMENT } from '../../../../src/protocol/methods/documentMethods.ts';
import type { Interaction, Settlement } from '../../../../src/protocol/interaction.ts';
import { Documents } from '../../../../src/runtime/documents/documents.ts';
import { ANSWER_MS, SessionFiles } from '../../../../src/runtime/documents/sessionFiles.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { directory } from '../agent/harness.ts';
import { FakeWindow } from './fakeWindow.ts';

/** One session in one directory, with a file on the disk and two windows. */
function place(t: TestContext) {
  const root = directory(t);
  const clock = new ManualClock();
  const documents = new Documents(clock);
  const files = new SessionFiles({ documents, clock, roots: [root] });
  const file = path.join(root, 'a.txt');
  writeFileSync(file, 'on the disk');
  const window = new FakeWindow(documents);
  const other = new FakeWindow(documents, [], 'the other');
  const asked: Interaction[] = [];
  const answers: Settlement[] = [];
  const ask = (interaction: Interaction): Promise<Settlement> => {
    asked.push(interaction);
    return Promise.resolve(answers.shift() ?? { outcome: 'cancelled', reason: 'the turn was cancelled' });
  };
  return {
    ...{ root, clock, documents, files, file, window, other, asked, answers },
    onDisk: () => readFileSync(file, 'utf8'),
    write: (text: string) => files.write(file, text, ask),
  };
}

const choose = (optionId: string): Settlement => ({
  outcome: 'answered',
  answer: { kind: 'option', optionId },
});

test('what is unsaved in an editor is what an agent reads; what is saved is read from the disk (A5)', async (t) => {
  const { files, file, window } = place(t);
  await files.read(file);
  window.open(file, 'on the disk');
  writeFileSync(file, 'written by a command, and not yet reloaded');
  assert.equal(await files.read(file), 'written by a command, and not yet reloaded');
  window.type(file, 2, 'typed');
  assert.equal(await files.read(file), 'typed');
  window.save(file);
  assert.equal(await files.read(file), 'written by a command, and not yet reloaded');
});

test('a document that is too large to be followed is written by its window too, which keeps its unsaved edits (A5)', async (t) => {
  const { files, file, window, write, onDisk, asked } = place(t);
  await files.read(file);
  window.open(file, 'a');
  window.type(file, 2, 'x'.repeat(LONGEST_DOCUMENT + 1));
  assert.equal(await files.read(file), 'on the disk', 'what was saved is all that is known of it');
  const writing = write('by the agent');
  const request = await window.write();
  assert.deepEqual([request.text, request.baseVersion, request.overwrite], ['by the agent', 2, false]);
  request.answer({ outcome: 'dirty', version: 2 });
  await assert.rejects(writing, /nobody said what is to become of them/u);
  assert.equal(asked.length, 1);
  assert.equal(onDisk(), 'on the disk');
});

test('of two windows the one that changed a document last is read and asked to write it (A5)', async (t) => {
  const { files, file, window, other, write, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'a');
  other.open(file, 'a');
  window.type(file, 2, 'typed here');
  other.type(file, 7, 'typed there');
  assert.equal(await files.read(file), 'typed there');
  window.type(file, 3, 'typed here again');
  window.save(file);
  const writing = write('by the agent');
  const request = await window.write();
  assert.deepEqual([request.text, request.baseVersion, request.overwrite], ['by the agent', 3, false]);
  request.answer({ outcome: 'written', version: 4 });
  await writing;
  assert.equal(other.asked.length, 0);
  assert.equal(onDisk(), 'on the disk', 'saving is the window’s own work');
});

test('a file that no window has open, or that was closed meanwhile, is written on the disk (A5)', async (t) => {
  const { file, window, write, onDisk } = place(t);
  await write('first');
  assert.equal(onDisk(), 'first');
  window.open(file, 'first');
  const writing = write('second');
  (await window.write()).answer({ outcome: 'closed' });
  await writing;
  assert.equal(onDisk(), 'second');
});

test('a window with another version is asked once more with that one, and no third time (A5)', async (t) => {
  const { files, file, window, write } = place(t);
  await files.read(file);
  window.open(file, 'a');
  const writing = write('new');
  (await window.write()).answer({ outcome: 'changed', version: 5 });
  const second = await window.write(1);
  assert.equal(second.baseVersion, 5);
  second.answer({ outcome: 'changed', version: 6 });
  await assert.rejects(writing, /a\.txt was not written: it is being changed in the editor/u);
  assert.equal(window.asked.length, 2);
});

test('unsaved edits are overwritten only when the person says so (A5, W1)', async (t) => {
  const { files, file, window, write, asked, answers, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'a', { dirty: true });
  answers.push(choose('overwrite'));
  const writing = write('new');
  (await window.write()).answer({ outcome: 'dirty', version: 3 });
  const second = await window.write(1);
  assert.deepEqual([second.baseVersion, second.overwrite], [3, true]);
  second.answer({ outcome: 'written', version: 4 });
  await writing;
  const [question] = asked;
  assert.ok(question?.kind === 'permission');
  assert.equal(question.title, 'Overwrite your unsaved edits in a.txt?');
  assert.ok(
    question.options.every(({ kind }) => !kind.startsWith('allow')),
    'nothing allows it by itself',
  );
  assert.equal(onDisk(), 'on the disk');
});

for (const [how, settlement, words] of [
  ['keeps them', choose('keep'), /the person keeps the unsaved edits/u],
  ['rejects', { outcome: 'answered', answer: { kind: 'reject' } }, /the person keeps the unsaved edits/u],
  ['dismisses', { outcome: 'answered', answer: { kind: 'dismiss' } }, /the person keeps the unsaved edits/u],
  ['is not there', { outcome: 'cancelled', reason: 'the turn was cancelled' }, /the turn was cancelled/u],
] as const satisfies readonly (readonly [string, Settlement, RegExp])[]) {
  test(`unsaved edits stay, and the agent is told, when the person ${how} (A5, W1)`, async (t) => {
    const { files, file, window, write, answers, onDisk } = place(t);
    await files.read(file);
    window.open(file, 'a', { dirty: true });
    answers.push(settlement);
    const writing = write('new');
    (await window.write()).answer({ outcome: 'dirty', version: 1 });
    await assert.rejects(writing, words);
    assert.equal(window.asked.length, 1);
    assert.equal(onDisk(), 'on the disk');
  });
}

test('a window that does not answer is told not to write any more, and a clean document is written on the disk (A5)', async (t) => {
  const { files, file, window, clock, write, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'on the disk');
  const writing = write('new');
  const request = await window.write();
  clock.advance(ANSWER_MS - 1);
  assert.equal(request.signal.aborted, false);
  clock.advance(1);
  await writing;
  assert.equal(request.signal.aborted, true);
  assert.equal(onDisk(), 'new');
});

test('a window that does not answer and has unsaved edits loses none: the agent is told why (A5)', async (t) => {
  const { files, file, window, clock, write, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'on the disk');
  const writing = write('new');
  await window.write();
  window.type(file, 2, 'typed meanwhile');
  clock.advance(ANSWER_MS);
  await assert.rejects(
    writing,
    /has unsaved edits in the editor, which did not answer; save or discard them/u,
  );
  assert.equal(onDisk(), 'on the disk');
});

test('a window that goes in the middle of a write leaves the disk, unless it had unsaved edits (A5)', async (t) => {
  const { files, file, window, other, write, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'on the disk');
  const writing = write('new');
  await window.write();
  window.leave();
  await writing;
  assert.equal(onDisk(), 'new');

  other.open(file, 'typed', { dirty: true });
  const again = write('newer');
  await other.write();
  other.leave();
  await assert.rejects(again, /has unsaved edits in the other, which is gone or refused/u);
  assert.equal(onDisk(), 'new');
});

test('a window that could not save says why, and so is the agent told (A5)', async (t) => {
  const { files, file, window, write, onDisk } = place(t);
  await files.read(file);
  window.open(file, 'on the disk');
  const writing = write('new');
  (await window.write()).answer({ outcome: 'failed', reason: 'the disk is full' });
  await assert.rejects(writing, /the editor could not: the disk is full/u);
  assert.equal(onDisk(), 'on the disk');
});
