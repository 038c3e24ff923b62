import assert from 'node:assert/strict';
import { isHoldfastError } from '../../src/protocol/errors.ts';
import type { InteractionId, TurnId } from '../../src/protocol/ids.ts';
import type { Random } from '../support/seeded.ts';
import type { Answered, Fate, Given, Sent, TurnModel } from './turnModel.ts';
import type { Stage, Work } from './turnStage.ts';

/** What was done, as what it means for a session. */
export interface Deed {
  readonly rule: (model: TurnModel) => void;
  /** It was done to all sessions. */
  readonly everywhere?: boolean;
}

const nothing = 'gone';

/** What clients, agents and accidents do, each at random in what it does; what a step cannot do here it leaves undone. */
export class TurnActs {
  readonly #stage: Stage;
  readonly #random: Random;
  /** The option that an agent was told in the end, by what it asked. */
  readonly #told = new Map<string, Promise<string | undefined>>();
  readonly #works = new Map<string, Work>();
  readonly #models: () => readonly TurnModel[];
  #count = 0;

  constructor(stage: Stage, random: Random, models: () => readonly TurnModel[]) {
    this.#models = models;
    this.#stage = stage;
    this.#random = random;
  }

  async prompt(model: TurnModel, client: number): Promise<Deed> {
    const ordinary = ['queue', 'queue', 'steer', 'interrupt', 'reject'] as const;
    const mode = this.#random.pick(model.steerable ? ([...ordinary, 'steer', 'steer'] as const) : ordinary);
    const sent = { words: this.#words(model), by: 'agent' } as const;
    const content = this.#content(model, sent);
    const { sessionId } = model;
    const answer = await answered(
      this.#stage.request(client, 'session/prompt', { sessionId, content, mode }),
    );
    return { rule: (now) => now.sent(sent, mode, answer) };
  }

  async command(model: TurnModel, client: number): Promise<Deed | undefined> {
    if (!this.#stage.runsCommands) return undefined;
    const sent = { words: this.#words(model), by: 'command' } as const;
    const command = this.#stage.text(model, sent);
    const { sessionId } = model;
    const answer = await answered(this.#stage.request(client, 'session/command', { sessionId, command }));
    return { rule: (now) => now.sent(sent, 'queue', answer) };
  }

  /** Whoever works on the running turn ends it. */
  async end(model: TurnModel): Promise<Deed | undefined> {
    const words = model.running?.works[0];
    if (words === undefined) return undefined;
    const work = await this.work(model);
    const outcome = this.#random.pick(work.outcomes);
    work.end(outcome);
    return { rule: (now) => now.worked(words, outcome) };
  }

  /** The agent says what it did with something that it was given. */
  async land(model: TurnModel): Promise<Deed | undefined> {
    const { given, running } = model;
    if (given.length === 0 || running?.cancelled === true) return undefined;
    const one = this.#random.pick(given);
    const fate = this.#random.pick(this.#fates(model, one));
    // What nobody waits for is stopped when it begins.
    const isUnwanted = !one.lost && model.queue.every(({ turnId }) => turnId !== one.turnId);
    const isOther = running !== undefined && running.turnId !== one.into;
    const isDeaf = fate === 'began' && isUnwanted && !isOther && this.#random() < 0.5;
    await this.#stage.land?.(model, one, { fate, isDeaf });
    return { rule: (now) => now.landed(one.turnId, fate, isDeaf) };
  }

  /**
   * Its time to say so is over; not where somebody is deaf, whose time that is as well, nor where a turn works that may have been
   * done before and have gone on since: the time of what it was given runs then.
   */
  async lose(): Promise<Deed | undefined> {
    const isUnsure = ({ running, leaving, given }: TurnModel): boolean =>
      running?.cancelled === true ||
      leaving.length > 0 ||
      ((running?.works.length ?? 0) > 0 && given.some(({ into, lost }) => !lost && into === running?.turnId));
    if (this.#stage.lose === undefined || this.#models().some(isUnsure)) return undefined;
    this.#stage.lose();
    return { rule: (now) => now.timeUp(), everywhere: true };
  }

  /** The agent leaves what it was told to stop. */
  async leave({ leaving }: TurnModel): Promise<Deed | undefined> {
    const [words] = leaving;
    if (words === undefined) return undefined;
    await this.#stage.leave?.(words);
    return { rule: (now) => now.left(words) };
  }

  async ask(model: TurnModel): Promise<Deed | undefined> {
    const { running, open } = model;
    if (running === undefined || running.cancelled || running.works.length === 0) return undefined;
    if (open.length > 3) return undefined;
    const work = await this.work(model);
    if (work.ask === undefined) return undefined;
    const words = `question ${this.#words(model)}`;
    this.#told.set(words, work.ask(words, [yesTo(words), 'another']));
    return { rule: (now) => now.asked(words) };
  }

  async answer(model: TurnModel, client: number): Promise<Deed | undefined> {
    const { sessionId } = model;
    const settle = (by: number, interactionId: InteractionId, optionId: string) =>
      answered(
        this.#stage.request(by, 'session/answer', {
          ...{ sessionId, interactionId },
          answer: { kind: 'option', optionId },
        }),
      );
    const wrong = await settle(client, nothing as InteractionId, 'another');
    assert.deepEqual(wrong, { refused: 'interactionNotFound' });
    const open = this.#stage.seen(sessionId).head.interactions;
    if (open.length === 0) return undefined;
    const { interactionId, interaction } = this.#random.pick(open);
    const words = interaction.title;
    // Two at once: one of them wins.
    const both = await Promise.all(
      [client, this.#client()].map((by) => settle(by, interactionId, yesTo(words))),
    );
    const won = both.find((each) => 'value' in each);
    assert.ok(both.filter((each) => 'value' in each).length < 2, 'one answer wins');
    if (won !== undefined) await this.#hears(words);
    return { rule: (now) => now.answered(words, won ?? both[0] ?? { refused: nothing }) };
  }

  async edit(model: TurnModel, client: number): Promise<Deed> {
    const { sessionId, queue, running } = model;
    const chosen = this.#random.pick([...queue, running]);
    const turnId = chosen?.turnId ?? (nothing as TurnId);
    const sent = { words: this.#words(model), by: chosen?.by ?? 'agent' };
    const content = this.#content(model, sent);
    const action = { kind: 'edit', turnId, content } as const;
    const answer = await answered(this.#stage.request(client, 'session/queue', { sessionId, action }));
    return { rule: (now) => now.edited(turnId, sent.words, answer) };
  }

  async move(model: TurnModel, client: number): Promise<Deed | undefined> {
    const { sessionId, queue } = model;
    if (queue.length === 0) return undefined;
    const { turnId } = this.#random.pick(queue);
    const before = this.#random.pick([...queue, undefined])?.turnId;
    const action = { kind: 'move', turnId, before } as const;
    const answer = await answered(this.#stage.request(client, 'session/queue', { sessionId, action }));
    return { rule: (now) => now.moved(turnId, before, answer) };
  }

  async remove(model: TurnModel, client: number): Promise<Deed> {
    const { sessionId, queue } = model;
    const turnId = this.#random.pick([...queue, undefined])?.turnId ?? (nothing as TurnId);
    const action = { kind: 'remove', turnId } as const;
    const answer = await answered(this.#stage.request(client, 'session/queue', { sessionId, action }));
    return { rule: (now) => now.removed(turnId, answer) };
  }

  async cancel(model: TurnModel, client: number): Promise<Deed> {
    const { sessionId, running, queue } = model;
    const named = this.#random.pick([undefined, running, running, ...queue, { turnId: nothing as TurnId }]);
    const turnId = named?.turnId;
    const answer = await answered(this.#stage.request(client, 'session/cancel', { sessionId, turnId }));
    return { rule: (now) => now.cancelled(turnId, answer) };
  }

  async deafen(model: TurnModel): Promise<Deed | undefined> {
    const { running } = model;
    if (running === undefined || running.cancelled || running.works.length === 0) return undefined;
    const work = await this.work(model);
    if (work.ignoreCancel === undefined) return undefined;
    await work.ignoreCancel();
    return { rule: (now) => now.deafened() };
  }

  async crash(): Promise<Deed> {
    await this.#stage.crash();
    return { rule: (now) => now.crashed(), everywhere: true };
  }

  async kill(): Promise<Deed | undefined> {
    if (this.#stage.kill === undefined) return undefined;
    await this.#stage.kill();
    return { rule: (now) => now.killed(), everywhere: true };
  }

  /** Not where somebody is deaf: that takes as long as the agent may take. */
  async close(model: TurnModel, client: number): Promise<Deed | undefined> {
    const { sessionId, running } = model;
    if (running?.deaf === true) return undefined;
    const force = this.#random() < 0.7;
    const answer = await answered(this.#stage.request(client, 'session/end', { sessionId, force }));
    return { rule: (now) => now.closed(answer, force) };
  }

  async resume(model: TurnModel, client: number): Promise<Deed | undefined> {
    if (!model.ended) return undefined;
    const answer = await answered(this.#stage.resume(client, model.sessionId));
    return { rule: (now) => now.resumed(answer) };
  }

  async reconnect(_: TurnModel, client: number): Promise<undefined> {
    await this.#stage.reconnect(client);
  }

  /** What works on the running turn; once it was looked for it is there at once. */
  async work(model: TurnModel): Promise<Work> {
    const { works: [words = assert.fail('nothing is worked on')] = [], by = 'agent' } = model.running ?? {};
    const work = this.#works.get(words) ?? (await this.#stage.work(model, { words, by }));
    this.#works.set(words, work);
    return work;
  }

  /** What may become of something that was given: what comes after the turn's work can only be work of its own. */
  #fates({ running }: TurnModel, { into }: Given): readonly Fate[] {
    if (running?.turnId === into && running.works.length > 0) return ['joined', 'joined', 'refused'];
    return this.#stage.joinsLate === true ? ['joined', 'began', 'began', 'refused'] : ['began', 'refused'];
  }

  /** W1: an answer reaches the question that it was given to, and no other. */
  async #hears(words: string): Promise<void> {
    const told = await this.#told.get(words);
    assert.ok(told === undefined || told === yesTo(words), `${words} was told ${told}`);
  }

  #client(): number {
    return this.#random.between(0, this.#stage.clients - 1);
  }

  #words({ sessionId }: TurnModel): string {
    return `${sessionId.slice(0, 4)}-${this.#count++}.`;
  }

  #content(model: TurnModel, sent: Sent) {
    return [{ type: 'text' as const, text: this.#stage.text(model, sent) }];
  }
}

/** The words in what was sent. */
export function wordsIn(text: string): string {
  return /[^\s"'-]{1,4}-\d+\./u.exec(text)?.[0] ?? text;
}

const yesTo = (words: string): string => `yes to ${words}`;

/** What a request came to. What is no refusal by the rules is thrown on. */
async function answered<T>(request: Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await request };
  } catch (error) {
    if (isHoldfastError(error)) return { refused: error.kind };
    const { kind } = error as { readonly kind?: string };
    if (kind === undefined) throw error;
    return { refused: kind };
  }
}
