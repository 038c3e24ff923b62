import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { findOnPath } from '../../../../src/runtime/agents/programs.ts';
import { safeParts } from '../../../../src/runtime/work/archiveNames.ts';
import { unpack } from '../../../../src/runtime/agents/unpack.ts';
import { tarGz, zip, type ArchiveEntry } from '../../../support/packages/archives.ts';
import { directory } from '../agent/harness.ts';

function place(t: TestContext, title: string, contents: Buffer) {
  const outside = directory(t);
  const folder = path.join(outside, 'in', 'side');
  mkdirSync(folder, { recursive: true });
  const file = path.join(outside, 'archive');
  writeFileSync(file, contents);
  const { signal } = new AbortController();
  const env = { PATH: process.env['PATH'] ?? '' };
  return { outside, folder, unpacking: { name: 'Fake', file, title, folder, env, signal } };
}

const sound: ArchiveEntry[] = [
  { name: './bin/', type: 'directory', mode: 0o755 },
  { name: './bin/fake', contents: '#!/bin/sh\n', mode: 0o4755 },
  { name: 'readme.txt', contents: 'hello', mode: 0o600 },
];

for (const [title, make] of [
  ['fake.tar.gz', tarGz],
  ['fake.zip', zip],
] as const) {
  test(`${title} is unpacked with what may be run in it (A8)`, async (t) => {
    const { folder, unpacking } = place(t, title, await make(sound));
    await unpack(unpacking);
    assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['bin', 'bin/fake', 'readme.txt']);
    assert.equal(readFileSync(path.join(folder, 'readme.txt'), 'utf8'), 'hello');
    if (process.platform === 'win32') return;
    const mode = (name: string): number => statSync(path.join(folder, name)).mode & 0o7777;
    assert.equal(mode('bin/fake') & 0o7111, 0o111, 'runnable, and never with another’s rights');
    assert.equal(mode('readme.txt') & 0o111, 0);
  });

  test(`names in ${title} that lead elsewhere are refused, and nothing is written outside (A8)`, async (t) => {
    for (const name of [
      '../evil',
      '/evil',
      'a/../../evil',
      'C:\\evil',
      '..\\evil',
      '\\\\host\\evil',
      'a/b:c',
    ]) {
      const { outside, folder, unpacking } = place(t, title, await make([{ name, contents: 'x' }]));
      await assert.rejects(unpack(unpacking), { kind: 'agentInstallFailed' }, name);
      assert.deepEqual(readdirSync(outside).sort(), ['archive', 'in'], name);
      assert.deepEqual(readdirSync(path.join(folder, '..')), ['side'], name);
    }
  });

  test(`a link in ${title} is refused by name (A8)`, async (t) => {
    const entries: ArchiveEntry[] = [
      { name: 'a', type: 'symlink', linkname: '/etc', contents: '/etc' },
      { name: 'a/passwd', contents: 'x' },
    ];
    const { folder, unpacking } = place(t, title, await make(entries));
    await assert.rejects(unpack(unpacking), {
      kind: 'agentInstallFailed',
      message: /“a”: it is no plain file/u,
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  test(`what only calls itself ${title} is told of as damaged (A8)`, async (t) => {
    const whole = await make(sound);
    for (const contents of [Buffer.from('no archive at all'), whole.subarray(0, whole.length - 30)]) {
      const { unpacking } = place(t, title, contents);
      await assert.rejects(unpack(unpacking), { kind: 'agentInstallFailed', message: /cannot be unpacked/u });
    }
  });
}

test('a device and a hard link in a tar are refused (A8)', async (t) => {
  for (const type of ['character-device', 'link'] as const) {
    const { unpacking } = place(t, 'fake.tgz', await tarGz([{ name: 'a', type, linkname: '/etc/passwd' }]));
    await assert.rejects(unpack(unpacking), { message: /it is no plain file/u });
  }
});

test('names that are devices or no names on Windows are refused everywhere (A8)', () => {
  for (const name of ['con', 'a/NUL.txt', 'com1', 'a/lpt9.log', 'a./b', 'b ', 'a\u0000b', 'a*b'])
    assert.ok('refused' in safeParts(name), name);
  assert.deepEqual(safeParts('./a//console.js'), { parts: ['a', 'console.js'] });
});

test('a .tar.bz2 is unpacked where bzip2 is there, and needs it by name where it is not (A8)', async (t) => {
  const { folder, unpacking } = place(t, 'fake.tar.bz2', Buffer.alloc(0));
  await assert.rejects(unpack({ ...unpacking, env: { PATH: folder } }), {
    kind: 'agentInstallFailed',
    message: /needs bzip2, which was not found\. Install bzip2/u,
  });
  if (findOnPath('bzip2', process.env) === undefined) return t.skip('there is no bzip2 here');
  const source = directory(t);
  writeFileSync(path.join(source, 'fake'), 'program');
  execFileSync('tar', ['-cjf', unpacking.file, '-C', source, 'fake']);
  await unpack(unpacking);
  assert.equal(readFileSync(path.join(folder, 'fake'), 'utf8'), 'program');
});

test('a disk that is full while it is unpacked is told as it is (A8)', async (t) => {
  const { unpacking } = place(t, 'fake.tar.gz', await tarGz(sound));
  const write = (): Writable =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' })),
    });
  await assert.rejects(unpack({ ...unpacking, write }), { code: 'ENOSPC' });
});
