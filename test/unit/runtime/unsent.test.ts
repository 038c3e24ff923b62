import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { Item } from '../../../src/protocol/items.ts';
import { transcriptText } from '../../../src/protocol/transcriptText.ts';
import { searchText } from '../../../src/runtime/journal/searchText.ts';
import { runtimeInMemory, turns, type Client } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const text = (words: string) => [{ type: 'text' as const, text: words }];

/** A session with a turn that runs. */
async function setUp(context: TestContext): Promise<{ readonly client: Client }> {
  const memory = await runtimeInMemory(context);
  const client = await memory.connect();
  await client.request('session/create', { sessionId, cwd: '/', env: { API_TOKEN: 'sesame-4711-open' } });
  await client.request('session/prompt', { sessionId, content: text('running') });
  return { client };
}

async function notices(client: Client): Promise<(Item & { readonly kind: 'notice' })[]> {
  await turns(8);
  const { items } = await client.request('session/history', { sessionId, limit: 50 });
  return items.filter((item) => item.kind === 'notice');
}

for (const way of ['removed', 'cancelled', 'ended with its session'] as const) {
  test(`the text of a queued prompt that is ${way} can still be read, found and exported (T2)`, async (context) => {
    const { client } = await setUp(context);
    const sent = { sessionId, content: text('many careful words') };
    const { turnId } = await client.request('session/prompt', sent);
    if (way === 'removed')
      await client.request('session/queue', { sessionId, action: { kind: 'remove', turnId } });
    else if (way === 'cancelled') await client.request('session/cancel', { sessionId, turnId });
    else await client.request('session/end', { sessionId, force: true });
    const [row] = await notices(client);
    assert.equal(row?.text, 'Taken out of the queue, not sent:\n\nmany careful words');
    assert.equal(row && searchText(row, () => undefined), 'many careful words');
    const { head } = await client.request('session/get', { sessionId });
    assert.match(transcriptText(head, row ? [row] : []), /many careful words/u);
    assert.equal(head.turnCount, 1, 'it was no turn that ran');
  });
}

test('what was edited in the queue stays readable as it was last, and without its secrets (T2, C5)', async (context) => {
  const { client } = await setUp(context);
  const { turnId } = await client.request('session/prompt', { sessionId, content: text('first words') });
  const content = text('last words with sesame-4711-open');
  await client.request('session/queue', { sessionId, action: { kind: 'edit', turnId, content } });
  await client.request('session/queue', { sessionId, action: { kind: 'remove', turnId } });
  const [row] = await notices(client);
  assert.match(row?.text ?? '', /last words with/u);
  assert.doesNotMatch(row?.text ?? '', /4711/u);
});

test('a prompt that says nothing is refused, also as the change of one that waits, and says what it lacks (T2)', async (context) => {
  const { client } = await setUp(context);
  const { turnId } = await client.request('session/prompt', { sessionId, content: text('waits') });
  for (const content of [[], text(''), text(' \n')]) {
    await assert.rejects(client.request('session/prompt', { sessionId, content }), (error: Error) => {
      assert.match(error.message, /content.*a prompt says something/u);
      return true;
    });
    const action = { kind: 'edit', turnId, content } as const;
    await assert.rejects(client.request('session/queue', { sessionId, action }), /a prompt says something/u);
  }
  const { head } = await client.request('session/get', { sessionId });
  assert.deepEqual(head.queue[0]?.content, text('waits'));
});
