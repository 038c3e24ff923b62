import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathFrom } from '../../../src/extension/pathFrom.ts';

/** A file, the directory of a session, and how its agent finds the file, for each kind of system. */
const table: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  linux: [
    ['/work/tides/README.md', '/work/tides', 'README.md'],
    ['/work/tides/src/a b.ts', '/work/tides/', 'src/a b.ts'],
    ['/work/tides/README.md', '/work', 'tides/README.md'],
    ['/work/tides/README.md', '/work/moon', '/work/tides/README.md'],
    ['/work/tides-2/README.md', '/work/tides', '/work/tides-2/README.md'],
    ['/work/README.md', '/work/tides', '/work/README.md'],
    ['/work/tides', '/work/tides', '/work/tides'],
    ['/work/tides/..hidden/a', '/work/tides', '..hidden/a'],
    ['/work/a\\b', '/work', 'a\\b'],
    ['/Work/a', '/work', '/Work/a'],
    ['/etc/hosts', '/', 'etc/hosts'],
  ],
  darwin: [
    ['/Users/me/a.ts', '/Users/me', 'a.ts'],
    ['/users/me/a.ts', '/Users/me', '/users/me/a.ts'],
  ],
  win32: [
    ['c:\\work\\tides\\src\\a.ts', 'C:\\Work\\tides', 'src/a.ts'],
    ['c:\\work\\tides\\src\\a.ts', 'c:/work/tides/', 'src/a.ts'],
    ['c:\\work\\moon\\a.ts', 'c:\\work\\tides', 'c:\\work\\moon\\a.ts'],
    ['d:\\tides\\a.ts', 'c:\\tides', 'd:\\tides\\a.ts'],
    ['\\\\server\\share\\a.ts', '\\\\server\\share', 'a.ts'],
    ['\\\\server\\share\\a.ts', 'c:\\share', '\\\\server\\share\\a.ts'],
    ['c:\\work', 'c:\\work', 'c:\\work'],
  ],
};

for (const [platform, rows] of Object.entries(table)) {
  test(`a file is named from the directory its session works in, and by its whole path outside of it: ${platform} (U5)`, () => {
    for (const [file, directory, named] of rows)
      assert.equal(pathFrom(file, directory, platform), named, `${file} in ${directory}`);
  });
}
