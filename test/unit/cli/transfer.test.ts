import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import { summaryOf } from '../../../src/protocol/summary.ts';
import { envelope, FakeChannel, headAfter, journal, started } from '../client/fakeChannel.ts';
import { holdfast } from './fakeTerminal.ts';

const sha256 = 'a'.repeat(64);

/** A runtime with one session, whose second event refers to a large content of five bytes. */
function setup(): FakeChannel {
  const channel = new FakeChannel().connect();
  const head = headAfter(started('S'));
  channel.answers.set('session/list', () => ({ sessions: [summaryOf(head, journal)] }));
  channel.answers.set('session/get', () => ({ sessionId: 'S', cursor: { journal, seq: 2 }, head }));
  const ended = { type: 'commandRun.ended', commandRunId: 'c', exitCode: 0, signal: null };
  const pages = [started('S'), envelope('S', 2, { ...ended, blob: { sha256, bytes: 5 } })];
  channel.answers.set('session/export', ({ cursor }) => {
    const { seq } = (cursor as { seq: number } | undefined) ?? { seq: 0 };
    return { sessionId: 'S', cursor: { journal, seq: seq + 1 }, envelopes: [pages[seq]], more: seq === 0 };
  });
  channel.answers.set('blob/read', ({ offset }) => ({
    ...{ sessionId: 'S', sha256, offset, size: 5 },
    data: Buffer.from('hello')
      .subarray(Number(offset), Number(offset) + 3)
      .toString('base64'),
  }));
  return channel;
}

test('an export is its format, all pages of events, and the large contents they refer to, in stretches (J7)', async () => {
  const { out, exitCode } = await holdfast(['export', 'S', '--format', 'ndjson'], setup());
  assert.equal(exitCode, 0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq?: number; blob?: { offset: number; data: string } });
  assert.deepEqual(
    lines.slice(1, 3).map(({ seq }) => seq),
    [1, 2],
  );
  assert.deepEqual(
    lines.slice(3).map(({ blob }) => [blob?.offset, Buffer.from(blob?.data ?? '', 'base64').toString()]),
    [
      [0, 'hel'],
      [3, 'lo'],
    ],
  );
});

test('an import sends what an export wrote, in pages that belong together, the last one marked (J7)', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'h-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'x.ndjson');
  writeFileSync(file, (await holdfast(['export', 'S', '--format', 'ndjson'], setup())).out);
  const channel = setup();
  channel.answers.set('session/import', ({ done }) => ({
    ...(done === true && { sessionId: 'N' }),
    events: 2,
    missingBlobs: 1,
  }));
  const { out, err, exitCode } = await holdfast(['import', file], channel);
  assert.deepEqual([exitCode, out], [0, 'N\n']);
  assert.match(err, /1 large contents/u);
  const { params } = channel.last('session/import');
  assert.deepEqual([params['page'], params['done']], [0, true]);
  assert.equal((params['envelopes'] as unknown[]).length, 2);
  assert.equal((params['blobs'] as unknown[]).length, 2);
});

test('Ctrl-C takes an import back, also when all of it was sent, and says so (J7)', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'h-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'x.ndjson');
  writeFileSync(file, (await holdfast(['export', 'S', '--format', 'ndjson'], setup())).out);
  const channel = setup();
  const listening = process.listenerCount('SIGINT');
  const importing = holdfast(['import', file], channel);
  const sent = () => channel.requests.find(({ method }) => method === 'session/import');
  while (sent() === undefined) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(channel.last('session/import').params['done'], true);
  process.emit('SIGINT', 'SIGINT');
  const asked = () => channel.requests.filter(({ method }) => method === 'session/import').length;
  while (asked() < 2) await new Promise((resolve) => setImmediate(resolve));
  channel.last('session/import').fail(new HoldfastError('invalidParams', 'page 0 was expected'));
  const { out, err, exitCode } = await importing;
  assert.deepEqual([exitCode, out, err], [3, '', 'cancelled\n']);
  assert.equal(sent()?.signal?.aborted, true);
  assert.equal(process.listenerCount('SIGINT'), listening);
});

test('an export of a format that there is not is refused before anything is asked', async () => {
  const channel = setup();
  const { exitCode, err } = await holdfast(['export', 'S', '--format', 'pdf'], channel);
  assert.equal(exitCode, 2);
  assert.match(err, /pdf/u);
  assert.deepEqual(channel.requests, []);
});
