import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { discover, thisMachine, type Machine } from '../../../src/client/discover.ts';
import { homePaths, resolveHome } from '../../../src/client/home.ts';
import { reach } from '../../../src/client/reach.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-discover-'));
after(() => rmSync(folder, { recursive: true }));

const machine: Machine = { host: 'here', bootId: 'boot-2', isAlive: (pid) => pid === 7 };
const entry = {
  pid: 7,
  host: 'here',
  bootId: 'boot-2',
  buildId: 'b',
  runtimeId: 'r',
  protocol: { min: 1, max: 1 },
  socket: '/run/s',
  token: 't',
  startedAt: 1,
};

function look(content: string | undefined): { kind: string; reason?: string; log: string[] } {
  const log: string[] = [];
  const file = path.join(folder, 'runtime.json');
  rmSync(file, { force: true });
  if (content !== undefined) writeFileSync(file, content);
  return { ...discover(file, (line) => log.push(line), machine), log };
}

test('no entry is absent, silently', () => {
  assert.deepEqual(look(undefined), { kind: 'absent', log: [] });
});

test('an entry of a living process of this boot is live', () => {
  assert.equal(look(JSON.stringify(entry)).kind, 'live');
});

test('an entry of a dead process is stale', () => {
  const found = look(JSON.stringify({ ...entry, pid: 8 }));
  assert.equal(found.kind, 'stale');
  assert.match(found.reason ?? '', /process 8 is gone/);
});

test('an entry from before the machine was started anew is stale, even if its pid is alive', () => {
  assert.equal(look(JSON.stringify({ ...entry, bootId: 'boot-1' })).kind, 'stale');
  assert.equal(
    look(JSON.stringify({ ...entry, bootId: null })).kind,
    'live',
    'where the platform does not tell, the pid decides',
  );
});

test('an entry of another host is refused with words that name both', () => {
  assert.throws(
    () => look(JSON.stringify({ ...entry, host: 'elsewhere' })),
    (error) =>
      isHoldfastError(error, 'homeUnusable') && /elsewhere/.test(error.message) && /here/.test(error.message),
  );
});

test('an entry that cannot be read counts as absent, and the log says why', () => {
  const broken = look('{"pid": 7');
  assert.equal(broken.kind, 'absent');
  assert.match(broken.log.join(), /is not JSON/);
  const foreign = look('{"pid": "seven"}');
  assert.equal(foreign.kind, 'absent');
  assert.match(foreign.log.join(), /pid/);
});

test('this machine knows that this process is alive', () => {
  const { host, isAlive } = thisMachine();
  assert.notEqual(host, '');
  assert.equal(isAlive(process.pid), true);
});

test('without leave to launch, an attempt that finds no runtime fails with runtimeUnreachable naming the home', async () => {
  await assert.rejects(
    reach({ home: folder + '-none', mayLaunch: false, log: () => {} }),
    (error) => isHoldfastError(error, 'runtimeUnreachable') && error.message.includes(folder),
  );
});

test('the home is what is given, else HOLDFAST_HOME, else the platform’s, and always absolute', () => {
  const env = { HOLDFAST_HOME: '/from/environment' };
  assert.equal(resolveHome({ home: '/given', env }), path.resolve('/given'));
  assert.equal(resolveHome({ env }), path.resolve('/from/environment'));
  assert.equal(resolveHome({ home: 'relative', env }), path.resolve('relative'));
  assert.equal(resolveHome({ env: { HOLDFAST_HOME: '' } }), resolveHome({ env: {} }));
  assert.ok(path.isAbsolute(resolveHome({ env: {} })));
  assert.match(resolveHome({ env: {} }), /holdfast(?!-nodejs)/);
  assert.equal(homePaths('/h').discovery, path.join('/h', 'runtime', 'runtime.json'));
});
