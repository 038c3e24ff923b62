import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { saidError } from '../../../src/extension/saidError.ts';
import { english, type Translate } from '../../../src/extension/words.ts';
import { errorWords } from '../../../src/protocol/errorWords.ts';
import { errorCodes, HoldfastError, type ErrorKind } from '../../../src/protocol/errors.ts';

const bundle = JSON.parse(
  readFileSync(new URL('../../../l10n/bundle.l10n.de.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;
const german: Translate = (text, ...values) => english(bundle[text] ?? text, ...values);
const kinds = Object.keys(errorCodes) as ErrorKind[];

test('every kind of failure is said in German, and in English in its own words (U6)', () => {
  const sentences = new Set<string>();
  for (const kind of kinds) {
    const error = new HoldfastError(kind, 'the words of the runtime', { path: '/tides' });
    assert.equal(saidError(error, english), 'the words of the runtime', kind);
    const said = saidError(error, german);
    assert.notEqual(said.split(':')[0], 'the words of the runtime', kind);
    assert.match(said, /^[^{}]+?(?:\.|: the words of the runtime)$/u, kind);
    sentences.add(said);
  }
  assert.equal(sentences.size, kinds.length, 'no two kinds are said alike');
});

test('what is said in German names what it is about, or goes on with the words that do (U6)', () => {
  const words = 'the working directory /tides does not exist';
  const missing = new HoldfastError('cwdMissing', words, { path: '/tides' });
  assert.equal(saidError(missing, german), 'Das Arbeitsverzeichnis /tides gibt es nicht.');
  assert.equal(
    errorWords({ kind: 'cwdMissing', message: words }, german),
    `Das Arbeitsverzeichnis gibt es nicht: ${words}`,
  );
  const busy = new HoldfastError('sessionBusy', 'a turn is running in “Ebb”; cancel it first');
  assert.equal(
    saidError(busy, german),
    'Die Sitzung ist beschäftigt: a turn is running in “Ebb”; cancel it first',
  );
});

test('what has no kind that is known here keeps its words (U6)', () => {
  assert.equal(errorWords({ kind: 'ofTomorrow', message: 'no' }, german), 'no');
  assert.equal(errorWords({ kind: 'toString', message: 'no' }, german), 'no');
  assert.equal(saidError(new Error('disk full'), german), 'disk full');
});
