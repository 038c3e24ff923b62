import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { largeValue } from '../../../src/protocol/blob.ts';
import type { ContentBlock } from '../../../src/protocol/content.ts';
import type { EventOf } from '../../../src/protocol/events.ts';
import type { CommandRunId, SessionId, ToolCallId } from '../../../src/protocol/ids.ts';
import { parseEvent } from '../../../src/protocol/parseEnvelope.ts';
import type { AgentEvent } from '../../../src/runtime/agent/agent.ts';
import { PREVIEW_LENGTH, spill, SPILL_BYTES, unspilled, type BlobStore } from '../../../src/runtime/spill.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

function memory(): BlobStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      kept.set(sha256, bytes);
      return sha256;
    },
    get: (sha256) => kept.get(sha256),
  };
}

const toolCallId = 'call' as ToolCallId;
const long = 'é'.repeat(SPILL_BYTES);

test('what is small stays in its event, as the very same object (law 7)', () => {
  const store = memory();
  const event: AgentEvent = {
    type: 'toolCall.updated',
    toolCallId,
    content: [{ type: 'content', content: { type: 'text', text: 'x'.repeat(SPILL_BYTES) } }],
    rawInput: { path: '/a' },
  };
  assert.equal(spill(event, store), event);
  assert.equal(store.kept.size, 0);
});

test('large tool output is stored once, and its event carries a preview and a reference (law 7)', () => {
  const store = memory();
  const event: AgentEvent = {
    type: 'toolCall.ended',
    toolCallId,
    status: 'completed',
    content: [
      { type: 'content', content: { type: 'text', text: long } },
      { type: 'terminal', terminalId: 't' },
    ],
    rawInput: { text: long },
    rawOutput: long,
  };
  const kept = spill(event, store) as EventOf<'toolCall.ended'>;
  const [first, terminal] = kept.content ?? [];
  assert.ok(first?.type === 'content' && first.content.type === 'text');
  assert.equal(first.content.text, long.slice(0, PREVIEW_LENGTH));
  assert.deepEqual(first.content.blob, {
    sha256: createHash('sha256').update(long).digest('hex'),
    bytes: 2 * SPILL_BYTES,
  });
  assert.deepEqual(terminal, { type: 'terminal', terminalId: 't' });
  assert.equal(
    largeValue(kept.rawOutput)?.blob.sha256,
    first.content.blob?.sha256,
    'the same text is the same blob',
  );
  const input = largeValue(kept.rawInput);
  assert.deepEqual(JSON.parse(Buffer.from(store.get(input?.blob.sha256 ?? '') ?? []).toString()), {
    text: long,
  });
  assert.deepEqual([input?.format, store.kept.size], ['json', 2]);
  assert.ok(JSON.stringify(kept).length < 64 * 1024);
  assert.deepEqual(parseEvent(JSON.parse(JSON.stringify(kept))), kept, 'both sides read it');
});

test('a preview never ends with half a character', () => {
  const text = `${'x'.repeat(PREVIEW_LENGTH - 1)}${'😀'.repeat(SPILL_BYTES)}`;
  const kept = spill(
    { type: 'toolCall.updated', toolCallId, rawOutput: text },
    memory(),
  ) as EventOf<'toolCall.updated'>;
  assert.equal(largeValue(kept.rawOutput)?.preview, 'x'.repeat(PREVIEW_LENGTH - 1));
});

test('a diff is kept whole far longer than other output: one that is cut shows nothing', () => {
  const store = memory();
  const diff = (text: string): AgentEvent => ({
    type: 'toolCall.updated',
    toolCallId,
    content: [{ type: 'diff', path: '/a', oldText: 'a', newText: text }],
  });
  assert.equal(store.kept.size, 0);
  const event = diff(long);
  assert.equal(spill(event, store), event);
  const kept = spill(diff('x'.repeat(1024 * 1024)), store) as EventOf<'toolCall.updated'>;
  const part = kept.content?.[0];
  assert.ok(part?.type === 'diff' && part.newBlob?.bytes === 1024 * 1024 && part.oldBlob === undefined);
});

test('images, sounds and resources that waited are given to the agent whole (T2)', () => {
  const store = memory();
  const data = Buffer.alloc(SPILL_BYTES, 7).toString('base64');
  const content: ContentBlock[] = [
    { type: 'text', text: 'look' },
    { type: 'image', data, mimeType: 'image/png' },
    { type: 'audio', data, mimeType: 'audio/wav' },
    { type: 'resource', resource: { uri: 'file:///a', text: long } },
    { type: 'resource', resource: { uri: 'file:///b', blob: data } },
  ];
  const queued = spill(
    { type: 'turn.queued', turnId: 't' as never, kind: 'prompt', content },
    store,
  ) as EventOf<'turn.queued'>;
  assert.ok(JSON.stringify(queued).length < 16 * 1024);
  const image = queued.content[1];
  assert.ok(image?.type === 'image' && image.data === '' && image.blob?.bytes === SPILL_BYTES);
  assert.deepEqual(unspilled(queued.content, store), content);
  const lost = unspilled(queued.content, memory());
  assert.deepEqual(lost[1], { type: 'image', data: '', mimeType: 'image/png' });
});

test('the whole output of a command never enters its event, with a store or without', () => {
  const store = memory();
  const end = {
    type: 'commandRun.ended',
    commandRunId: 'r' as CommandRunId,
    exitCode: 0,
    signal: null,
  } as const;
  const event: AgentEvent = { ...end, omittedBytes: 9, tail: 'end', whole: Buffer.from('all of it') };
  const kept = spill(event, store) as EventOf<'commandRun.ended'>;
  assert.deepEqual(Buffer.from(store.get(kept.blob?.sha256 ?? '') ?? []).toString(), 'all of it');
  assert.equal('whole' in kept, false);
  assert.deepEqual(spill(event, undefined), { ...end, omittedBytes: 9, tail: 'end' });
});

test('a client reads a blob in bounded pages, through a session that refers to it and no other (law 7)', async (context) => {
  const { connect, asked } = await runtimeInMemory(context);
  const client = await connect();
  const [a, b] = ['a' as SessionId, 'b' as SessionId];
  for (const sessionId of [a, b]) await client.request('session/create', { sessionId, cwd: tmpdir() });
  await client.request('session/prompt', { sessionId: a, content: [{ type: 'text', text: 'go' }] });
  await turns();
  const whole = Buffer.alloc(2_500_000, 'abcdefg');
  asked[0]?.emit({ type: 'toolCall.started', toolCallId, title: 'Big', rawOutput: whole.toString() });
  asked[0]?.end();
  await turns(20);
  const { items } = await client.request('session/history', { sessionId: a });
  const call = items.find((item) => item.kind === 'toolCall');
  const { blob } = largeValue(call?.rawOutput) ?? assert.fail('items keep the reference');
  assert.equal(blob.bytes, whole.length);
  const pages: Buffer[] = [];
  for (let offset = 0; offset < blob.bytes;) {
    const page = await client.request('blob/read', { sessionId: a, sha256: blob.sha256, offset });
    const bytes = Buffer.from(page.data, 'base64');
    assert.ok(bytes.length <= 1024 * 1024 && page.size === whole.length);
    pages.push(bytes);
    offset += bytes.length;
  }
  assert.ok(Buffer.concat(pages).equals(whole));
  await assert.rejects(client.request('blob/read', { sessionId: b, sha256: blob.sha256 }), {
    kind: 'blobNotFound',
  });
  await assert.rejects(
    client.request('blob/read', { sessionId: a, sha256: blob.sha256, length: 2_000_000 }),
    { kind: 'invalidParams' },
  );
  await client.request('session/delete', { sessionId: a });
  await assert.rejects(client.request('blob/read', { sessionId: a, sha256: blob.sha256 }), {
    kind: 'blobNotFound',
  });
});
