import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Deferred } from '../../src/base/deferred.ts';
import { connect, type Connection } from '../../src/client/index.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerInput,
  openContainer,
  pickRow,
  quickRows,
  runCommand,
  sessionRows,
  treeRows,
} from '../support/editor/workbench.ts';
import { holdfast, type Ended } from '../support/terminalProgram.ts';
import { endProcess, runtimeBundle } from '../support/testHome.ts';

const tls = (name: string): string => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));

/** The other machine: a data directory of its own, whose runtime listens as a person has it listen. */
let far: { readonly home: string; readonly work: string };
let listening: { readonly url: string; readonly child: ChildProcess; readonly ended: Promise<Ended> };
let there: Connection;

const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  async prepare({ folder, make, defer }) {
    far = { home: path.join(folder, 'far'), work: path.join(folder, 'work') };
    mkdirSync(far.work);
    there = await connect({ home: far.home, bundle: runtimeBundle, log: () => undefined });
    defer(() => endProcess(there.hello.pid, 'SIGTERM'));
    defer(() => there.dispose());
    await there.openSession({ cwd: far.work, title: 'Far tide', onEvent: () => undefined });
    await make({ title: 'Near tide' });
    listening = await listen('0');
    defer(stopListening);
  },
  editor({ folder }) {
    const box = { url: listening.url, tokenFile: path.join(folder, 'token'), ca: tls('cert.pem') };
    return { settings: { 'holdfast.remotes': { box } } };
  },
});

/** Has the other machine listen with TLS; on the port of before, when one is told. */
async function listen(port: string): Promise<typeof listening> {
  const told = new Deferred<{ readonly url: string; readonly child: ChildProcess }>();
  const args = [
    'runtime',
    '--listen',
    `127.0.0.1:${port}`,
    '--json',
    '--token-file',
    path.join(shared.folder, 'token'),
  ];
  const ended = holdfast([...args, '--tls-cert', tls('cert.pem'), '--tls-key', tls('key.pem')], {
    ...{ home: far.home, cwd: far.work },
    onOutput: (stdout, child) =>
      stdout.includes('\n') && told.resolve({ ...(JSON.parse(stdout) as { url: string }), child }),
  });
  return { ...(await told.promise), ended };
}

async function stopListening(): Promise<void> {
  listening.child.kill('SIGINT');
  await listening.ended;
}

/** Writes a prompt in the side bar, and waits for what the Shell prints. */
async function prompt(text: string, printed: string): Promise<void> {
  await shared.send(text);
  await shared.chat.getByText(printed).last().waitFor();
}

test('a remote host of the settings stands in the tree; opened, its sessions are there, and one of them answers (O7)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  const box = treeRows(page, 'Sessions', /^box/u);
  await treeRows(page, 'Sessions', /^box\s*not connected/u).waitFor();
  await box.click();
  await treeRows(page, 'Sessions', /^box\s*1/u).waitFor();
  await sessionRows(page, 'Far tide').click();
  await shared.header('Far tide').waitFor();
  await prompt('echo $((40 + 2)) fathoms', '42 fathoms');
});

test('a session is begun on a remote host, in a folder typed as a path of that host, and the picker names the host', async () => {
  const { page } = shared;
  await runCommand(page, 'Holdfast: New Session');
  await pickRow(page, 'box');
  await answerInput(page, far.work);
  await shared.header('New session').waitFor();
  await prompt('echo begun $((3 + 4))', 'begun 7');
  const { sessions } = await there.list();
  assert.deepEqual([...new Set(sessions.map(({ cwd }) => cwd))], [far.work]);
  assert.equal(sessions.length, 2);
  await runCommand(page, 'Holdfast: Switch Session');
  await quickRows(page).filter({ hasText: 'Far tide' }).filter({ hasText: 'box' }).first().waitFor();
  await pickRow(page, 'Near tide');
  await shared.header('Near tide').waitFor();
});

test('a remote host that goes is said to be gone, sessions of this machine go on, and when it is back so is its session', async () => {
  const { page, window } = shared;
  const { port } = new URL(listening.url);
  await stopListening();
  await treeRows(page, 'Sessions', /^box\s*unreachable/u).waitFor();
  await treeRows(page, 'Sessions', /Retry/u).waitFor();
  await prompt('echo near $((1 + 1))', 'near 2');
  await window.screenshot('editor-remote-gone');
  listening = await listen(port);
  await treeRows(page, 'Sessions', /Retry/u).click();
  await treeRows(page, 'Sessions', /^box\s*2/u).waitFor();
  await sessionRows(page, 'Far tide').click();
  await prompt('echo again $((2 + 2))', 'again 4');
});

test('a window that is loaded again shows the remote session that it showed (U3)', async () => {
  const { page, window } = shared;
  await window.reload();
  await openContainer(page, 'Holdfast');
  await shared.header('Far tide').waitFor();
  await shared.chat.getByText('again 4').last().waitFor();
  assert.equal(
    (await (await shared.other()).list()).sessions.length,
    1,
    'nothing of it became a session of this machine',
  );
});
