import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  LONGEST_DOCUMENT,
  LONGEST_TOGETHER,
  MOST_DOCUMENTS,
} from '../../../../src/protocol/methods/documentMethods.ts';
import { uriOfFile } from '../../../../src/runtime/documents/fileUri.ts';
import { isInside } from '../../../../src/runtime/documents/realPath.ts';
import { WindowDocuments } from '../../../../src/runtime/documents/windowDocuments.ts';
import { directory } from '../agent/harness.ts';

interface Change {
  readonly text: string;
  readonly range?: object;
}

/** A store for the documents in one directory, with short words for what a window says. */
function store(t: TestContext) {
  const outside = directory(t);
  const root = path.join(outside, 'root');
  mkdirSync(root);
  let changes = 0;
  let wanted: string | undefined = root;
  const documents = new WindowDocuments({
    isWanted: (file) => wanted !== undefined && isInside(wanted, file),
    nextChange: () => ++changes,
  });
  const file = (name: string): string => path.join(root, name);
  const open = (name: string, text: string, more: object = {}): void =>
    documents.take('textDocument/didOpen', {
      textDocument: { uri: uriOfFile(file(name)), languageId: 'text', version: 1, text },
      ...more,
    });
  const change = (
    name: string,
    version: number,
    contentChanges: readonly Change[],
    more: object = {},
  ): void =>
    documents.take('textDocument/didChange', {
      textDocument: { uri: uriOfFile(file(name)), version },
      contentChanges,
      ...more,
    });
  const say = (what: 'didSave' | 'didClose', name: string): void =>
    documents.take(`textDocument/${what}`, { textDocument: { uri: uriOfFile(file(name)) } });
  const find = (name: string) => documents.find(file(name));
  return { documents, outside, root, open, change, say, find, unwant: () => void (wanted = undefined) };
}

const at = (line: number, from: number, to: number) => ({
  start: { line, character: from },
  end: { line, character: to },
});

test('what is typed is known character by character, in the units of the editor (A5)', async (t) => {
  const { open, change, find } = store(t);
  open('a.txt', 'one 😀\r\ntwo');
  assert.deepEqual({ ...(await find('a.txt')) }.isDirty, false);
  change('a.txt', 2, [{ range: at(1, 0, 3), text: 'zwei' }]);
  change('a.txt', 3, [{ range: at(0, 4, 6), text: 'ß' }]);
  const document = await find('a.txt');
  assert.equal(document?.text, 'one ß\r\nzwei');
  assert.equal(document.version, 3);
  assert.equal(document.isDirty, true);
  change('a.txt', 4, [{ text: 'all of it' }]);
  assert.equal(document.text, 'all of it', 'a document that was found is followed');
});

test('a change that is told twice, or late, is made once (A5)', async (t) => {
  const { open, change, find } = store(t);
  open('a.txt', 'a');
  for (let twice = 0; twice < 2; twice++) change('a.txt', 2, [{ range: at(0, 1, 1), text: 'b' }]);
  change('a.txt', 1, [{ text: 'older' }]);
  assert.equal((await find('a.txt'))?.text, 'ab');
});

test('a document is dirty from its first change until it is saved, or what the window says of it (A5)', async (t) => {
  const { open, change, say, find } = store(t);
  open('a.txt', 'a');
  const dirty = async () => (await find('a.txt'))?.isDirty;
  change('a.txt', 2, [{ text: 'b' }]);
  assert.equal(await dirty(), true);
  say('didSave', 'a.txt');
  assert.equal(await dirty(), false);
  change('a.txt', 3, [{ text: 'from the disk' }], { dirty: false });
  assert.equal(await dirty(), false);
  change('a.txt', 3, [], { dirty: true });
  assert.equal(await dirty(), true);
  open('b.txt', 'kept from the last time', { dirty: true });
  assert.equal((await find('b.txt'))?.isDirty, true);
});

test('who changed it last is counted by what a person did, not by what came from the disk (A5)', async (t) => {
  const { open, change, find } = store(t);
  open('a.txt', 'a');
  assert.equal((await find('a.txt'))?.changed, 0);
  change('a.txt', 2, [{ text: 'from the disk' }], { dirty: false });
  assert.equal((await find('a.txt'))?.changed, 0);
  change('a.txt', 3, [{ text: 'typed' }], { dirty: true });
  assert.equal((await find('a.txt'))?.changed, 1);
});

test('a document is found by its real path, however the window came to it, also before it is on the disk (A5)', async (t) => {
  const { outside, root, documents, find } = store(t);
  writeFileSync(path.join(root, 'a.txt'), '');
  symlinkSync(root, path.join(outside, 'alias'), 'junction');
  const opened = (file: string): void =>
    documents.take('textDocument/didOpen', {
      textDocument: { uri: uriOfFile(file), languageId: 'text', version: 1, text: file },
    });
  opened(path.join(outside, 'alias', 'a.txt'));
  opened(path.join(outside, 'alias', 'new', 'b.txt'));
  assert.equal((await find('a.txt'))?.text, path.join(outside, 'alias', 'a.txt'));
  assert.equal((await find(path.join('new', 'b.txt')))?.text, path.join(outside, 'alias', 'new', 'b.txt'));
});

test('nothing is kept of documents outside of the sessions’ directories, nor of what is no file (A5, S3)', async (t) => {
  const { outside, root, documents, open, unwant, find } = store(t);
  writeFileSync(path.join(outside, 'secret'), '');
  symlinkSync(outside, path.join(root, 'out'), 'junction');
  open(path.join('out', 'secret'), 'led out by a link');
  open(path.join('..', 'secret'), 'outside');
  for (const uri of ['untitled:Untitled-1', 'git:/root/a.txt'])
    documents.take('textDocument/didOpen', { textDocument: { uri, languageId: '', version: 1, text: '' } });
  open('a.txt', 'inside');
  assert.equal((await find('a.txt'))?.text, 'inside');
  assert.equal(documents.size, 1);
  unwant();
  documents.prune();
  assert.equal(documents.size, 0);
});

test('a document that is too long, or one too many, is not followed until it is opened anew; that it is unsaved is known (A5)', async (t) => {
  const { open, change, say, find } = store(t);
  const isFollowed = async (name: string) => (await find(name))?.text !== undefined;
  open('long.txt', 'x'.repeat(LONGEST_DOCUMENT + 1));
  open('grows.txt', 'x'.repeat(LONGEST_DOCUMENT));
  assert.deepEqual([await isFollowed('long.txt'), await isFollowed('grows.txt')], [false, true]);
  change('grows.txt', 2, [{ range: at(0, 0, 0), text: 'y' }]);
  change('grows.txt', 3, [{ range: at(0, 0, 1), text: '' }]);
  const grown = await find('grows.txt');
  assert.deepEqual([grown?.text, grown?.isDirty, grown?.version], [undefined, true, 3]);
  say('didSave', 'grows.txt');
  assert.equal(grown?.isDirty, false);
  const fitting = LONGEST_TOGETHER / LONGEST_DOCUMENT;
  for (let count = 0; count <= fitting; count++) open(`large-${count}.txt`, 'x'.repeat(LONGEST_DOCUMENT));
  assert.equal(await isFollowed(`large-${fitting - 1}.txt`), true);
  assert.equal(await isFollowed(`large-${fitting}.txt`), false);
  say('didClose', 'large-0.txt');
  for (let count = 0; count <= MOST_DOCUMENTS; count++) open(`small-${count}.txt`, '');
  assert.equal(await isFollowed(`small-${MOST_DOCUMENTS - fitting}.txt`), true);
  assert.equal(await isFollowed(`small-${MOST_DOCUMENTS}.txt`), false);
});

test('a notification that cannot be read is refused with the field’s name, and never with the text (A5)', (t) => {
  const { documents } = store(t);
  assert.throws(
    () => documents.take('textDocument/didOpen', { textDocument: { uri: 'file:///a', text: 'secret' } }),
    (error: Error) => /textDocument\.version/u.test(error.message) && !error.message.includes('secret'),
  );
});
