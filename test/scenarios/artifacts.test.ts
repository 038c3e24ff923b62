import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Connection } from '../../src/client/index.ts';
import { newCommandId } from '../../src/protocol/ids.ts';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';

/** Opens a session of the Shell agent that declares directories, and runs prompts in it. */
async function opened(t: TestContext, more: { artifacts?: string[]; artifactIgnore?: string[] } = {}) {
  const home = testHome(t);
  const connection = await home.connect();
  const recorder = new Recorder();
  const { artifacts = ['out'], artifactIgnore } = more;
  const session = await connection.openSession({
    ...{ cwd: home.work, onEvent: recorder.onEvent, artifacts, artifactIgnore },
    env: { DEPLOY_TOKEN: 'tok-in-an-artifact' },
  });
  const run = async (text: string): Promise<void> => void (await (await session.prompt(text)).ended);
  const seen = (file: string): Promise<void> =>
    recorder.until(`the artifact ${file}`, () =>
      recorder.all('artifact.updated').some(({ path: name, removed }) => name === file && removed !== true),
    );
  return { home, connection, recorder, session, run, seen };
}

async function list(connection: Connection, sessionId: string): Promise<string[]> {
  const { artifacts } = await connection.request('artifact/list', { sessionId: sessionId as never });
  return artifacts.map(({ path: name }) => name);
}

async function read(connection: Connection, sessionId: string, name: string): Promise<string> {
  const { data } = await connection.request('artifact/read', { sessionId: sessionId as never, path: name });
  return Buffer.from(data, 'base64').toString();
}

test('what a session writes into a declared directory is listed and read while it runs, also in a directory that came later (C4)', async (t) => {
  const { connection, session, run, seen, recorder } = await opened(t);
  await run('mkdir -p out/deep && echo one > out/report.txt');
  await seen('report.txt');
  await run('echo two > out/deep/more.txt; echo changed > out/report.txt');
  await seen('deep/more.txt');
  // A file may be told of while it is being written: what counts is that both are there as a whole in the end.
  await recorder.until('the change', () => session.head.artifacts?.bytes === 12);
  assert.deepEqual(await list(connection, session.id), ['deep/more.txt', 'report.txt']);
  assert.equal(await read(connection, session.id, 'report.txt'), 'changed\n');
  assert.deepEqual([session.head.artifacts?.count, session.head.artifacts?.bytes], [2, 12]);
  await run('rm out/report.txt');
  await recorder.until('the removal', () => recorder.all('artifact.updated').some(({ removed }) => removed));
  assert.deepEqual(await list(connection, session.id), ['deep/more.txt']);
});

test('what was written just before the end is caught, and nothing after it; the list outlives the runtime (C4)', async (t) => {
  const { home, connection, session, run, recorder } = await opened(t);
  await run('mkdir out; for n in 1 2 3; do echo $n > out/$n.txt; done');
  await session.end();
  await recorder.next('session.ended');
  assert.equal(recorder.types.at(-1), 'session.ended');
  assert.deepEqual(await list(connection, session.id), ['1.txt', '2.txt', '3.txt']);
  await home.kill();
  const again = await home.connect();
  assert.deepEqual(await list(again, session.id), ['1.txt', '2.txt', '3.txt']);
  assert.equal(await read(again, session.id, '2.txt'), '2\n');
});

test('rules of the request count, else an .artifactignore that is followed when it changes, else the defaults (C4)', async (t) => {
  const { connection, session, run, seen, recorder } = await opened(t);
  await run(
    'mkdir -p out/node_modules && echo x > out/node_modules/x.js && echo x > out/a.log && echo x > out/b.txt',
  );
  for (const file of ['a.log', 'b.txt']) await seen(file);
  await run('echo "*.log" > out/.artifactignore; echo y > out/node_modules/y.js');
  await recorder.until('the file that is ignored now', () =>
    recorder.all('artifact.updated').some(({ path: name, removed }) => name === 'a.log' && removed),
  );
  for (const file of ['node_modules/x.js', 'node_modules/y.js']) await seen(file);
  assert.deepEqual(await list(connection, session.id), ['b.txt', 'node_modules/x.js', 'node_modules/y.js']);

  const own = await opened(t, { artifactIgnore: ['*.txt'] });
  await own.run('mkdir out; echo "*.log" > out/.artifactignore; echo x > out/a.log; echo x > out/b.txt');
  await own.session.end();
  assert.deepEqual(await list(own.connection, own.session.id), ['a.log']);
});

test('a prompt declares more directories; one outside of the session’s directories is refused (C4, S3)', async (t) => {
  const { home, connection, session, recorder } = await opened(t);
  await (
    await session.prompt('mkdir more; echo x > more/x.txt', { artifacts: ['more'] })
  ).ended;
  await recorder.until('it', () =>
    recorder.all('artifact.updated').some(({ directory }) => directory === 'more'),
  );
  await assert.rejects(
    session.prompt('true', { artifacts: ['../elsewhere'] }),
    /outside of this session's directories/u,
  );
  await assert.rejects(
    connection.openSession({ cwd: home.work, artifacts: [path.join(home.work, '..')] }),
    /outside/u,
  );
});

test('a link never brings in what lies elsewhere (C4, S3)', async (t) => {
  const { home, connection, session, run } = await opened(t, { artifacts: ['out', 'link'] });
  const elsewhere = path.join(home.home, '..', 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(elsewhere, 'private.txt'), 'private');
  mkdirSync(path.join(home.work, 'out'));
  symlinkSync(path.join(elsewhere, 'private.txt'), path.join(home.work, 'out', 'file.txt'));
  symlinkSync(elsewhere, path.join(home.work, 'out', 'folder'));
  symlinkSync(elsewhere, path.join(home.work, 'link'));
  await run('echo mine > out/mine.txt');
  await session.end();
  assert.deepEqual(await list(connection, session.id), ['mine.txt']);
});

test('a directory that is a link is followed from when on it leads to a place inside the session’s (C4)', async (t) => {
  const { home, connection, session, run, seen } = await opened(t);
  symlinkSync(path.join(home.work, 'later'), path.join(home.work, 'out'));
  await run('true');
  await run('mkdir later; echo mine > later/mine.txt');
  await seen('mine.txt');
  assert.deepEqual(await list(connection, session.id), ['mine.txt']);
});

test('too large a file is named with the reason, and secrets are taken out of what is kept (C4, C5)', async (t) => {
  const { connection, session, run, recorder } = await opened(t);
  await run(
    'mkdir out; head -c 9000000 /dev/zero > out/large.bin; echo "it is $DEPLOY_TOKEN" > out/secret.txt',
  );
  await session.end();
  const { artifacts } = await connection.request('artifact/list', { sessionId: session.id });
  assert.deepEqual(
    artifacts.map(({ path: name, problem, redacted }) => [name, problem, redacted]),
    [
      ['large.bin', 'tooLarge', undefined],
      ['secret.txt', undefined, true],
    ],
  );
  assert.equal(await read(connection, session.id, 'secret.txt'), 'it is [redacted]\n');
  await assert.rejects(read(connection, session.id, 'large.bin'), { kind: 'artifactNotFound' });
  assert.equal(recorder.types.filter((type) => type === 'session.ended').length, 1);
});

async function served(
  t: TestContext,
  answer: Parameters<typeof createServer>[1],
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/x?signature=hidden-part`,
    server,
  };
}

test('an artifact is uploaded to an address that a client gives; a refusal and silence are reported, and hold nothing (C4)', async (t) => {
  const { connection, session, run, seen, recorder } = await opened(t);
  await run('mkdir out; echo report > out/report.txt');
  await seen('report.txt');
  const taken: string[] = [];
  const names: unknown[] = [];
  const { url: bare } = await served(t, (request, response) => {
    let body = '';
    names.push(request.headers.authorization);
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      taken.push(`${request.method} ${request.headers['x-kind'] as string} ${body}`);
      response.statusCode = taken.length > 1 ? 403 : 200;
      response.end();
    });
  });
  const url = bare.replace('http://', 'http://anna:hidden-part%21@');
  const request = { sessionId: session.id, path: 'report.txt', url, headers: { 'X-Kind': 'test' } };
  assert.equal((await connection.request('artifact/upload', request)).status, 200);
  assert.deepEqual(taken, ['PUT test report\n']);
  assert.deepEqual(names, [`Basic ${Buffer.from('anna:hidden-part!').toString('base64')}`]);
  await assert.rejects(connection.request('artifact/upload', request), { kind: 'uploadFailed' });
  const silent = await served(t, () => undefined);
  await assert.rejects(
    connection.request('artifact/upload', { ...request, url: silent.url, timeoutMs: 200 }),
    {
      kind: 'timedOut',
    },
  );
  await recorder.until('all ends', () => recorder.all('artifact.uploaded').length === 3);
  const ends = recorder.all('artifact.uploaded');
  assert.deepEqual(
    ends.map(({ outcome, status, failure }) => [outcome, status, failure?.kind]),
    [
      ['completed', 200, undefined],
      ['failed', 403, 'uploadFailed'],
      ['failed', undefined, 'timedOut'],
    ],
  );
  assert.ok(!JSON.stringify(recorder.envelopes).includes('hidden-part'));
  await assert.rejects(connection.request('artifact/upload', { ...request, url: 'file:///etc/passwd' }), {
    kind: 'invalidParams',
  });
});

test('an upload that is under way ends with its session (C4, T6)', async (t) => {
  const { connection, session, run, seen, recorder } = await opened(t);
  await run('mkdir out; echo report > out/report.txt');
  await seen('report.txt');
  let arrived = (): void => undefined;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const { url } = await served(t, () => arrived());
  const uploading = connection.request('artifact/upload', { sessionId: session.id, path: 'report.txt', url });
  uploading.catch(() => undefined);
  await asked;
  await session.end();
  await assert.rejects(uploading, { kind: 'aborted' });
  assert.equal((await recorder.next('artifact.uploaded')).outcome, 'cancelled');
});

test('an upload is stopped by who asked for it: it ends once, cancelled, and stopping it again is harmless (C4)', async (t) => {
  const { connection, session, run, seen, recorder } = await opened(t);
  await run('mkdir out; echo report > out/report.txt');
  await seen('report.txt');
  let arrived = (): void => undefined;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const { url } = await served(t, () => arrived());
  const upload = newCommandId();
  const sessionId = session.id;
  const uploading = connection.request('artifact/upload', {
    ...{ sessionId, path: 'report.txt', url, commandId: upload },
  });
  uploading.catch(() => undefined);
  await asked;
  const stop = () => connection.request('artifact/cancelUpload', { sessionId, upload });
  assert.equal((await stop()).cancelled, true);
  await assert.rejects(uploading, { kind: 'aborted' });
  assert.equal((await stop()).cancelled, false);
  await session.end();
  await recorder.next('session.ended');
  assert.deepEqual(
    recorder.all('artifact.uploaded').map(({ outcome }) => outcome),
    ['cancelled'],
  );
});

test('the drain at the end tells nothing again that was told before, and nothing comes after session.ended (C4)', async (t) => {
  const { session, run, recorder } = await opened(t);
  await run('mkdir out; echo one > out/a.txt');
  await run('echo two > out/b.txt');
  await session.end();
  await recorder.next('session.ended');
  const { types } = recorder;
  const told = recorder.all('artifact.updated').map(({ path: name, blob }) => `${name} ${blob?.sha256}`);
  assert.deepEqual([...new Set(told)], told);
  assert.ok(told.some((each) => each.startsWith('a.txt')) && told.some((each) => each.startsWith('b.txt')));
  assert.equal(types.indexOf('session.ended'), types.length - 1);
});
