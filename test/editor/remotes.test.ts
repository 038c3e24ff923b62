import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { Deferred } from '../../src/base/deferred.ts';
import { connect, type Connection } from '../../src/client/index.ts';
import { askForSession, openFromTree } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  clickUntil,
  openContainer,
  pickRow,
  quickRows,
  runCommand,
  sessionRows,
  treeRows,
  until,
} from '../support/editor/workbench.ts';
import { holdfast, type Ended } from '../support/terminalProgram.ts';
import { endProcess, runtimeBundle } from '../support/testHome.ts';

const tls = (name: string): string => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));

/** The other machine: a data directory of its own, whose runtime listens as a person has it listen. */
let far: { readonly home: string; readonly work: string };
let listening: { readonly url: string; readonly child: ChildProcess; readonly ended: Promise<Ended> };
let there: Connection;

/** A third machine, which the settings do not name: a person adds it. */
let quay: { readonly home: string; readonly url: string; readonly there: Connection };
/** Where it listens: the port goes with the connection that asked for it. */
let door: Connection | undefined;
const TOKEN = 'a token of sixteen bytes or more';

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
    quay = await openQuay(folder);
    defer(() => endProcess(quay.there.hello.pid, 'SIGTERM'));
    defer(() => [quay.there, door].forEach((each) => each?.dispose()));
  },
  editor({ folder }) {
    const box = { url: listening.url, tokenFile: path.join(folder, 'token'), ca: tls('cert.pem') };
    return { settings: { 'holdfast.remotes': { box } } };
  },
});

/** Starts the third machine, with a session. */
async function openQuay(folder: string): Promise<typeof quay> {
  const [home, cwd] = [path.join(folder, 'quay'), path.join(folder, 'moorings')];
  mkdirSync(cwd);
  const connection = await connect({ home, bundle: runtimeBundle, log: () => undefined });
  await connection.openSession({ cwd, title: 'Moored', onEvent: () => undefined });
  return { home, url: await openDoor(home, TOKEN, 0), there: connection };
}

/** Has the third machine take this token and no other one, on the port of before when one is told. */
async function openDoor(home: string, token: string, port: number): Promise<string> {
  door?.dispose();
  const opened = (door = await connect({ home, bundle: runtimeBundle, log: () => undefined }));
  let url = '';
  // The port may be held by the one of before for a moment.
  await until(async () => {
    url = await opened.request('runtime/listen', { port, token }).then(
      (answer) => answer.url,
      () => '',
    );
    return url !== '';
  });
  return url;
}

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

const row = (text: string | RegExp): Locator => treeRows(shared.page, 'Sessions', text);

/** The box that asks for something, once it says these words: its title, or what is wrong with what stands in it. */
async function asks(words: string): Promise<Locator> {
  const box = shared.page.locator('.quick-input-widget:visible').filter({ hasText: words });
  await box.waitFor();
  return box;
}

/** Answers the box of this title, whether it shows what is typed or not. */
async function answers(title: string, text: string): Promise<void> {
  const field = (await asks(title)).locator('.quick-input-box input');
  await field.fill(text);
  await field.press('Enter');
}

/** Picks a host by its name, where a command of the palette asks for one. */
async function pickHost(command: string, name: string): Promise<void> {
  const { page } = shared;
  await runCommand(page, command);
  await page.locator('.quick-input-widget:visible').getByPlaceholder('Which host?').waitFor();
  await pickRow(page, name);
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
  await answers('New Session on box', far.work);
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

test('what cannot be a host is not taken in the palette: each box says why, and stays until it is right (O7)', async () => {
  const { page } = shared;
  await runCommand(page, 'Holdfast: Add Remote Host…');
  await answers('Add Remote Host (1/3)', 'a/b');
  await asks('A name is needed, without slashes.');
  await answers('Add Remote Host (1/3)', 'box');
  await asks('There is a host of this name already.');
  await answers('Add Remote Host (1/3)', 'quay');
  await answers('Add Remote Host (2/3)', 'wss://ada:secret@quay.example');
  await asks('has something secret in its address');
  await answers('Add Remote Host (2/3)', quay.url);
  await answers('Sign In to quay', '');
  await (await asks('A value is needed.')).locator('.quick-input-box input').press('Escape');
  assert.equal(await row(/^quay/u).count(), 0, 'who goes away in between has added nothing');
});

test('a host that is added in the palette says that it refuses a wrong token, and after signing in again it shows its sessions (O7)', async () => {
  const { page, window } = shared;
  await runCommand(page, 'Holdfast: Add Remote Host…');
  await answers('Add Remote Host (1/3)', 'quay');
  await answers('Add Remote Host (2/3)', quay.url);
  await answers('Sign In to quay', 'a token of another machine');
  await row(/^quay\s*token refused/u).waitFor();
  await row(/it does not take the token/u).waitFor();
  await window.screenshot('editor-remote-refused');
  await pickHost('Holdfast: Sign In to Remote Host Again…', 'quay');
  await answers('Sign In to quay', TOKEN);
  await row(/^quay\s*1/u).waitFor();
  await openFromTree(page, 'Moored');
  await prompt('echo at $((5 + 5)) fathoms', 'at 10 fathoms');
});

test('a host that takes another token by now says so in the chat of its session, which goes on after one has signed in there (O7)', async () => {
  const { chat } = shared;
  const another = `another ${TOKEN}`;
  await openDoor(quay.home, another, Number(new URL(quay.url).port));
  await chat.getByText('it does not take the token').first().waitFor();
  await clickUntil(
    chat.getByRole('button', { name: 'Sign In Again…' }),
    shared.page.locator('.quick-input-widget:visible'),
  );
  await answers('Sign In to quay', another);
  await prompt('echo still at $((6 + 6))', 'still at 12');
});

test('a host is removed in the palette after a question: the chat that shows a session of it says so, and over there it goes on (O7)', async () => {
  const { page } = shared;
  await pickHost('Holdfast: Remove Remote Host…', 'quay');
  await answerDialog(page, 'Remove');
  await row(/^quay/u).waitFor({ state: 'detached' });
  await shared.shows(/quay, which was removed here/u);
  const { sessions } = await quay.there.list();
  assert.deepEqual(
    sessions.map(({ title, phase }) => [title, phase]),
    [['Moored', 'idle']],
  );
});

test('the button of the chat asks on which machine a session is to begin, and it begins there (O7, U3)', async () => {
  const { page } = shared;
  await askForSession(page);
  await quickRows(page).filter({ hasText: 'This machine' }).waitFor();
  await pickRow(page, 'box');
  await answers('New Session on box', far.work);
  await shared.header('New session').waitFor();
  await prompt('echo by button $((7 + 7))', 'by button 14');
  assert.equal((await there.list()).sessions.length, 3);
});
