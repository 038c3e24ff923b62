import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { RawWindow, type Message } from '../support/rawWindow.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const agents = { scripted: fakeAgent('scripted') };

/** A session of an agent in a directory with one file, and windows that have it open. */
async function place(t: TestContext) {
  const home = testHome(t);
  const connection = await home.connect({ agents });
  const recorder = new Recorder();
  const file = path.join(home.work, 'tides.txt');
  writeFileSync(file, 'ebb\nflow\n');
  const start = () =>
    connection.openSession({ cwd: home.work, agent: 'scripted', onEvent: recorder.onEvent });
  const asks = (method: string, params: object): string =>
    `client ${method} ${JSON.stringify({ path: file, ...params })}`;
  return {
    ...{ home, connection, recorder, file, start },
    read: (params: object = {}) => asks('fs/read_text_file', params),
    write: (content: string) => asks('fs/write_text_file', { content }),
    onDisk: () => readFileSync(file, 'utf8'),
  };
}

const paramsOf = ({ params }: Message) => params as Record<string, unknown>;

test('an agent reads what is unsaved in an editor, by lines counted from 1 (A5)', async (t) => {
  const { home, recorder, file, start, read } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await window.tellsOf(file, 'ebb\nflow\n');
  window.type(file, 2, 'ebb\nslack\nflow\n');
  await window.heard();
  await (
    await session.prompt(read({ line: 2, limit: 1 }))
  ).ended;
  assert.equal(recorder.agentText, '{"content":"slack\\n"}');
});

test('of two windows the one that changed a document last is asked to write it (A5)', async (t) => {
  const { home, recorder, file, start, write, onDisk } = await place(t);
  const [first, second] = [await RawWindow.open(home, 'first'), await RawWindow.open(home, 'second')];
  const session = await start();
  for (const window of [first, second]) await window.tellsOf(file, 'ebb\nflow\n');
  second.type(file, 2, 'typed in the second');
  second.save(file);
  await second.heard();
  const turn = await session.prompt(write('by the agent'));
  const asked = await second.next('document/write');
  assert.deepEqual(
    [paramsOf(asked)['text'], paramsOf(asked)['baseVersion'], paramsOf(asked)['overwrite']],
    ['by the agent', 2, false],
  );
  second.answer(asked, { outcome: 'written', version: 3 });
  assert.equal((await turn.ended).outcome, 'completed');
  assert.match(recorder.agentText, /\{\}$/u);
  assert.equal(onDisk(), 'ebb\nflow\n', 'the window saves');
});

test('unsaved edits make a write a question that any client answers, and none of the text is journaled (A5, W1)', async (t) => {
  const { home, recorder, file, start, write } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await window.tellsOf(file, 'my secret draft', true);
  const turn = await session.prompt(`tool\n${write('by the agent')}`);
  window.answer(await window.next('document/write'), { outcome: 'dirty', version: 1 });
  const { interactionId, interaction } = await recorder.next('interaction.opened');
  assert.ok(interaction.kind === 'permission');
  assert.equal(interaction.title, 'Overwrite your unsaved edits in tides.txt?');
  assert.equal(session.head.phase, 'waiting');
  const [overwrite] = interaction.options;
  await session.answer(interactionId, { kind: 'option', optionId: overwrite?.optionId ?? '' });
  const again = await window.next('document/write');
  assert.equal(paramsOf(again)['overwrite'], true);
  window.answer(again, { outcome: 'written', version: 2 });
  assert.equal((await turn.ended).outcome, 'completed');
  assert.doesNotMatch(JSON.stringify(recorder.envelopes), /my secret draft/u);
});

test('the question is bound to the tool call that works on the file (A5, A4)', async (t) => {
  const { home, recorder, file, start, write } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await window.tellsOf(file, 'typed', true);
  const turn = await session.prompt(`editing ${file}\n${write('by the agent')}`);
  window.answer(await window.next('document/write'), { outcome: 'dirty', version: 1 });
  const { interactionId, interaction } = await recorder.next('interaction.opened');
  const [call] = recorder.all('toolCall.started');
  assert.ok(interaction.kind === 'permission');
  assert.equal(interaction.toolCallId, call?.toolCallId);
  await session.answer(interactionId, { kind: 'option', optionId: 'keep' });
  await turn.ended;
  assert.match(recorder.agentText, /-32603 .*the person keeps the unsaved edits/u);
});

test('a session that may do everything still asks before it overwrites what a person typed (A5, W5)', async (t) => {
  const { home, connection, recorder, file, start, write } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await connection.request('session/configure', { sessionId: session.id, permissionMode: 'allowAll' });
  await window.tellsOf(file, 'typed', true);
  const turn = await session.prompt(`permission\nediting ${file}\n${write('by the agent')}`);
  window.answer(await window.next('document/write'), { outcome: 'dirty', version: 1 });
  const { interactionId, interaction } = await recorder.next('interaction.opened');
  assert.match(recorder.agentText, /selected once/u, 'what an agent asks for is allowed');
  assert.equal(interaction.title, 'Overwrite your unsaved edits in tides.txt?');
  await session.answer(interactionId, { kind: 'reject' });
  await turn.ended;
  assert.match(recorder.agentText, /the person keeps the unsaved edits/u);
});

test('a window that does not answer leaves a clean document to the disk, and keeps an unsaved one (A5)', async (t) => {
  process.env['HOLDFAST_DOCUMENT_WRITE_MS'] = '50';
  t.after(() => delete process.env['HOLDFAST_DOCUMENT_WRITE_MS']);
  const { home, recorder, file, start, write, onDisk } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await window.tellsOf(file, 'ebb\nflow\n');
  await (
    await session.prompt(write('by the agent'))
  ).ended;
  assert.equal(onDisk(), 'by the agent');
  await window.next('$/cancelRequest');
  window.type(file, 2, 'typed');
  await window.heard();
  await (
    await session.prompt(write('again'))
  ).ended;
  assert.equal(onDisk(), 'by the agent');
  assert.match(recorder.agentText, /has unsaved edits in editor, which did not answer/u);
});

test('a window that goes in the middle of a write leaves the write to the disk (A5)', async (t) => {
  const { home, file, start, write, onDisk } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  await window.tellsOf(file, 'ebb\nflow\n');
  const turn = await session.prompt(write('by the agent'));
  await window.next('document/write');
  window.leave();
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(onDisk(), 'by the agent');
});

test('a window is asked for nothing before a session lives in a directory, and no longer when it has ended (A5)', async (t) => {
  const { home, start } = await place(t);
  const window = await RawWindow.open(home, 'editor');
  const session = await start();
  const registering = await window.next('client/registerCapability');
  window.answer(registering);
  const ids = (message: Message, field: string) =>
    (paramsOf(message)[field] as { id: string }[]).map(({ id }) => id);
  await session.end({ force: true });
  const unregistering = await window.next('client/unregisterCapability');
  assert.deepEqual(ids(unregistering, 'unregisterations'), ids(registering, 'registrations'));
});

test('a client that takes no registrations is never asked for documents (A5)', async (t) => {
  const { recorder, start, read } = await place(t);
  const session = await start();
  await (
    await session.prompt(read())
  ).ended;
  assert.equal(recorder.agentText, '{"content":"ebb\\nflow\\n"}');
});
