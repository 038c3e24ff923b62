import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Documents } from '../../../../src/runtime/documents/documents.ts';
import { SessionFiles } from '../../../../src/runtime/documents/sessionFiles.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { directory } from '../agent/harness.ts';
import { below, FakeWindow } from './fakeWindow.ts';

function place(t: TestContext) {
  const outside = directory(t);
  const clock = new ManualClock();
  const documents = new Documents(clock);
  const folder = (name: string): string => {
    const made = path.join(outside, name);
    mkdirSync(made, { recursive: true });
    return made;
  };
  const session = (...roots: string[]) => new SessionFiles({ documents, clock, roots });
  return { outside, clock, documents, folder, session };
}

/** Resolves when a window looks in exactly these directories. */
async function looksIn(window: FakeWindow, ...uris: string[]): Promise<void> {
  while (JSON.stringify(window.bases.toSorted()) !== JSON.stringify(uris.toSorted()))
    await window.nextRegistration();
}

test('a window is asked for its documents while sessions have directories, and no longer (A5)', async (t) => {
  const { documents, folder, session } = place(t);
  const [first, second] = [folder('first'), folder('second')];
  const window = new FakeWindow(documents);
  assert.deepEqual(window.bases, []);
  const one = session(first);
  await looksIn(window, below(first));
  assert.deepEqual(
    [...window.registered.values()].map(({ method }) => method.replace('textDocument/', '')),
    ['didOpen', 'didChange', 'didSave', 'didClose'],
  );
  const two = session(second, path.join(first, 'inner'));
  await looksIn(window, below(first), below(second));
  one.dispose();
  await looksIn(window, below(first, 'inner'), below(second));
  two.dispose();
  await looksIn(window);
  assert.equal(window.registered.size, 0);
});

test('what is known of documents goes with the last session in their directory (A5)', async (t) => {
  const { documents, folder, session } = place(t);
  const [first, second] = [folder('first'), folder('second')];
  const window = new FakeWindow(documents);
  const [one, two] = [session(first), session(second)];
  await looksIn(window, below(first), below(second));
  for (const root of [first, second]) window.open(path.join(root, 'a.txt'), 'typed', { dirty: true });
  assert.equal(await two.read(path.join(second, 'a.txt')), 'typed');
  assert.equal(window.size, 2);
  one.dispose();
  assert.equal(window.size, 1);
  two.dispose();
  assert.equal(window.size, 0);
});

test('a window that came to a directory by another way is asked in its own spelling (A5)', async (t) => {
  const { outside, documents, folder, session } = place(t);
  const real = folder('real');
  symlinkSync(real, path.join(outside, 'alias'), 'junction');
  folder(path.join('real', 'inner'));
  const alias = path.join(outside, 'alias');
  const window = new FakeWindow(documents, [alias, 'not absolute']);
  const wide = session(real);
  await looksIn(window, below(real), below(alias));
  wide.dispose();
  const narrow = session(path.join(real, 'inner'));
  await looksIn(window, below(real, 'inner'), below(alias, 'inner'));
  narrow.dispose();
});

test('a window that is given another folder is asked there by the path that it has for it (A5)', async (t) => {
  const { outside, documents, folder, session } = place(t);
  const real = folder('real');
  const alias = path.join(outside, 'alias');
  symlinkSync(real, alias, 'junction');
  const window = new FakeWindow(documents);
  session(real);
  await looksIn(window, below(real));
  window.moved([alias]);
  await looksIn(window, below(real), below(alias));
  window.moved([]);
  await looksIn(window, below(real));
});

test('a read waits for what a window has open, but not for one that does not answer (A5)', async (t) => {
  const { clock, documents, folder, session } = place(t);
  const root = folder('root');
  const file = path.join(root, 'a.txt');
  writeFileSync(file, 'on the disk');
  const window = new FakeWindow(documents);
  window.deaf = true;
  const files = session(root);
  await looksIn(window, below(root));
  const reading = files.read(file);
  window.open(file, 'typed', { dirty: true });
  clock.advance(1000);
  assert.equal(await reading, 'typed');
});

test('a window that connects when sessions are live is asked at once, and forgotten when it goes (A5)', async (t) => {
  const { documents, folder, session } = place(t);
  const root = folder('root');
  const files = session(root);
  const file = path.join(root, 'a.txt');
  writeFileSync(file, 'on the disk');
  const window = new FakeWindow(documents);
  await looksIn(window, below(root));
  window.open(file, 'typed', { dirty: true });
  assert.equal(await files.read(file), 'typed');
  window.leave();
  assert.equal(await files.read(file), 'on the disk');
});
