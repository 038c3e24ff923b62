import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';

import { Deferred } from '../../../src/base/deferred.ts';
import { editor, l10n } from '../../support/fakeVscode.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { ParamsIn } from '../../../src/protocol/methods.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { summary } from './summary.ts';

const { deleteSessions, undoDeletion } = await import('../../../src/extension/deleteSessions.ts');
const { Archiving } = await import('../../../src/extension/archiving.ts');
const { eachSession } = await import('../../../src/extension/eachSession.ts');
const { sessionCommands } = await import('../../../src/extension/sessionCommands.ts');

const tooLate = 'That was too late: the deletion can no longer be undone.';
const ids = (...titles: readonly string[]): SessionId[] => titles as SessionId[];

/** A runtime that refuses some requests about some sessions, and a list of what it has. */
function runtime(refused: readonly string[], sessions: Readonly<Record<string, Partial<Summary>>> = {}) {
  const asked: string[] = [];
  const hidden = new Set<string>();
  const list = {
    get: (id: string) => summary(id, sessions[id] ?? {}),
    hide: (id: string, isHidden: boolean) => (isHidden ? hidden.add(id) : hidden.delete(id)),
  };
  const request = (method: string, params: { sessionId: string; turnId?: string; archived?: boolean }) => {
    const { sessionId, turnId, archived } = params;
    const words = [method, sessionId, turnId, archived].filter((part) => part !== undefined).join(' ');
    asked.push(words);
    if (refused.includes(`${method} ${sessionId}`)) return Promise.reject(new Error(`no ${sessionId}`));
    return Promise.resolve({ head: { queue: [{ turnId: 'later' }] } });
  };
  const parts = { connection: { request }, list } as unknown as Parameters<typeof deleteSessions>[0];
  return { parts, asked, hidden };
}

/** The commands, on sessions that are all selected. */
function commandsOf({ parts }: ReturnType<typeof runtime>, selected: readonly string[]) {
  const choosing = { several: () => Promise.resolve(selected) };
  const archiving = new Archiving({ ...parts, list: { ...parts.list, isHidden: () => false } });
  const all = { ...parts, choosing, archiving } as unknown as Parameters<typeof sessionCommands>[0];
  const table = sessionCommands(all);
  return (name: string): Promise<unknown> => Promise.resolve((table[name] as () => unknown)());
}

/** Lets the time pass in which a deletion can be undone. */
async function waitsOutUndo(context: TestContext, work: Promise<unknown>): Promise<void> {
  await editor.notification(({ buttons }) => buttons.includes('Undo'));
  context.mock.timers.tick(60_000);
  await work;
}

beforeEach(() => editor.reset());

test('a session that cannot be deleted is shown again and told of, and the others are deleted (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts, asked, hidden } = runtime(['session/configure b', 'session/delete c']);
  const deleting = deleteSessions(parts, ids('a', 'b', 'c', 'd'));
  const undo = await editor.notification(({ buttons }) => buttons.includes('Undo'));
  assert.equal(undo.text, '3 sessions are deleted.');
  assert.deepEqual([...hidden], ['a', 'c', 'd'], 'what was refused is in the list again');
  const refusal = editor.shown.find(({ kind }) => kind === 'error');
  assert.match(refusal?.text ?? '', /1 of 4 .*“b”: no b/u);
  await assert.rejects(waitsOutUndo(context, deleting), /“c”: no c/u);
  assert.deepEqual([...hidden], [], 'nothing stays hidden');
  assert.deepEqual(
    asked.filter((words) => words.startsWith('session/delete')),
    ['a', 'c', 'd'].map((id) => `session/delete ${id}`),
  );
});

test('where nothing could be put aside, nothing is said to be deleted (U1)', async () => {
  const { parts, asked, hidden } = runtime(['session/configure a']);
  await deleteSessions(parts, ids('a'));
  assert.deepEqual(
    editor.shown.map(({ text }) => text),
    ['Holdfast: no a'],
  );
  assert.deepEqual([...hidden], []);
  assert.deepEqual(asked, ['session/configure a true']);
});

test('a session that somebody goes on with elsewhere before it is deleted stays, as it was (U1, J5)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts, asked, hidden } = runtime([], { a: { phase: 'running' }, c: { phase: 'opening' } });
  const { request } = parts.connection;
  const forced: unknown[] = [];
  const busy: typeof request = (method, params, ...rest) => {
    if (method !== 'session/delete') return request(method, params, ...rest);
    const { sessionId, force = false } = params as ParamsIn<'session/delete'>;
    forced.push([sessionId, force]);
    return force
      ? request(method, params, ...rest)
      : Promise.reject(new HoldfastError('sessionBusy', 'a turn runs'));
  };
  const deleting = deleteSessions({ ...parts, connection: { request: busy } }, ids('a', 'b', 'c'));
  (await editor.notification(({ modal }) => modal)).press('Cancel and Delete');
  await assert.rejects(waitsOutUndo(context, deleting), /“b”: It was taken up elsewhere meanwhile/u);
  assert.deepEqual(forced, [
    ['a', true],
    ['b', false],
    ['c', true],
  ]);
  assert.equal(asked.at(-1), 'session/configure b false');
  assert.deepEqual([...hidden], []);
});

test('“Cancel and Delete” cancels at once, what waits before what runs (U1, T3)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts, asked } = runtime([], { a: { phase: 'running', queued: 1 } });
  const deleting = deleteSessions(parts, ids('a', 'b'));
  (await editor.notification(({ modal }) => modal)).press('Cancel and Delete');
  await editor.notification(({ buttons }) => buttons.includes('Undo'));
  assert.deepEqual(
    asked.filter((words) => words.endsWith(' a') || words.includes(' a ')),
    ['session/get a', 'session/cancel a later', 'session/cancel a', 'session/configure a true'],
  );
  assert.ok(!asked.includes('session/cancel b'), 'what does not work is not cancelled');
  await waitsOutUndo(context, deleting);
});

test('undo brings back all that can be brought back, each as it was (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts, asked, hidden } = runtime([], { b: { archived: true } });
  const deleting = deleteSessions(parts, ids('a', 'b'));
  (await editor.notification(({ buttons }) => buttons.includes('Undo'))).press('Undo');
  await deleting;
  assert.deepEqual(asked.slice(2), ['session/configure a false', 'session/configure b true']);
  assert.deepEqual([...hidden], []);
});

test('a row that is refused keeps nothing from the others that are selected, and all refusals are told together (U1)', async () => {
  for (const [command, method] of [
    ['holdfast.cancelTurn', 'session/cancel'],
    ['holdfast.endSession', 'session/end'],
    ['holdfast.archiveSession', 'session/configure'],
    ['holdfast.pinSession', 'session/configure'],
  ] as const) {
    const fake = runtime([`${method} a`, `${method} c`]);
    const run = commandsOf(fake, ['a', 'b', 'c', 'd']);
    await assert.rejects(run(command), /2 of 4 .*“a”: no a; “c”: no c/u, command);
    assert.equal(fake.asked.filter((words) => words.startsWith(method)).length, 4, command);
  }
  const many = ['a', 'b', 'c', 'd', 'e'];
  const fake = runtime(many.map((id) => `session/cancel ${id}`));
  await assert.rejects(commandsOf(fake, many)('holdfast.cancelTurn'), /“c”: no c; and 2 more/u);
  const alone = runtime(['session/cancel a']);
  await assert.rejects(commandsOf(alone, ['a'])('holdfast.cancelTurn'), { message: 'no a' });
});

test('what several sessions refused is told in the person’s language (U1, U6)', async (t) => {
  const { t: english } = l10n;
  t.mock.method(l10n, 't', (message: string, ...values: string[]) =>
    message === 'The session is busy' ? 'Die Sitzung arbeitet' : english(message, ...values),
  );
  const busy = (): Promise<unknown> => Promise.reject(new HoldfastError('sessionBusy', 'it runs'));
  const { problem } = await eachSession({ get: (id) => summary(id) }, ids('a', 'b'), busy);
  assert.match(problem?.message ?? '', /“a”: Die Sitzung arbeitet/u);
});

test('a deletion is undone from a chat of one of its sessions as from its notification, which then does nothing more (U1, U3)', async () => {
  const { parts, asked, hidden } = runtime([]);
  const deleting = deleteSessions(parts, ids('a', 'b'));
  const undo = await editor.notification(({ buttons }) => buttons.includes('Undo'));
  await undoDeletion(parts, 'b' as SessionId);
  await deleting;
  assert.deepEqual(asked.slice(2), ['session/configure a false', 'session/configure b false']);
  assert.deepEqual([...hidden], []);
  undo.press('Undo');
  await undoDeletion(parts, 'b' as SessionId);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(editor.shown, [undo]);
});

test('a session that is deleted twice, as by a key that is held, is deleted once, and one Undo brings it back (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts, asked } = runtime([], { b: { phase: 'running' } });
  const deleting = [deleteSessions(parts, ids('a')), deleteSessions(parts, ids('a'))];
  await editor.notification(({ buttons }) => buttons.includes('Undo'));
  await undoDeletion(parts, 'a' as SessionId);
  context.mock.timers.tick(60_000);
  await Promise.all(deleting);
  assert.deepEqual(asked, ['session/configure a true', 'session/configure a false']);
  const busy = [deleteSessions(parts, ids('b')), deleteSessions(parts, ids('b'))];
  const questions = editor.shown.filter(({ modal }) => modal);
  assert.equal(questions.length, 1, 'one question is asked');
  questions[0]?.press(undefined);
  await Promise.all(busy);
  const again = deleteSessions(parts, ids('b'));
  assert.equal(
    editor.shown.filter(({ modal }) => modal).length,
    2,
    'what was left alone can be deleted later',
  );
  editor.shown.at(-1)?.press(undefined);
  await again;
});

test('a deletion that is undone before all is put aside is not spoken of (U1)', async () => {
  const { parts, asked } = runtime([]);
  const deleting = deleteSessions(parts, ids('a'));
  await undoDeletion(parts, 'a' as SessionId);
  await deleting;
  assert.deepEqual(asked, ['session/configure a true', 'session/configure a false']);
  assert.deepEqual(editor.shown, []);
});

test('Cancel says that what waited next runs now, where something waited (U1, T3)', async () => {
  const fake = runtime([], { a: { phase: 'running', queued: 2 }, b: { phase: 'running' } });
  await commandsOf(fake, ['b'])('holdfast.cancelTurn');
  assert.deepEqual(editor.said, []);
  await commandsOf(fake, ['a', 'b'])('holdfast.cancelTurn');
  assert.deepEqual(editor.said, ['Cancelled. What waited next runs now.']);
});

test('a chat that would undo a deletion whose time is over is told that it was too late (U1)', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { parts } = runtime([]);
  const deleted = new Deferred<never>();
  const { request } = parts.connection;
  const slow: typeof request = (method, ...rest) =>
    method === 'session/delete' ? deleted.promise : request(method, ...rest);
  const deleting = deleteSessions({ ...parts, connection: { request: slow } }, ids('a'));
  await editor.notification(({ buttons }) => buttons.includes('Undo'));
  context.mock.timers.tick(60_000);
  await undoDeletion(parts, 'a' as SessionId);
  assert.equal(editor.shown.at(-1)?.text, tooLate);
  deleted.resolve({} as never);
  await deleting;
});

test('a chat that would undo a deletion which is done is told so, and nothing where the session is there (U1)', async () => {
  const { parts } = runtime([]);
  await undoDeletion(parts, 'a' as SessionId);
  assert.deepEqual(editor.shown, []);
  await undoDeletion({ list: { ...parts.list, get: () => undefined } }, 'a' as SessionId);
  assert.deepEqual(
    editor.shown.map(({ text }) => text),
    [tooLate],
  );
});
