import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, questionValue } from '../../../src/cli/asking.ts';
import { answerFor } from '../../../src/cli/commands/answer.ts';
import { shellLine } from '../../../src/cli/commands/command.ts';
import { shortIds } from '../../../src/cli/sessionPrefix.ts';
import { table } from '../../../src/cli/table.ts';
import { ago, duration } from '../../../src/cli/times.ts';

test('columns are aligned, and shrinking ones give way to the width', () => {
  const columns = [
    { title: 'ID', value: ([id]: string[]) => id ?? '' },
    { title: 'TITLE', value: ([, title]: string[]) => title ?? '', shrinks: true },
  ];
  const rows = [
    ['1', 'short'],
    ['22', 'a title that goes on and on'],
    ['3', 'two\nlines'],
  ];
  assert.deepEqual(table(columns, rows), [
    'ID  TITLE',
    '1   short',
    '22  a title that goes on and on',
    '3   two lines',
  ]);
  const narrow = table(columns, rows, 20);
  assert.ok(narrow.every((line) => line.length <= 20));
  assert.equal(narrow[2], '22  a title that go…');
});

test('times are told in few characters', () => {
  assert.deepEqual(
    [0, 59, 60, 3600, 90_000].map((seconds) => ago(0, seconds * 1000)),
    ['now', 'now', '1 min', '1 h', '1 d'],
  );
  assert.equal(ago(1000, 0), 'now', 'also when clocks differ');
  assert.equal(duration(12_000), '12 s');
});

test('short ids have at least eight characters and are unambiguous', () => {
  assert.deepEqual(
    [...shortIds(['aaaaaaaaaa1', 'aaaaaaaaaa2', 'bbbbbbbbbbbb']).values()],
    ['aaaaaaaaaa1', 'aaaaaaaaaa2', 'bbbbbbbb'],
  );
});

test('a shell line means exactly the given words', () => {
  assert.equal(shellLine(['a && b'], 'linux'), 'a && b');
  assert.equal(shellLine(['echo', 'a b', '$HOME', ''], 'linux'), `echo 'a b' '$HOME' ''`);
  assert.equal(shellLine(['echo', "it's"], 'win32'), `echo 'it''s'`);
});

test('an option is named by its id, its name or its number', () => {
  const options = [
    { optionId: '2', name: 'First' },
    { optionId: 'b', name: 'Second' },
  ];
  const names = (option: { optionId: string; name: string }) => [option.optionId, option.name];
  assert.equal(choose(options, ' First ', names), options[0]);
  assert.equal(choose(options, '2', names), options[0], 'an id goes before a number');
  assert.equal(choose(options, '1', names), options[0]);
  assert.equal(choose(options, '3', names), undefined);
});

test('a question takes options, several where it allows them, and free words where it allows those', () => {
  const question = {
    questionId: 'q',
    text: '?',
    options: [
      { optionId: 'a', label: 'A' },
      { optionId: 'b', label: 'B' },
    ],
    multiSelect: false,
    freeText: false,
  };
  assert.equal(questionValue(question, '2'), 'b');
  assert.equal(questionValue(question, 'else'), undefined);
  assert.equal(questionValue({ ...question, freeText: true }, 'else'), 'else');
  assert.deepEqual(questionValue({ ...question, multiSelect: true }, 'A, 2'), ['a', 'b']);
  assert.equal(questionValue({ ...question, multiSelect: true }, 'A, x'), undefined);
});

test('a word answers what it can answer', () => {
  const url = { kind: 'url', title: 'Sign in', url: 'https://example.org' } as const;
  assert.deepEqual(answerFor(url, 'accept'), { kind: 'accept' });
  assert.deepEqual(answerFor(url, 'reject'), { kind: 'reject' });
  assert.equal(answerFor(url, 'yes'), undefined);
  const question = { questionId: 'q', text: '?', options: [], multiSelect: false, freeText: true };
  assert.deepEqual(answerFor({ kind: 'question', title: 'Q', questions: [question] }, 'blue'), {
    kind: 'values',
    values: { q: 'blue' },
  });
  assert.equal(
    answerFor({ kind: 'question', title: 'Q', questions: [question, question] }, 'blue'),
    undefined,
  );
  const own = {
    kind: 'permission',
    title: 'P',
    options: [{ optionId: 'reject', name: 'No', kind: 'reject_once' }],
  } as const;
  assert.deepEqual(answerFor({ ...own, options: [...own.options] }, 'reject'), {
    kind: 'option',
    optionId: 'reject',
  });
  assert.deepEqual(answerFor({ ...own, options: [...own.options] }, 'dismiss'), { kind: 'dismiss' });
});
