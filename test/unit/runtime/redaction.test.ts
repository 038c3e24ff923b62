import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { KnownEvent } from '../../../src/protocol/events.ts';
import type { CommandRunId, MessageId, SessionId, ToolCallId } from '../../../src/protocol/ids.ts';
import type { AgentEvent } from '../../../src/runtime/agent/agent.ts';
import { REDACTED } from '../../../src/runtime/secretMatcher.ts';
import { randomFrom, type Random } from '../../support/seeded.ts';
import { runtimeInMemory, turns, type Asked, type Client } from './runtimeInMemory.ts';

const SECRETS = { API_KEY: 'sk-live-0123456789', DB_PASSWORD: 'p"w\\é-42', OTHER: 'x9!pq77zz' };
const all = Object.values(SECRETS);

const pieces = (text: string, random: Random): string[] => {
  const cut: string[] = [];
  for (let rest = text; rest !== '';) {
    const length = random.between(1, 12);
    cut.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return cut;
};

/** Text with secrets somewhere in it. */
const planted = (random: Random): string =>
  Array.from({ length: random.between(1, 6) }, () =>
    random.pick([
      ...all,
      'sk-live-',
      'plain words ',
      '\n',
      'p"w',
      JSON.stringify(all),
      encodeURIComponent(all[1] ?? ''),
    ]),
  ).join('');

/** All kinds of events an agent can cause, with secrets wherever text can stand, in pieces. */
function eventsOf(random: Random, n: number): AgentEvent[] {
  const messageId = `m-${n}` as MessageId;
  const commandRunId = `c-${n}` as CommandRunId;
  const toolCallId = `t-${n}` as ToolCallId;
  const text = (): string => planted(random);
  const block = (): { type: 'text'; text: string } => ({ type: 'text', text: text() });
  const deep = { a: [text(), { b: text(), c: [[text()]] }], n: 1 };
  return random.pick<() => AgentEvent[]>([
    () => [
      { type: 'message.started', messageId, role: random.pick(['agent', 'thought']), content: [block()] },
      ...pieces(text(), random).map((piece): AgentEvent => ({
        type: 'message.appended',
        messageId,
        content: { type: 'text', text: piece },
      })),
      ...(random.between(0, 1) === 0
        ? []
        : [{ type: 'message.completed' as const, messageId, role: 'agent' as const, content: [block()] }]),
    ],
    () => [
      { type: 'commandRun.started', commandRunId, command: text(), cwd: '/work' },
      ...pieces(text(), random).map((piece): AgentEvent => ({
        ...{ type: 'commandRun.output', commandRunId, text: piece },
        stream: random.pick(['stdout', 'stderr']),
      })),
      {
        ...{
          type: 'commandRun.ended',
          commandRunId,
          exitCode: 1,
          signal: null,
          tail: text(),
          omittedBytes: 9,
        },
        failure: { kind: 'commandFailed', message: text() },
        whole: Buffer.from(text().repeat(20)),
      },
    ],
    () => [
      {
        ...{ type: 'toolCall.started', toolCallId, title: text(), rawInput: deep },
        locations: [{ path: `/x/${text()}` }],
      },
      {
        ...{ type: 'toolCall.ended', toolCallId, status: 'completed', rawOutput: text().repeat(3000) },
        content: [
          { type: 'content', content: block() },
          { type: 'diff', path: 'a', oldText: text(), newText: text() },
        ],
      },
    ],
    () => [{ type: 'plan.updated', entries: [{ content: text(), priority: 'high', status: 'pending' }] }],
    () => [{ type: 'commands.updated', commands: [{ name: 'x', description: text() }] }],
    () => [{ type: 'session.renamed', title: text(), source: 'agent' }],
    () => [{ type: 'notice', level: 'info', text: text() }],
    () => [{ type: 'session.configured', modes: [{ id: 'a', name: text(), description: text() }] }],
  ])();
}

/** Everything that a client was sent and that the journal's files hold, as text. */
function sinks(file: string, client: Client): Record<string, string> {
  const folder = path.dirname(file);
  const stored = readdirSync(folder).map(
    (name) => [name, readFileSync(path.join(folder, name), 'utf8')] as const,
  );
  return { ...Object.fromEntries(stored), frames: JSON.stringify([client.events, client.told]) };
}

function assertNowhere(found: Record<string, string>, about: string): void {
  for (const [sink, text] of Object.entries(found)) {
    for (const secret of all) {
      for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
        const index = text.indexOf(form);
        assert.equal(
          index,
          -1,
          `${sink} holds ${form}: …${text.slice(Math.max(0, index - 80), index + 80)}…; ${about}`,
        );
      }
    }
  }
}

async function opened(context: TestContext) {
  const memory = await runtimeInMemory(context);
  const client = await memory.connect();
  const { sessionId } = await client.request('session/create', { cwd: process.cwd(), env: SECRETS });
  const asked = async (count: number): Promise<Asked> => {
    while (memory.asked.length < count) await turns(1);
    return memory.asked[count - 1] as Asked;
  };
  return { ...memory, client, sessionId, asked };
}

const ended = async (client: Client, count: number): Promise<void> => {
  while (client.events.filter(({ event }) => event.type === 'turn.ended').length < count) await turns(1);
};

const say = (client: Client, sessionId: SessionId, text: string) =>
  client.request('session/prompt', { sessionId, content: [{ type: 'text', text }] });

test('no secret of a session reaches a frame, the journal or a blob, whatever its agent says and however it is split (C5)', async (context) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = randomFrom(seed);
  const { client, sessionId, asked, runtime, file } = await opened(context);
  for (let turn = 1; turn <= 12; turn++) {
    await say(client, sessionId, `use ${planted(random)}`);
    const working = await asked(turn);
    const streams = Array.from({ length: random.between(1, 5) }, (_, n) => eventsOf(random, turn * 100 + n));
    while (streams.some((stream) => stream.length > 0)) {
      const event = random.pick(streams.filter((stream) => stream.length > 0)).shift();
      if (event !== undefined) working.emit(event);
      if (random.between(0, 9) === 0) await turns(1);
    }
    const message = planted(random);
    working.end(
      random.between(0, 1) === 0
        ? { outcome: 'completed' }
        : { outcome: 'failed', failure: { kind: 'agentFailed', message, stderrTail: message } },
    );
    await ended(client, turn);
  }
  const { items } = await client.request('session/history', { sessionId, limit: 500 });
  const { head } = await client.request('session/get', { sessionId });
  await runtime.dispose('the test has seen enough');
  const found: Record<string, string> = {
    ...sinks(file, client),
    history: JSON.stringify(items),
    head: JSON.stringify(head),
  };
  for (const sink of ['frames', 'history', 'journal.db-wal'])
    assert.ok(found[sink]?.includes(REDACTED), sink);
  assertNowhere(found, `seed ${seed}`);
});

test('the agent gets what was sent, also a prompt that waited; the journal does not (C5)', async (context) => {
  const { client, sessionId, asked, runtime, file } = await opened(context);
  const text = `log in with ${all.join(' and ')}`;
  await say(client, sessionId, text);
  const first = await asked(1);
  await say(client, sessionId, `again: ${text}`);
  first.end();
  const second = await asked(2);
  second.end();
  await ended(client, 2);
  assert.deepEqual(first.content, [{ type: 'text', text }]);
  assert.deepEqual(second.content, [{ type: 'text', text: `again: ${text}` }]);
  await runtime.dispose('the test has seen enough');
  assertNowhere(sinks(file, client), '');
});

test('what a person answers reaches the agent whole, and nobody else (C5)', async (context) => {
  const { client, sessionId, asked, runtime, file } = await opened(context);
  await say(client, sessionId, 'ask me');
  const working = await asked(1);
  const settled = working.ask({
    kind: 'question',
    title: `which of ${all[0]}?`,
    questions: [{ questionId: 'q', text: all[1] ?? '', options: [], multiSelect: false, freeText: true }],
  });
  const isOpened = (event: KnownEvent | { readonly type: 'unknown' }) => event.type === 'interaction.opened';
  while (!client.events.some(({ event }) => isOpened(event))) await turns(1);
  const open = client.events.map(({ event }) => event).find((event) => event.type === 'interaction.opened');
  assert.ok(open?.type === 'interaction.opened');
  const { interactionId } = open;
  const answer = { kind: 'values' as const, values: { q: all[0] } };
  const answered = await client.request('session/answer', { sessionId, interactionId, answer });
  assert.deepEqual(await settled, { outcome: 'answered', answer });
  working.end();
  await ended(client, 1);
  await runtime.dispose('the test has seen enough');
  assertNowhere({ ...sinks(file, client), answered: JSON.stringify(answered) }, '');
});

test('what is held back of a message is shown when its turn ends, and only then (C5)', async (context) => {
  const { client, sessionId, asked } = await opened(context);
  await say(client, sessionId, 'begin');
  const working = await asked(1);
  const messageId = 'm' as MessageId;
  working.emit({
    type: 'message.started',
    messageId,
    role: 'agent',
    content: [{ type: 'text', text: 'a sk-live' }],
  });
  working.emit({ type: 'notice', level: 'info', text: 'something else' });
  while (!client.events.some(({ event }) => event.type === 'notice')) await turns(1);
  assert.ok(!JSON.stringify(client.events).includes('sk-live'));
  working.end();
  await ended(client, 1);
  const { items } = await client.request('session/history', { sessionId });
  const message = items.find((item) => item.kind === 'message' && item.role === 'agent');
  assert.deepEqual(message?.kind === 'message' && message.content, [{ type: 'text', text: 'a sk-live' }]);
});
