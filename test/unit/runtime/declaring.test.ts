import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { artifactHandlers } from '../../../src/runtime/handlers/artifactHandlers.ts';
import type { HandlerParts } from '../../../src/runtime/handlers/handlerParts.ts';
import { secretNames } from '../../../src/runtime/sessionSecrets.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

const sessionId = 'a' as SessionId;
const content = [{ type: 'text' as const, text: 'go' }];

test('a prompt that is refused declares nothing, and one whose declaration is refused is not sent (C4, T2)', async (context) => {
  const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'holdfast-declaring-')));
  context.after(() => rmSync(cwd, { recursive: true, force: true }));
  const { connect, asked } = await runtimeInMemory(context);
  const client = await connect();
  await client.request('session/create', { sessionId, cwd });
  await client.request('session/prompt', { sessionId, content });
  await turns();
  const head = async () => (await client.request('session/get', { sessionId })).head;
  const out = { sessionId, content, artifacts: ['out'] };
  await assert.rejects(client.request('session/prompt', { ...out, mode: 'reject' }), { kind: 'sessionBusy' });
  assert.equal((await head()).artifacts, undefined);
  await assert.rejects(client.request('session/prompt', { ...out, artifacts: ['/elsewhere'] }), {
    kind: 'invalidParams',
  });
  assert.deepEqual([(await head()).queue.length, (await head()).artifacts], [0, undefined]);
  await client.request('session/prompt', out);
  assert.deepEqual([(await head()).queue.length, (await head()).artifacts?.directories], [1, ['out']]);
  assert.equal(asked.length, 1);
});

test('a list of artifacts in pages is read once for all of them, and anew when there is another artifact (C4)', () => {
  let reads = 0;
  const blob = { sha256: 'a', bytes: 1 };
  const events = [1, 2, 3].map((n) => ({ directory: 'out', path: `${n}`, bytes: 1, blob }));
  let artifacts: object = { count: 3 };
  const parts = {
    journal: {
      head: () => ({ head: { artifacts }, journal: 'j' }),
      ofType: () => {
        reads++;
        return events.map((event) => ({ type: 'artifact.updated', ...event }));
      },
    },
    sessions: { get: () => ({ sessionId }) },
  } as unknown as HandlerParts;
  const list = artifactHandlers(parts)['artifact/list'];
  const page = (after: number) =>
    list({ sessionId, after, limit: 1 }, {} as never, { isCancellationRequested: false }) as {
      artifacts: object[];
    };
  assert.deepEqual(
    [page(0), page(1), page(2)].map(({ artifacts: [one] }) => one),
    events,
  );
  assert.equal(reads, 1);
  artifacts = { count: 4 };
  page(0);
  assert.equal(reads, 2);
});

test('names of secrets are kept once each; too many are refused instead of forgetting any (C5, law 7)', () => {
  assert.deepEqual(secretNames(['A', 'B'], ['B', 'C']), ['A', 'B', 'C']);
  const many = Array.from({ length: 1000 }, (_, index) => `S${index}`);
  assert.equal(secretNames(many, many).length, 1000);
  assert.throws(() => secretNames(many, ['one more']), {
    kind: 'invalidParams',
    message: /can name 1000 of them, and this would make 1001/u,
  });
});
