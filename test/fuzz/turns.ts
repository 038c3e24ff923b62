import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Envelope } from '../../src/protocol/events.ts';
import { foldHead, type Head } from '../../src/protocol/head.ts';
import type { InteractionId, SessionId, TurnId } from '../../src/protocol/ids.ts';
import type { Settlement } from '../../src/protocol/interaction.ts';
import {
  runtimeInMemory,
  turns,
  type Asked,
  type Client,
  type RuntimeInMemory,
} from '../unit/runtime/runtimeInMemory.ts';
import type { Random } from '../support/seeded.ts';

/** What must be true of one session, by the rules and by nothing else. */
interface Model {
  readonly sessionId: SessionId;
  running: TurnId | undefined;
  /** The running turn was cancelled, and its agent does not listen. */
  cancelled: boolean;
  deaf: boolean;
  queue: TurnId[];
  open: { readonly words: string; interactionId?: InteractionId; readonly settled: Promise<Settlement> }[];
  link: Head['link'];
  ended: boolean;
  /** Every turn that was accepted, with the outcome that it must have. */
  readonly outcomes: Map<TurnId, string | undefined>;
  words: number;
}

const text = (words: string) => [{ type: 'text' as const, text: words }];

/**
 * Random clients do random things with a few sessions, and the agent answers, fails, asks, is deaf to cancel or dies. After each
 * step every head is what the model says; at the end each turn has ended once as the model says, each question was
 * settled with its own answer, and every client has folded the same state out of what it was sent.
 */
export async function walk(t: TestContext, random: Random, steps: number): Promise<void> {
  const memory = await runtimeInMemory(t);
  const clients: Client[] = [];
  const models: Model[] = [];
  for (const name of ['a', 'b']) {
    const sessionId = name as SessionId;
    clients.push(await memory.connect({ name: `client ${name}` }));
    await clients.at(-1)?.request('session/create', { sessionId, cwd: '/' });
    models.push({
      ...{ sessionId, running: undefined, cancelled: false, deaf: false, queue: [], open: [] },
      ...{ link: 'ready' as const, ended: false, outcomes: new Map(), words: 0 },
    });
  }
  for (const client of clients) await attach(client, models);
  const walker = new Walker(memory, random, clients, models);
  await turns();
  for (let step = 0; step < steps; step++) {
    const did = await walker.step();
    await turns(8);
    for (const model of models) walker.check(model, `step ${step}: ${did}`);
  }
  await walker.finish();
}

async function attach(client: Client, models: readonly Model[]): Promise<void> {
  const sessions = models.map(({ sessionId }) => ({ sessionId }));
  client.events.length = 0;
  for (const { sessionId } of models) await client.request('session/leave', { sessionId });
  client.events.length = 0;
  await client.request('session/attach', { sessions });
}

class Walker {
  readonly #memory: RuntimeInMemory;
  readonly #random: Random;
  readonly #clients: Client[];
  readonly #models: readonly Model[];

  constructor(memory: RuntimeInMemory, random: Random, clients: Client[], models: readonly Model[]) {
    this.#memory = memory;
    this.#random = random;
    this.#clients = clients;
    this.#models = models;
  }

  async step(): Promise<string> {
    const random = this.#random;
    const model = random.pick(this.#models);
    const client = random.pick(this.#clients);
    const action = random.pick([
      ...['prompt', 'prompt', 'prompt', 'agentEnds', 'agentEnds', 'ask', 'ask', 'answer', 'answer'],
      ...['edit', 'move', 'remove', 'cancel', 'cancel', 'deafen', 'crash', 'end', 'resume', 'reconnect'],
    ] as const);
    const did = `${action} in ${model.sessionId}`;
    await this[action as 'prompt'](model, client);
    return did;
  }

  /** The head that is stored says what the model says. */
  check(model: Model, when: string): void {
    const head = this.#head(model);
    const { running, queue, open, ended, link } = model;
    const phase = ended
      ? 'ended'
      : open.length > 0
        ? 'waiting'
        : running
          ? 'running'
          : link === 'ready'
            ? 'idle'
            : link;
    assert.deepEqual(
      {
        turn: head.turn?.turnId,
        queue: head.queue.map(({ turnId }) => turnId),
        open: head.interactions.map(({ interaction }) => interaction.title),
        phase: head.phase,
      },
      { turn: running, queue, open: open.map(({ words }) => words), phase },
      when,
    );
    const started = [...model.outcomes.keys()].length;
    assert.ok(
      head.turnCount >= 0 && head.turnCount <= started,
      `${when}: ${head.turnCount} of ${started} turns`,
    );
  }

  async prompt(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    const mode = this.#random.pick(['queue', 'queue', 'steer', 'interrupt', 'reject'] as const);
    const words = `prompt ${model.words++}`;
    const sent = client.request('session/prompt', { sessionId, content: text(words), mode });
    if (model.ended) return assert.rejects(sent, { kind: 'sessionEnded' });
    if (mode === 'reject' && model.running !== undefined)
      return assert.rejects(sent, { kind: 'sessionBusy' });
    const { turnId } = await sent;
    model.outcomes.set(turnId, undefined);
    if (model.running === undefined) return this.#begins(model, turnId);
    if (mode !== 'interrupt') return void model.queue.push(turnId);
    model.queue.unshift(turnId);
    this.#cancelled(model);
  }

  /** Whatever it answers: a cancelled turn ends cancelled. */
  async agentEnds(model: Model): Promise<void> {
    if (model.running === undefined) return;
    await turns();
    const outcome = this.#random.pick(['completed', 'failed', 'refused'] as const);
    this.#asked(model).end({ outcome });
    this.#ends(model, model.cancelled ? 'cancelled' : outcome);
  }

  async ask(model: Model): Promise<void> {
    if (model.running === undefined || model.cancelled || model.open.length > 3) return;
    await turns();
    const words = `question ${model.words++}`;
    const questions = [{ questionId: 'q', text: words, options: [], multiSelect: false, freeText: true }];
    const settled = this.#asked(model).ask({ kind: 'question', title: words, questions });
    model.open.push({ words, settled });
  }

  async answer(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    const open = this.#head(model).interactions;
    const bogus = 'gone' as InteractionId;
    const wrong = client.request('session/answer', {
      sessionId,
      interactionId: bogus,
      answer: { kind: 'dismiss' },
    });
    await assert.rejects(wrong, { kind: 'interactionNotFound' });
    if (open.length === 0) return;
    const { interactionId, interaction } = this.#random.pick(open);
    const place = model.open.findIndex(({ words }) => words === interaction.title);
    const [asked] = model.open.splice(place, 1);
    const answer = { kind: 'values', values: { q: `to ${interaction.title}` } } as const;
    // Two at once: one of them wins.
    const both = [client, this.#random.pick(this.#clients)].map((each) =>
      each.request('session/answer', { sessionId, interactionId, answer }),
    );
    const results = await Promise.allSettled(both);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.deepEqual(await asked?.settled, { outcome: 'answered', answer });
  }

  async edit(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    const turnId = this.#random.pick([...model.queue, model.running, 'gone' as TurnId]) ?? ('gone' as TurnId);
    const content = text(`edited ${model.words++}`);
    const sent = client.request('session/queue', { sessionId, action: { kind: 'edit', turnId, content } });
    if (!model.queue.includes(turnId)) return assert.rejects(sent, { kind: 'turnNotFound' });
    const { queue } = await sent;
    assert.deepEqual(queue.find((waiting) => waiting.turnId === turnId)?.content, content);
  }

  async move(model: Model, client: Client): Promise<void> {
    const { sessionId, queue } = model;
    if (queue.length === 0) return;
    const turnId = this.#random.pick(queue);
    const before = this.#random.pick([...queue, undefined]);
    await client.request('session/queue', { sessionId, action: { kind: 'move', turnId, before } });
    if (before === turnId) return;
    const others = queue.filter((each) => each !== turnId);
    const place = before === undefined ? others.length : others.indexOf(before);
    model.queue = others.toSpliced(place, 0, turnId);
  }

  async remove(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    const turnId = this.#random.pick([...model.queue, 'gone' as TurnId]);
    const sent = client.request('session/queue', { sessionId, action: { kind: 'remove', turnId } });
    if (!model.queue.includes(turnId)) return assert.rejects(sent, { kind: 'turnNotFound' });
    await sent;
    this.#leavesQueue(model, turnId);
  }

  async cancel(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    const turnId = this.#random.pick([undefined, undefined, model.running, ...model.queue, 'gone' as TurnId]);
    const { cancelled } = await client.request('session/cancel', { sessionId, turnId });
    const isRunning = model.running !== undefined && (turnId === undefined || turnId === model.running);
    const waits = turnId !== undefined && model.queue.includes(turnId);
    assert.equal(cancelled, isRunning || waits);
    if (isRunning) this.#cancelled(model);
    else if (waits && turnId !== undefined) this.#leavesQueue(model, turnId);
  }

  async deafen(model: Model): Promise<void> {
    if (model.running === undefined || model.cancelled) return;
    await turns();
    this.#asked(model).ignoreCancel();
    model.deaf = true;
  }

  /** Both sessions live in the process. */
  async crash(): Promise<void> {
    await turns();
    this.#memory.crash();
    for (const model of this.#models) {
      if (model.ended || model.link !== 'ready') continue;
      model.link = 'detached';
      if (model.running !== undefined) this.#ends(model, model.cancelled ? 'cancelled' : 'failed');
    }
  }

  async end(model: Model, client: Client): Promise<void> {
    const { sessionId } = model;
    if (model.ended || model.cancelled || model.deaf || this.#random() < 0.5) return;
    const busy = model.running !== undefined || model.queue.length > 0;
    if (busy) await assert.rejects(client.request('session/end', { sessionId }), { kind: 'sessionBusy' });
    await client.request('session/end', { sessionId, force: true });
    for (const turnId of model.queue) model.outcomes.set(turnId, 'cancelled');
    model.queue = [];
    if (model.running !== undefined) this.#ends(model, 'cancelled');
    model.ended = true;
    model.link = 'detached';
  }

  async resume(model: Model, client: Client): Promise<void> {
    if (!model.ended) return;
    await client.request('session/resume', { sessionId: model.sessionId, cursor: undefined });
    model.ended = false;
    model.link = 'ready';
  }

  /** One client goes, another comes and reads everything from the beginning. */
  async reconnect(_: Model, client: Client): Promise<void> {
    client.say({ method: 'exit' });
    const next = await this.#memory.connect({ name: `client ${this.#clients.length}` });
    await attach(next, this.#models);
    this.#clients[this.#clients.indexOf(client)] = next;
  }

  async finish(): Promise<void> {
    for (const model of this.#models) {
      while (model.running !== undefined) {
        await this.agentEnds(model);
        await turns(8);
      }
      this.check(model, 'at the end');
    }
    for (const client of this.#clients) await attach(client, this.#models);
    await turns(20);
    for (const model of this.#models) for (const client of this.#clients) this.#converged(model, client);
  }

  #converged({ sessionId, outcomes }: Model, { events }: Client): void {
    const own = events.filter((envelope) => envelope.sessionId === sessionId);
    assert.deepEqual(
      own.map(({ seq }) => seq),
      own.map((_, index) => index + 1),
    );
    const head = own.reduce<Head | undefined>(
      (folded, envelope: Envelope) => foldHead(folded, envelope),
      undefined,
    );
    const stored = this.#memory.journal.head(sessionId)?.head;
    assert.deepEqual(JSON.parse(JSON.stringify(head)), JSON.parse(JSON.stringify(stored)));
    const ends = own.flatMap(({ event }) => (event.type === 'turn.ended' ? [event] : []));
    assert.equal(new Set(ends.map(({ turnId }) => turnId)).size, ends.length, 'no turn ends twice');
    assert.deepEqual(new Map(ends.map(({ turnId, outcome }) => [turnId, outcome])), outcomes);
  }

  #head({ sessionId }: Model): Head {
    return this.#memory.journal.head(sessionId)?.head ?? assert.fail(`no head of ${sessionId}`);
  }

  #asked({ sessionId }: Model): Asked {
    return (
      this.#memory.asked.findLast((each) => each.sessionId === sessionId) ?? assert.fail('nothing was asked')
    );
  }

  #begins(model: Model, turnId: TurnId): void {
    model.running = turnId;
    model.cancelled = false;
    model.deaf = false;
    model.link = 'ready';
  }

  #cancelled(model: Model): void {
    if (model.cancelled) return;
    model.cancelled = true;
    model.open = [];
    if (!model.deaf) this.#ends(model, 'cancelled');
  }

  #ends(model: Model, outcome: string): void {
    if (model.running !== undefined) model.outcomes.set(model.running, outcome);
    model.open = [];
    model.running = undefined;
    const next = model.queue.shift();
    model.cancelled = false;
    model.deaf = false;
    if (next !== undefined) this.#begins(model, next);
  }

  #leavesQueue(model: Model, turnId: TurnId): void {
    model.queue = model.queue.filter((each) => each !== turnId);
    model.outcomes.set(turnId, 'cancelled');
  }
}
