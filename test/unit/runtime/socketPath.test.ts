import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isHoldfastError } from '../../../src/protocol/errors.ts';
import { chooseSocketPath } from '../../../src/runtime/socketPath.ts';

const posix = process.platform !== 'win32';

test('the socket lives in the runtime folder when its path fits', { skip: !posix }, () => {
  assert.equal(
    chooseSocketPath({ folder: '/home/a/runtime', platform: 'linux' }),
    '/home/a/runtime/runtime.sock',
  );
});

test(
  'a path too long for the platform moves to a private hashed folder under the temporary directory',
  { skip: !posix },
  (t) => {
    const temporary = mkdtempSync(path.join(tmpdir(), 'hf-'));
    t.after(() => rmSync(temporary, { recursive: true }));
    const folder = `/${'deep/'.repeat(40)}runtime`;
    const socket = chooseSocketPath({ folder, platform: 'linux', temporary });
    assert.ok(socket.startsWith(temporary) && Buffer.byteLength(socket) <= 100, socket);
    assert.equal(lstatSync(path.dirname(socket)).mode & 0o777, 0o700);
    assert.equal(chooseSocketPath({ folder, platform: 'linux', temporary }), socket, 'the same every time');
  },
);

test('a hashed folder that others may enter is refused by name', { skip: !posix }, (t) => {
  const temporary = mkdtempSync(path.join(tmpdir(), 'hf-'));
  t.after(() => rmSync(temporary, { recursive: true }));
  const folder = `/${'deep/'.repeat(40)}runtime`;
  const private_ = path.dirname(chooseSocketPath({ folder, platform: 'linux', temporary }));
  mkdirSync(private_, { recursive: true });
  chmodSync(private_, 0o777);
  assert.throws(
    () => chooseSocketPath({ folder, platform: 'linux', temporary }),
    (error) => isHoldfastError(error, 'homeUnusable') && error.message.includes(private_),
  );
});

test('where nothing fits the error names both paths and what helps', { skip: !posix }, () => {
  const long = `/${'deep/'.repeat(40)}`;
  assert.throws(
    () => chooseSocketPath({ folder: long, platform: 'linux', temporary: long }),
    (error) => isHoldfastError(error, 'homeUnusable') && /HOLDFAST_HOME/u.test(error.message),
  );
});

test('a Windows pipe has a random name', () => {
  const name = () => chooseSocketPath({ folder: 'C:\\h', platform: 'win32' });
  assert.match(name(), /^\\\\\.\\pipe\\holdfast-[0-9a-f]{32}$/u);
  assert.notEqual(name(), name());
});
