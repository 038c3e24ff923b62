import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import type { Summary } from '../../../src/protocol/summary.ts';
import { uriOfFile } from '../../../src/runtime/documents/fileUri.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const cwd = tmpdir();

/** The causes that a window was told: what the session's attention was. */
const news = ({ told }: Client): string[] =>
  told
    .filter(({ method, params }) => method === 'session/summaries' && params['notify'] === true)
    .flatMap(({ params }) => (params['summaries'] as Summary[]).map(({ attention }) => attention));

/** Two windows, of which the second has the session's folder open, and a session at work. */
async function twoWindows(context: TestContext) {
  const runtime = await runtimeInMemory(context);
  const elsewhere = await runtime.connect({ name: 'elsewhere', summaries: true, folders: ['/elsewhere'] });
  const there = await runtime.connect({ name: 'there', summaries: true, folders: [cwd] });
  const last = await runtime.connect({ name: 'last', summaries: true, folders: [`${cwd}-beside`] });
  const terminal = await runtime.connect({ name: 'terminal', summaries: true });
  const { sessionId } = await there.request('session/create', { cwd });
  const work = async () => {
    const before = runtime.asked.length;
    await there.request('session/prompt', { sessionId, content: [{ type: 'text', text: 'go' }] });
    while (runtime.asked.length === before) await turns(1);
    return runtime.asked.at(-1) ?? assert.fail('nothing was asked');
  };
  const focus = (client: Client, focused: boolean): void =>
    client.say({ method: 'window/focus', params: { focused } });
  return { runtime, elsewhere, there, last, terminal, sessionId, work, focus };
}

/** Waits until the windows together have been told so much. */
async function toldOf(clients: readonly Client[], count: number): Promise<void> {
  while (clients.flatMap(news).length < count) await turns(1);
  await turns();
}

test('a cause is told to one window alone: the one with the focus, wherever the session works (U4)', async (t) => {
  const { elsewhere, there, last, terminal, work, focus } = await twoWindows(t);
  focus(elsewhere, true);
  (await work()).end();
  await toldOf([elsewhere, there, last, terminal], 1);
  assert.deepEqual([elsewhere, there, last, terminal].map(news), [['finished'], [], [], []]);
});

test('without a focused window it is the one whose folder contains the session’s directory (U4)', async (t) => {
  const { elsewhere, there, last, work, focus } = await twoWindows(t);
  focus(elsewhere, true);
  focus(elsewhere, false);
  const asked = await work();
  void asked.ask({ kind: 'permission', title: 'Run it?', options: [] });
  await toldOf([elsewhere, there, last], 1);
  assert.deepEqual([elsewhere, there, last].map(news), [[], ['needsYou'], []]);
});

test('a folder that comes into a window counts, and one that went does not (U4)', async (t) => {
  const { elsewhere, there, last, work } = await twoWindows(t);
  const folders = (...paths: string[]) => paths.map((folder) => ({ uri: uriOfFile(folder), name: folder }));
  const changed = (client: Client, event: object): void =>
    client.say({ method: 'workspace/didChangeWorkspaceFolders', params: { event } });
  changed(there, { added: folders('/other'), removed: folders(cwd) });
  changed(elsewhere, { added: [{ uri: 'git:/tides', name: 'no file' }, ...folders(cwd)], removed: [] });
  (await work()).end();
  await toldOf([elsewhere, there, last], 1);
  assert.deepEqual([elsewhere, there, last].map(news), [['finished'], [], []]);
});

test('where no window has the folder, the one used last is told (U4)', async (t) => {
  const runtime = await runtimeInMemory(t);
  const [first, second] = [
    await runtime.connect({ name: 'first', summaries: true, folders: [] }),
    await runtime.connect({ name: 'second', summaries: true, folders: ['/elsewhere'] }),
  ];
  for (const focused of [true, false]) first.say({ method: 'window/focus', params: { focused } });
  const { sessionId } = await second.request('session/create', { cwd });
  await second.request('session/prompt', { sessionId, content: [{ type: 'text', text: 'go' }] });
  while (runtime.asked.length === 0) await turns(1);
  runtime.asked[0]?.end({ outcome: 'failed' });
  await toldOf([first, second], 1);
  assert.deepEqual([first, second].map(news), [['failed'], []]);
});

test('what a person did, and a turn after which the next one begins, is no news (U4)', async (t) => {
  const { runtime, there, sessionId, work } = await twoWindows(t);
  const first = await work();
  await there.request('session/prompt', { sessionId, content: [{ type: 'text', text: 'next' }] });
  await there.request('session/configure', { sessionId, title: 'Named' });
  first.end();
  while (runtime.asked.length < 2) await turns(1);
  await there.request('session/cancel', { sessionId });
  const third = await work();
  third.end();
  await toldOf([there], 1);
  assert.deepEqual(news(there), ['finished']);
});
