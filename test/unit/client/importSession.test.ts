import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImport, sendImport, type ImportSource } from '../../../src/client/importSession.ts';
import { createRegistry } from '../../../src/client/registry.ts';
import { HoldfastError, type ErrorKind } from '../../../src/protocol/errors.ts';
import type { Method } from '../../../src/protocol/methods.ts';
import { FakeChannel, started, type SentRequest } from './fakeChannel.ts';

const source: ImportSource = {
  name: 'tides.ndjson',
  // oxlint-disable-next-line typescript/require-await
  async *lines() {
    yield JSON.stringify(started('S'));
  },
};

/** An import whose only page was sent, once more after a lost connection, and that is cancelled then. */
async function cancelled() {
  const channel = new FakeChannel().connect();
  const registry = createRegistry(channel, { log: () => {} });
  const requester = { request: registry.request.bind(registry) };
  const abort = new AbortController();
  const facts = await checkImport(source);
  const importing = sendImport(requester, source, facts, { signal: abort.signal });
  const sent = async (method: Method, count: number): Promise<SentRequest> => {
    const all = (): SentRequest[] => channel.requests.filter((request) => request.method === method);
    while (all().length < count) await new Promise((resolve) => setImmediate(resolve));
    return channel.last(method);
  };
  const first = await sent('session/import', 1);
  channel.drop();
  channel.connect();
  await sent('session/import', 2);
  abort.abort();
  const asked = await sent('session/import', 3);
  return { channel, importing, sent, first, asked };
}

const failsAs = (kind: ErrorKind) => (error: unknown) =>
  error instanceof HoldfastError && error.kind === kind;

test('an import that is cancelled asks what became of it, and is cancelled where nothing was taken in (J7, J5)', async () => {
  for (const kind of ['invalidParams', 'requestCancelled', 'storageFailed'] as const) {
    const { channel, importing, first, asked } = await cancelled();
    assert.equal(asked.params['commandId'], first.params['commandId'], 'it is the same command');
    assert.ok(asked.params['done'] !== true, 'it completes nothing');
    assert.ok(Number(asked.params['page']) > Number(first.params['page']));
    asked.fail(new HoldfastError(kind, 'no'));
    await assert.rejects(importing, failsAs('aborted'));
    assert.ok(channel.requests.every(({ method }) => method !== 'session/delete'));
  }
});

test('a session that came in before its import was cancelled is deleted again (J7)', async () => {
  const { importing, sent, asked } = await cancelled();
  asked.respond({ sessionId: 'N', events: 2, missingBlobs: 0 });
  const deletion = await sent('session/delete', 1);
  assert.equal(deletion.params['sessionId'], 'N');
  deletion.respond({ sessionId: 'N' });
  await assert.rejects(importing, failsAs('aborted'));
});

test('an import is not said to be cancelled where that is not known, or where its session stays (J7)', async () => {
  const unknown = await cancelled();
  unknown.asked.fail(new HoldfastError('timedOut', 'it took too long'));
  await assert.rejects(unknown.importing, {
    kind: 'interrupted',
    message: /cannot be found out: it took too long.*in the list/u,
  });
  const stays = await cancelled();
  stays.asked.respond({ sessionId: 'N', events: 2, missingBlobs: 0 });
  (await stays.sent('session/delete', 1)).fail(new HoldfastError('storageFailed', 'the disk is full'));
  await assert.rejects(stays.importing, {
    kind: 'interrupted',
    message: /came in before .*: the disk is full.*in the list/u,
  });
});
