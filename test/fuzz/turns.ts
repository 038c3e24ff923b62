import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ContentBlock } from '../../src/protocol/content.ts';
import { contentText } from '../../src/protocol/contentText.ts';
import { foldHead, type Head } from '../../src/protocol/head.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import {
  runtimeInMemory,
  turns,
  type Client,
  type RuntimeInMemory,
} from '../unit/runtime/runtimeInMemory.ts';
import { CANCEL_GRACE_MS } from '../../src/runtime/turns.ts';
import { clockWithManual, type ManualClock } from '../support/manualClock.ts';
import type { Steered } from '../unit/runtime/fakeSteering.ts';
import type { Random } from '../support/seeded.ts';
import { TurnModel } from './turnModel.ts';
import type { Stage } from './turnStage.ts';
import { TurnWalker } from './turnWalker.ts';

/**
 * A walk within one process: the whole runtime but its sockets and its processes. At the end every client has folded the same
 * state out of what it was sent.
 */
export async function walk(t: TestContext, random: Random, steps: number): Promise<void> {
  const steerable = random() < 0.7;
  const { clock, manual } = clockWithManual(CANCEL_GRACE_MS);
  const memory = await runtimeInMemory(t, { clock, steerable });
  const ids = ['a', 'b'] as SessionId[];
  const clients: Client[] = [];
  for (const sessionId of ids) {
    clients.push(await memory.connect({ name: `client ${sessionId}` }));
    await clients.at(-1)?.request('session/create', { sessionId, cwd: '/' });
  }
  for (const client of clients) await attach(client, ids);
  const observer = await memory.connect({ name: 'observer' });
  await attach(observer, ids);
  await turns();
  const stage = stageOf({ memory, clients, observer, ids, manual });
  const walker = new TurnWalker(
    stage,
    random,
    ids.map((sessionId) => new TurnModel(sessionId, { steerable })),
  );
  await walker.walk(steps);
  for (const client of clients) await attach(client, ids);
  await turns(20);
  for (const sessionId of ids) for (const client of clients) converged(memory, client, sessionId);
  for (const model of walker.models) onceEach(memory, model);
}

async function attach(client: Client, ids: readonly SessionId[]): Promise<void> {
  for (const sessionId of ids) await client.request('session/leave', { sessionId });
  client.events.length = 0;
  await client.request('session/attach', { sessions: ids.map((sessionId) => ({ sessionId })) });
}

function stageOf({
  memory,
  clients,
  observer,
  ids,
  manual,
}: {
  readonly memory: RuntimeInMemory;
  readonly clients: Client[];
  readonly observer: Client;
  readonly ids: readonly SessionId[];
  readonly manual: ManualClock;
}): Stage {
  const steered = (words: string): Steered | undefined =>
    memory.steered.find(({ content }) => contentText(content) === words);
  const clientOf = (at: number): Client => clients[at] ?? assert.fail(`no client ${at}`);
  let count = clients.length;
  return {
    clients: clients.length,
    runsCommands: false,
    request: (client, method, params) => clientOf(client).request(method, params),
    resume: (client, sessionId) =>
      clientOf(client).request('session/resume', { sessionId, cursor: undefined }),
    seen: (sessionId) => ({
      head: memory.journal.head(sessionId)?.head ?? assert.fail(`no head of ${sessionId}`),
      events: observer.events.filter((envelope) => envelope.sessionId === sessionId),
    }),
    text: (_, { words }) => words,
    async work({ sessionId }, { words }) {
      await turns();
      const asked = memory.asked.findLast((each) => each.sessionId === sessionId);
      const begun = asked?.content.some((block) => block.type === 'text' && block.text === words)
        ? undefined
        : steered(words);
      if (begun !== undefined)
        return {
          outcomes: ['completed', 'failed', 'refused'],
          end: (outcome) => begun.end({ outcome: outcome === 'interrupted' ? 'failed' : outcome }),
          ignoreCancel: () => begun.ignoreCancel(),
        };
      assert.deepEqual(asked?.content, [{ type: 'text', text: words }], 'the agent has what was sent');
      return {
        outcomes: ['completed', 'failed', 'refused'],
        end: (outcome) => asked?.end({ outcome: outcome === 'interrupted' ? 'failed' : outcome }),
        ignoreCancel: () => asked?.ignoreCancel(),
        async ask(title, options) {
          const offered = options.map((optionId) => ({ optionId, name: optionId, kind: 'allow_once' }));
          const settled = await asked?.ask({ kind: 'permission', title, options: offered });
          if (settled?.outcome !== 'answered' || settled.answer.kind !== 'option') return undefined;
          return settled.answer.optionId;
        },
      };
    },
    joinsLate: true,
    wasGiven: (words) => steered(words) !== undefined,
    land(_, { words }, { fate, isDeaf }) {
      const one = steered(words) ?? assert.fail(`the agent was not given ${words}`);
      if (isDeaf) one.ignoreCancel();
      one.land(fate === 'refused' ? { how: fate, reason: 'not now' } : { how: fate });
    },
    leave: (words) => steered(words)?.end({ outcome: 'cancelled' }),
    lose: () => manual.advance(CANCEL_GRACE_MS),
    async settled(holds) {
      await turns(8);
      holds();
    },
    async crash() {
      await turns();
      memory.crash();
    },
    async reconnect(client) {
      clientOf(client).say({ method: 'exit' });
      const next = await memory.connect({ name: `client ${count++}` });
      await attach(next, ids);
      clients[client] = next;
    },
  };
}

/** What was asked reached the agent once, unless it was cancelled first, and stands in the journal as it did. */
function onceEach(memory: RuntimeInMemory, { sessionId, said: byTurn, outcomes }: TurnModel): void {
  const said = [...byTurn.values()].flat();
  const cancelled = new Set(
    [...byTurn].flatMap(([turnId, words]) => (outcomes.get(turnId) === 'cancelled' ? words : [])),
  );
  const own = <T extends { sessionId: SessionId; content: readonly ContentBlock[] }>(all: readonly T[]) =>
    all.filter((each) => each.sessionId === sessionId).map(({ content }) => contentText(content));
  const asked = own(memory.asked);
  assert.equal(new Set(asked).size, asked.length, 'nothing was sent twice');
  assert.equal(new Set(said).size, said.length, 'nothing stands twice in the journal');
  const got = new Set([...asked, ...own(memory.steered)]);
  for (const words of said) assert.ok(got.has(words) || cancelled.has(words), `the agent got ${words}`);
  for (const words of asked) assert.ok(said.includes(words), `the journal has ${words}`);
}

function converged({ journal }: RuntimeInMemory, { events }: Client, sessionId: SessionId): void {
  const own = events.filter((envelope) => envelope.sessionId === sessionId);
  assert.deepEqual(
    own.map(({ seq }) => seq),
    own.map((_, index) => index + 1),
  );
  const head = own.reduce<Head | undefined>((folded, envelope) => foldHead(folded, envelope), undefined);
  assert.deepEqual(
    JSON.parse(JSON.stringify(head)),
    JSON.parse(JSON.stringify(journal.head(sessionId)?.head)),
  );
}
