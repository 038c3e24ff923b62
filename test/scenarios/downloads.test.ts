import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { zip, type ArchiveEntry } from '../support/packages/archives.ts';
import { holdfast } from '../support/cli.ts';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';

async function served(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function opened(t: TestContext) {
  const home = testHome(t);
  const connection = await home.connect();
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: home.work, onEvent: recorder.onEvent });
  return { ...home, session, recorder };
}

test('a prompt’s downloads are there before it runs: files, and archives unpacked with what they say may be run (C3)', async (t) => {
  const { work, session, recorder } = await opened(t);
  const archive = zip([
    { name: 'tool/', type: 'directory' },
    { name: 'tool/run.sh', contents: 'echo from the archive', mode: 0o755 },
    { name: 'tool/deep/data.txt', contents: 'data' },
  ]);
  const address = await served(t, (request, response) =>
    response.end(request.url?.startsWith('/tool.zip') ? archive : 'a plain file'),
  );
  const downloads = [
    { url: `${address}/notes.txt?signature=hidden-part` },
    { url: `${address.replace('http://', 'http://anna:hidden-part@')}/x`, to: 'in/here.txt' },
    { url: `${address}/tool.zip`, to: 'tools', unzip: true },
  ];
  const prompt = 'cat notes.txt in/here.txt tools/tool/deep/data.txt && sh tools/tool/run.sh && ls -A';
  const end = await (await session.prompt(prompt, { downloads })).ended;
  assert.equal(end.outcome, 'completed', JSON.stringify(end));
  assert.match(recorder.output, /^a plain filea plain filedatafrom the archive\nin\nnotes\.txt\ntools\n$/u);
  const notices = recorder.all('notice').map(({ text }) => text);
  assert.ok(
    notices.some((text) => /^Unpacked 2 files of .*\/tool\.zip into tools\.$/u.test(text)),
    notices.join('\n'),
  );
  assert.ok(!JSON.stringify(recorder.envelopes).includes('hidden-part'));
  assert.deepEqual(readdirSync(work).toSorted(), ['in', 'notes.txt', 'tools']);
});

const hostile: { readonly why: string; readonly entries: readonly ArchiveEntry[] }[] = [
  { why: 'leads out', entries: [{ name: '../outside.txt', contents: 'x' }] },
  { why: 'leads out with the other slash', entries: [{ name: 'a\\..\\..\\outside.txt', contents: 'x' }] },
  { why: 'is absolute', entries: [{ name: '/tmp/outside.txt', contents: 'x' }] },
  { why: 'is absolute on Windows', entries: [{ name: 'C:\\outside.txt', contents: 'x' }] },
  { why: 'names a device', entries: [{ name: 'aux.txt', contents: 'x' }] },
  { why: 'is a link', entries: [{ name: 'link', contents: '/etc/passwd', type: 'symlink' }] },
  { why: 'goes through a link that is there', entries: [{ name: 'outward/outside.txt', contents: 'x' }] },
];
for (const { why, entries } of hostile) {
  test(`an archive with an entry that ${why} fails the turn in words, writes nothing, and the agent is not asked (C3, S3)`, async (t) => {
    const { home, work, session, recorder } = await opened(t);
    const elsewhere = path.join(home, '..', 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, path.join(work, 'outward'));
    const archive = zip([{ name: 'good.txt', contents: 'good' }, ...entries]);
    const address = await served(t, (_, response) => response.end(archive));
    const downloads = [{ url: `${address}/bad.zip`, unzip: true }];
    const end = await (await session.prompt('echo asked', { downloads })).ended;
    assert.deepEqual([end.outcome, end.failure?.kind], ['failed', 'downloadFailed']);
    assert.match(
      end.failure?.message ?? '',
      /^The prompt was not sent: the archive .*bad\.zip was not unpacked: /u,
    );
    assert.deepEqual([recorder.output, readdirSync(work), readdirSync(elsewhere)], ['', ['outward'], []]);
    assert.ok(!existsSync(path.join(work, '..', 'outside.txt')));
  });
}

test('run and prompt fetch what is given with --download and --unzip first; what is no address is refused (C3)', async (t) => {
  const { home, work } = testHome(t);
  const archive = zip([{ name: 'deep/data.txt', contents: 'data' }]);
  const address = await served(t, (request, response) =>
    response.end(request.url === '/a.zip' ? archive : 'from afar'),
  );
  const given = ['--download', `${address}/notes.txt`, '--unzip', `${address}/a.zip`];
  const fetched = await holdfast(home, work, ['run', ...given, 'cat notes.txt deep/data.txt']);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stdout, /from afardata/u);
  for (const wrong of ['notes.txt', 'file:///etc/hostname', 'http://']) {
    const refused = await holdfast(home, work, ['run', '--unzip', wrong, 'true']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /is no http or https address/u);
  }
});

test('a place outside of the working directory is refused before anything is fetched (C3, S3)', async (t) => {
  const { home, work, session } = await opened(t);
  mkdirSync(path.join(home, '..', 'elsewhere'));
  symlinkSync(path.join(home, '..', 'elsewhere'), path.join(work, 'outward'));
  let asked = 0;
  const address = await served(t, (_, response) => {
    asked++;
    response.end('x');
  });
  for (const to of ['../x', '/tmp/x', 'a/../../x', 'outward/x', 'con']) {
    const downloads = [
      { url: `${address}/first`, to: 'first' },
      { url: `${address}/x`, to },
    ];
    const end = await (await session.prompt('echo asked', { downloads })).ended;
    assert.deepEqual([end.outcome, end.failure?.kind], ['failed', 'downloadFailed'], to);
  }
  assert.equal(asked, 0);
  await assert.rejects(session.prompt('true', { downloads: [{ url: 'file:///etc/passwd' }] }), {
    kind: 'invalidParams',
  });
});

test('a download that is refused or too slow ends the turn failed, one that is cancelled ends it cancelled, and the session goes on (C3, T3)', async (t) => {
  const { work, session, recorder } = await opened(t);
  const address = await served(t, (request, response) => {
    if (request.url === '/missing') response.writeHead(404).end();
    // Neither ever ends.
    else response.writeHead(200, { 'content-length': '1000' }).write('begun');
  });
  const missing = await (await session.prompt('true', { downloads: [{ url: `${address}/missing` }] })).ended;
  assert.match(missing.failure?.message ?? '', /the answer was 404/u);
  const slow = [{ url: `${address}/slow`, timeoutMs: 300 }];
  const late = await (await session.prompt('true', { downloads: slow })).ended;
  assert.deepEqual([late.outcome, late.failure?.kind], ['failed', 'timedOut']);
  const turn = await session.prompt('true', { downloads: [{ url: `${address}/slower` }] });
  await recorder.until('its begin', () =>
    recorder.all('notice').some(({ text }) => text.includes('/slower')),
  );
  await session.cancel(turn.turnId);
  assert.equal((await turn.ended).outcome, 'cancelled');
  assert.deepEqual(readdirSync(work), []);
  assert.equal((await (await session.prompt('echo on')).ended).outcome, 'completed');
  assert.equal(recorder.output, 'on\n');
});

test('what a prompt that waits has to fetch is fetched when its turn comes (C3, T2)', async (t) => {
  const { work, session } = await opened(t);
  const address = await served(t, (request, response) => response.end(request.url));
  await session.prompt('until [ -e go ]; do sleep 0.02; done');
  const waiting = await session.prompt('cat later.txt', {
    downloads: [{ url: `${address}/later.txt?key=kept` }],
  });
  assert.equal(waiting.queued, true);
  assert.ok(!JSON.stringify(session.head.queue).includes('key=kept'));
  await session.command('true');
  await session.cancel();
  assert.equal((await waiting.ended).outcome, 'completed');
  assert.equal(readFileSync(path.join(work, 'later.txt'), 'utf8'), '/later.txt?key=kept');
});
