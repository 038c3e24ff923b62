import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathFrom } from '../../../src/extension/pathFrom.ts';

/** A file, the directory of a session, and how its agent finds the file, for each kind of system. */
const table: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  linux: [
    ['/sea/tides/README.md', '/sea/tides', 'README.md'],
    ['/sea/tides/src/a b.ts', '/sea/tides/', 'src/a b.ts'],
    ['/sea/tides/README.md', '/sea', 'tides/README.md'],
    ['/sea/tides/README.md', '/sea/moon', '/sea/tides/README.md'],
    ['/sea/tides-2/README.md', '/sea/tides', '/sea/tides-2/README.md'],
    ['/sea/README.md', '/sea/tides', '/sea/README.md'],
    ['/sea/tides', '/sea/tides', '/sea/tides'],
    ['/sea/tides/..hidden/a', '/sea/tides', '..hidden/a'],
    ['/sea/a\\b', '/sea', 'a\\b'],
    ['/Work/a', '/sea', '/Work/a'],
    ['/etc/hosts', '/', 'etc/hosts'],
  ],
  darwin: [
    ['/Users/me/a.ts', '/Users/me', 'a.ts'],
    ['/users/me/a.ts', '/Users/me', '/users/me/a.ts'],
  ],
  win32: [
    ['c:\\work\\tides\\src\\a.ts', 'C:\\Work\\tides', 'src/a.ts'],
    ['c:\\work\\tides\\src\\a.ts', 'c:/sea/tides/', 'src/a.ts'],
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
