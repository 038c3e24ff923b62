import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Envelope } from '../../../src/protocol/events.ts';
import type { InteractionId, MessageId, SessionId } from '../../../src/protocol/ids.ts';
import { afterwards, beside } from './journal/temporary.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const a = 'a' as SessionId;
const m = 'm' as MessageId;
const content = [{ type: 'text' as const, text: 'go' }];

/** Makes every write of an event fail as a full disk does. */
function fill(context: TestContext, file: string) {
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON envelope
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  return { free: () => database.exec('DROP TRIGGER full') };
}

/** Resolves when something holds; the journal tries again by itself, after 100 ms at first. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const states = (client: Client) =>
  client.told
    .filter(({ method }) => method === 'runtime/state')
    .map(({ params }) => [params['storage'], params['reason']]);

const types = (client: Client): string[] => client.events.map(({ event }) => event.type);

/** A runtime with one session whose agent works on a prompt. */
async function working(context: TestContext, options: { readonly file?: string } = {}) {
  const runtime = await runtimeInMemory(context, options);
  const client = await runtime.connect();
  await client.request('session/create', { sessionId: a, cwd: tmpdir() });
  await client.request('session/prompt', { sessionId: a, content });
  await until(() => runtime.asked.length === 1);
  const asked = runtime.asked[0] ?? assert.fail('nothing was asked');
  asked.emit({ type: 'message.started', messageId: m, role: 'agent', content: [] });
  const isSaid = ({ event }: Envelope): boolean => event.type === 'message.started' && event.messageId === m;
  await until(() => client.events.some(isSaid));
  return { ...runtime, client, asked };
}

test('while storage fails the agent is not read, prompts are refused, and all is told of later, in order, once (law 9, J9)', async (context) => {
  const { client, asked, file, reading, journal } = await working(context);
  const disk = fill(context, file);
  asked.emit({ type: 'message.appended', messageId: m, content: { type: 'text', text: 'on the way' } });
  await until(() => !reading());
  await turns();
  assert.deepEqual(states(client).at(-1), ['failed', 'database or disk is full']);
  const seen = client.events.length;
  await assert.rejects(client.request('session/prompt', { sessionId: a, content }), {
    kind: 'storageFailed',
  });
  await assert.rejects(client.request('session/create', { sessionId: 'b' as SessionId, cwd: tmpdir() }), {
    kind: 'storageFailed',
  });
  await assert.rejects(client.request('session/delete', { sessionId: a }), { kind: 'storageFailed' });
  assert.equal((await client.request('runtime/status', {})).sessions.running, 1, 'status answers');
  assert.equal(client.events.length, seen, 'nothing that is not stored is shown (law 1)');

  disk.free();
  await until(() => reading());
  await until(() => types(client).at(-1) === 'message.appended');
  assert.deepEqual(states(client).at(-1), ['ok', undefined]);
  assert.deepEqual(
    client.events.map(({ seq }) => seq),
    client.events.map((_, index) => index + 1),
  );
  assert.equal(journal.state.storage, 'ok');
});

test('cancel acts at once while storage fails, and its events follow when storage returns (law 9)', async (context) => {
  const { client, asked, file, reading } = await working(context);
  const disk = fill(context, file);
  asked.emit({ type: 'usage.updated', usedTokens: 1 });
  await until(() => !reading());
  await client.request('session/prompt', { sessionId: a, content }).catch(() => undefined);
  const { cancelled } = await client.request('session/cancel', { sessionId: a });
  assert.deepEqual([cancelled, asked.cancelled], [true, true]);
  assert.equal(reading(), true, 'how it ends is heard');
  await turns();
  assert.ok(!types(client).includes('turn.ended'));
  disk.free();
  await until(() => types(client).includes('turn.ended'));
});

test('an answer and an end act at once while storage fails (law 9)', async (context) => {
  const { client, asked, file, reading, journal } = await working(context);
  const answered = asked.ask({
    kind: 'permission',
    title: 'May I?',
    options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
  });
  await until(() => types(client).at(-1) === 'interaction.opened');
  const interactionId = journal.head(a)?.head.interactions[0]?.interactionId as InteractionId;
  const disk = fill(context, file);
  asked.emit({ type: 'usage.updated', usedTokens: 1 });
  await until(() => !reading());
  await client.request('session/answer', {
    sessionId: a,
    interactionId,
    answer: { kind: 'option', optionId: 'yes' },
  });
  assert.equal((await answered).outcome, 'answered');
  await client.request('session/end', { sessionId: a, force: true });
  assert.equal(asked.cancelled, true);
  disk.free();
  await until(() => types(client).includes('session.ended'));
  assert.deepEqual(
    types(client).filter((type) => /settled|ended/.test(type)),
    ['interaction.settled', 'turn.ended', 'session.ended'],
  );
});

test('a cancelled agent that floods is read only as far as there is room (law 7, law 9)', async (context) => {
  const { client, asked, file, reading, journal } = await working(context);
  const disk = fill(context, file);
  asked.emit({ type: 'usage.updated', usedTokens: 1 });
  await until(() => !reading());
  asked.ignoreCancel();
  await client.request('session/cancel', { sessionId: a });
  const text = 'x'.repeat(30_000);
  let sent = 0;
  while (reading()) {
    asked.emit({ type: 'message.appended', messageId: m, content: { type: 'text', text } });
    assert.ok(++sent < 1000, 'it is read without end');
  }
  assert.ok(journal.unsentBytes < 5 * 1024 * 1024, `${journal.unsentBytes} bytes wait`);
  disk.free();
  await until(() => reading());
  asked.end({ outcome: 'cancelled' });
  await until(() => types(client).includes('turn.ended'));
});

test('what waits in the queue starts when storage is back, not before (law 9, T2)', async (context) => {
  const { client, asked, file, reading, asked: first } = await working(context);
  await client.request('session/prompt', { sessionId: a, content: [{ type: 'text', text: 'next' }] });
  const disk = fill(context, file);
  asked.emit({ type: 'usage.updated', usedTokens: 1 });
  await until(() => !reading());
  first.end();
  await turns();
  const before = types(client).filter((type) => type === 'turn.started').length;
  assert.equal(before, 1);
  disk.free();
  await until(() => types(client).filter((type) => type === 'turn.started').length === 2);
});

test('the runtime stops while storage fails, without waiting for it (law 9)', async (context) => {
  const { asked, file, reading, runtime } = await working(context);
  fill(context, file);
  asked.emit({ type: 'usage.updated', usedTokens: 1 });
  await until(() => !reading());
  await runtime.dispose('it was told to');
});

test('a deletion whose own commit is the first that fails is refused, and done when storage is back (J7, law 9)', async (context) => {
  const { client, file, journal } = await working(context);
  const disk = fill(context, file);
  await assert.rejects(client.request('session/delete', { sessionId: a, force: true }), {
    kind: 'storageFailed',
  });
  disk.free();
  await until(() => journal.state.storage === 'ok');
  await client.request('session/delete', { sessionId: a });
  assert.equal(journal.head(a), undefined);
});

test('the runtime stops also where what it stores on leaving is the first that fails (law 9)', async (context) => {
  const { file, journal, runtime } = await working(context);
  fill(context, file);
  await runtime.dispose('it was told to');
  assert.equal(journal.state.storage, 'failed');
});

/** A file system of a few megabytes, or why there is none. */
function smallDisk(context: TestContext): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    context.skip('only root on Linux can mount a file system of limited size');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-small-'));
  afterwards(context, () => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    context.skip(
      `a file system cannot be mounted here: ${error instanceof Error ? error.message.trim() : ''}`,
    );
    return undefined;
  }
  afterwards(context, () => execFileSync('umount', ['-l', folder]));
  return folder;
}

test('on a disk that is full, everything waits; when there is room, everything is there, in order, once (J9)', async (context) => {
  const folder = smallDisk(context);
  if (folder === undefined) return;
  const { client, asked, reading, journal } = await working(context, { file: join(folder, 'journal.db') });
  const ballast = join(folder, 'ballast');
  const descriptor = openSync(ballast, 'w');
  const { bavail, bsize } = statfsSync(folder);
  for (let left = bavail * bsize; left > 0; left -= 4096) writeSync(descriptor, Buffer.alloc(4096));
  closeSync(descriptor);
  const text = 'y'.repeat(20_000);
  let sent = 0;
  while (reading()) {
    asked.emit({ type: 'message.appended', messageId: m, content: { type: 'text', text } });
    sent++;
    await turns(1);
  }
  assert.match(states(client).at(-1)?.[1] as string, /full|I\/O/);
  truncateSync(ballast, 0);
  await until(() => reading());
  asked.end();
  await until(() => types(client).includes('turn.ended'));
  assert.deepEqual(
    client.events.map(({ seq }) => seq),
    client.events.map((_, index) => index + 1),
  );
  const said = client.events.flatMap(({ event }) =>
    event.type === 'message.appended' && event.content.type === 'text' ? event.content.text : [],
  );
  assert.equal(said.join('').length, sent * text.length);
  assert.equal(journal.state.storage, 'ok');
  assert.deepEqual(await journal.check(), { ok: true, problems: [] });
});
