import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ClientFiles } from '../../../../src/runtime/agent/clientFiles.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { directory, open, start } from './harness.ts';

const posix = { skip: process.platform === 'win32' };

/** Nothing on the disk needs a person. */
const ask = () => assert.fail('the person was asked');

function place(t: TestContext) {
  const outside = directory(t);
  const root = join(outside, 'root');
  const second = join(outside, 'second');
  for (const folder of [root, second]) mkdirSync(folder);
  writeFileSync(join(outside, 'secret'), 'secret');
  writeFileSync(join(root, 'a.txt'), 'one\ntwo\r\nthree');
  return { outside, root, second, files: new ClientFiles([root, second]) };
}

test('A5: lines are counted from 1, and limited', async (t) => {
  const { root, files } = place(t);
  const path = join(root, 'a.txt');
  const read = async (params: object) => (await files.read({ path, ...params })).content;
  assert.equal(await read({}), 'one\ntwo\r\nthree');
  assert.equal(await read({ line: null, limit: null }), 'one\ntwo\r\nthree');
  assert.equal(await read({ line: 2 }), 'two\r\nthree');
  assert.equal(await read({ line: 2, limit: 1 }), 'two\r\n');
  assert.equal(await read({ line: 1, limit: 0 }), '');
  assert.equal(await read({ line: 0, limit: 1 }), 'one\n');
  assert.equal(await read({ line: 99 }), '');
});

test('A5: a write makes the file and its directories, and replaces what was longer', async (t) => {
  const { root, second, files } = place(t);
  const path = join(root, 'new', 'deep', 'b.txt');
  await files.write({ path, content: 'a longer text' }, ask);
  await files.write({ path, content: 'short ü' }, ask);
  assert.equal(readFileSync(path, 'utf8'), 'short ü');
  await files.write({ path: join(second, 'c'), content: 'also here' }, ask);
  assert.deepEqual(await files.read({ path: join(second, 'c') }), { content: 'also here' });
  await assert.rejects(files.read({ path: join(root, 'missing') }), { code: -32002 });
  await assert.rejects(files.write({ path }, ask), { code: -32602 });
});

test('S3: no path leads out of the session’s directories', async (t) => {
  const { outside, root, files } = place(t);
  mkdirSync(`${root}-beside`);
  const paths = [
    join(outside, 'secret'),
    `${root}/../secret`,
    `${root}/missing/../../secret`,
    `${root}-beside/x`,
    'a.txt',
    '',
    `${root}/a\0b`,
    5,
    outside,
  ];
  for (const path of paths) {
    await assert.rejects(files.read({ path }), { code: -32602 }, String(path));
    await assert.rejects(files.write({ path, content: 'x' }, ask), { code: -32602 }, String(path));
  }
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
});

test(
  'S3: no link leads out of the session’s directories, also one that leads nowhere yet',
  posix,
  async (t) => {
    const { outside, root, files } = place(t);
    symlinkSync(outside, join(root, 'up'));
    symlinkSync(join(outside, 'secret'), join(root, 'link'));
    symlinkSync(join(outside, 'unborn'), join(root, 'dangling'));
    for (const name of ['up/secret', 'up/new', 'link', 'dangling', 'dangling/x']) {
      await assert.rejects(files.read({ path: join(root, name) }), { code: -32602 }, name);
      await assert.rejects(
        files.write({ path: join(root, name), content: 'x' }, ask),
        { code: -32602 },
        name,
      );
    }
    assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
    assert.equal(existsSync(join(outside, 'unborn')), false);
  },
);

test(
  'A5: a link inside the directories is followed, and a root that is a link is the directory it means',
  posix,
  async (t) => {
    const { outside, root } = place(t);
    symlinkSync(root, join(outside, 'alias'));
    symlinkSync(join(root, 'a.txt'), join(root, 'within'));
    const files = new ClientFiles([join(outside, 'alias')]);
    await files.write({ path: join(outside, 'alias', 'within'), content: 'new' }, ask);
    assert.deepEqual(await files.read({ path: join(root, 'a.txt') }), { content: 'new' });
  },
);

test('A5: what is no file is refused and never waited for', posix, async (t) => {
  const { root, files } = place(t);
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await assert.rejects(files.read({ path: join(root, 'pipe') }), { code: -32602 });
  await assert.rejects(files.read({ path: root }));
  await assert.rejects(files.write({ path: join(root, 'pipe'), content: 'x' }, ask));
});

test('A5: an agent reads and writes through us, in its session’s own directories', async (t) => {
  const { outside, root, second } = place(t);
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent, { cwd: root, additionalDirectories: [second] });
  const path = join(second, 'b.txt');
  await type(`client fs/write_text_file ${JSON.stringify({ path, content: 'hello' })}`);
  await type(`client fs/read_text_file ${JSON.stringify({ path })}`);
  await type(`client fs/read_text_file ${JSON.stringify({ path: join(outside, 'secret') })}`);
  assert.equal(
    host.said,
    `{}{"content":"hello"}-32602 Invalid params: ${join(outside, 'secret')} is outside of this session's directories`,
  );
});
