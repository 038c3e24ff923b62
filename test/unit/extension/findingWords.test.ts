import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { finding, findings, unlooked, type Finding } from '../../../src/client/findings.ts';
import { findingWords } from '../../../src/extension/findingWords.ts';
import { english, type Translate } from '../../../src/extension/words.ts';

const bundle = JSON.parse(
  readFileSync(new URL('../../../l10n/bundle.l10n.de.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

const all: readonly Finding[] = [
  ...(Object.keys(findings) as (keyof typeof findings)[]).map((code) =>
    finding(code, 'first', 'second', 'third', 'fourth', 'fifth'),
  ),
  unlooked('disk', 'first'),
];

test('the editor says of every finding in English what the terminal says of it (U6, U8)', () => {
  for (const found of all) {
    const { text, help } = findingWords(found, english);
    assert.deepEqual({ text, help }, { text: found.text, help: found.help }, found.code);
  }
});

test('every finding has its German, and so has the name of what was looked at (U6)', () => {
  for (const found of all) {
    const asked: string[] = [];
    const german: Translate = (text, ...values) => {
      asked.push(text);
      return english(bundle[text] ?? text, ...values);
    };
    const { text, help, check } = findingWords(found, german);
    assert.deepEqual(
      asked.filter((words) => bundle[words] === undefined),
      [],
      found.code,
    );
    assert.ok(asked.length > 0 && check !== found.check, `${found.code}: ${check}`);
    // What is left as it is holds values alone, or a command.
    if (/[a-z]{3,} [a-z]{3,} [a-z]{3,}/u.test(found.text)) assert.notEqual(text, found.text, found.code);
    if (found.help !== undefined && !found.help.startsWith('chmod'))
      assert.notEqual(help, found.help, found.code);
  }
});
