import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { globMatches } from '../../../src/runtime/glob.ts';
import { matches } from '../../../src/runtime/permissionRules.ts';

const anything = (): boolean => true;

test('a star stands for any number of characters that it may stand for, and everything else for itself (W5)', () => {
  const inName = { star: (character: string) => character !== '/', deep: true };
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['', '', true],
    ['*', '', true],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbb', false],
    ['a.c', 'abc', false],
    ['[a]+(', '[a]+(', true],
    ['*.ts', '.ts', true],
    ['/x/**/z*', '/x/y/y/zz', true],
    ['/x/**/z*', '/x/y/zz/y', false],
    ['*a*b*', 'xxbxaxb', true],
    ['😀*', '😀😀', true],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(globMatches(pattern, text, inName), expected, `${pattern} of ${text}`);
});

test('a pattern of many stars that nearly matches is decided like any other (W5)', () => {
  // By trying one way after the other, this would not end.
  assert.equal(globMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(2000), { star: anything }), false);
  assert.equal(globMatches(`${'*a'.repeat(60)}*`, 'a'.repeat(2000), { star: anything }), true);
});

test('a pattern with a slash is a path below the working directory, one without is a file’s name (W5)', () => {
  const cwd = path.resolve('/work/project');
  const fits = (pattern: string, file: string, decision: 'allow' | 'reject' = 'allow'): boolean =>
    matches(
      { toolKind: 'edit', pattern, match: 'glob', decision },
      { agent: 'a', toolKind: 'edit', title: 'Edit', cwd, of: 'paths', texts: [path.resolve(cwd, file)] },
    );
  assert.equal(fits('src/*.ts', 'src/a.ts'), true);
  assert.equal(fits('./src/*.ts', 'src/a.ts'), true);
  assert.equal(fits('src/*.ts', 'src/deep/a.ts'), false);
  assert.equal(fits('src/**', 'src/deep/a.ts'), true);
  assert.equal(fits('src/*.ts', '/elsewhere/src/a.ts'), false);
  assert.equal(fits(`${path.resolve('/elsewhere')}/*.ts`, '/elsewhere/a.ts'), true);
  assert.equal(fits('*.ts', 'src/deep/a.ts'), true);
  assert.equal(
    fits('*.ts', '/elsewhere/a.ts'),
    false,
    'to be allowed it must be below the working directory',
  );
  assert.equal(fits('*.env', '/elsewhere/.env', 'reject'), true, 'rejecting is for anywhere');
  assert.equal(fits('**/secrets/*', '/elsewhere/secrets/a', 'reject'), true);
  assert.equal(fits('**/secrets/*', '/elsewhere/secrets/a'), false);
});
