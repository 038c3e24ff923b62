import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { exportParts, writeParts } from '../../src/client/exportSession.ts';
import { checkImport, importFile, sendImport } from '../../src/client/importSession.ts';
import { isHoldfastError } from '../../src/client/index.ts';
import { testHome } from '../support/testHome.ts';

const aborted = (error: unknown): boolean => isHoldfastError(error, 'aborted');

/** A session of which there is something to export, in a runtime of its own. */
async function exported(t: Parameters<typeof testHome>[0]) {
  const { work, connect } = testHome(t);
  const client = await connect();
  const session = await client.openSession({ cwd: work, agent: 'shell', onEvent: () => undefined });
  for (const word of ['ebb', 'flood']) await (await session.prompt(`echo ${word}`)).ended;
  return { client, work, session, file: path.join(work, 'tides.ndjson') };
}

test('an export that is cancelled leaves the file that was there before, and nothing of its own (J7)', async (t) => {
  const { client, session, work, file } = await exported(t);
  writeFileSync(file, 'as it was');
  const abort = new AbortController();
  const { signal } = abort;
  const parts = async function* (): AsyncIterable<string> {
    for await (const part of exportParts(client, session.id, 'ndjson', { signal })) {
      yield part;
      abort.abort();
    }
  };
  for (const cut of [parts(), exportParts(client, session.id, 'md', { signal })]) {
    await assert.rejects(writeParts(file, cut), aborted);
    assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(work)], ['as it was', ['tides.ndjson']]);
  }
});

test('an import tells how far it is and where the session worked; one that is cancelled leaves no session (J7)', async (t) => {
  const { client, session, work, file } = await exported(t);
  await writeParts(file, exportParts(client, session.id, 'ndjson'));
  const source = await importFile(file);
  const facts = await checkImport(source);
  assert.deepEqual(facts, { lines: readFileSync(file, 'utf8').trim().split('\n').length, cwd: work });
  const abort = new AbortController();
  abort.abort();
  await assert.rejects(sendImport(client, source, facts, { signal: abort.signal }), aborted);
  assert.equal((await client.list()).sessions.length, 1, 'only the one that was exported');
  const shares: number[] = [];
  const { sessionId } = await sendImport(client, source, facts, {
    onProgress: (share) => shares.push(share),
  });
  assert.equal(shares.at(-1), 1);
  const summary = (await client.list()).sessions.find((each) => each.sessionId === sessionId);
  assert.equal(summary?.attention, 'none', 'what ended elsewhere is no news here');
  const { head } = await client.get(sessionId ?? '');
  assert.deepEqual([head.ended, head.cwd], [true, work]);
});
