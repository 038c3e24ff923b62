import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { Deferred } from '../../src/base/deferred.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';

/** What stands in a folder; nothing where there is none. */
const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : []);

test('what a killed runtime leaves of its commands, downloads and imports is gone with the next one’s start (C5, P5)', async (t) => {
  const { connect, work, home, kill, entry } = testHome(t);
  const temporary = path.join(home, 'runtime', 'temporary');
  const halfway = new Deferred<void>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('the first half', () => halfway.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tide.txt`;

  const connection = await connect();
  const recorder = new Recorder();
  const [running, fetching] = await Promise.all(
    [recorder, new Recorder()].map(({ onEvent }) => connection.openSession({ cwd: work, onEvent })),
  );
  await running?.prompt('sleep 1000');
  await recorder.next('commandRun.started');
  await fetching?.prompt('echo', { downloads: [{ url }] });
  await halfway.promise;
  const { envelopes } = await connection.request('session/export', {
    sessionId: running?.id ?? ('' as SessionId),
    limit: 1,
  });
  await connection.request('session/import', { importId: 'half', page: 0, envelopes });
  const kinds = listed(temporary).map((name) => name.slice(0, name.lastIndexOf('-')));
  assert.deepEqual(kinds, ['holdfast-download', 'holdfast-import', 'holdfast-shell']);
  if (process.platform !== 'win32') {
    for (const name of ['', ...listed(temporary)])
      assert.equal(statSync(path.join(temporary, name)).mode & 0o077, 0);
  }
  assert.deepEqual(listed(work), [], 'nothing that is not whole stands beside the person’s files');

  const { pid } = entry();
  await kill();
  await recorder.next('session.detached');
  assert.notEqual(entry().pid, pid);
  assert.deepEqual([listed(temporary), listed(work)], [[], []]);
});

test('a command whose shell ended leaves no file behind (C5)', async (t) => {
  const { connect, work, home } = testHome(t);
  const connection = await connect();
  const session = await connection.openSession({ cwd: work });
  const { outcome } = await (await session.prompt('export TIDE=low')).ended;
  assert.deepEqual([outcome, listed(path.join(home, 'runtime', 'temporary'))], ['completed', []]);
});
