import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../../src/protocol/head.ts';
import type { SessionId, TurnId } from '../../src/protocol/ids.ts';
import type { Random } from '../support/seeded.ts';
import { TurnActs, wordsIn, type Deed } from './turnActs.ts';
import type { Shown, TurnModel } from './turnModel.ts';
import type { Stage } from './turnStage.ts';

type Act = Exclude<keyof TurnActs, 'work'>;

/** Everything there is to do, as often as it is there. */
const alone: readonly Act[] = [
  ...(['prompt', 'prompt', 'prompt', 'prompt', 'command', 'end', 'end', 'end', 'ask', 'ask'] as const),
  ...(['answer', 'answer', 'edit', 'move', 'remove', 'cancel', 'cancel', 'deafen'] as const),
  ...(['crash', 'kill', 'close', 'resume', 'resume', 'reconnect'] as const),
  ...(['land', 'land', 'lose', 'leave'] as const),
];

/** What one client does at once with what another does, or with what befalls them. */
const first: readonly Act[] = ['prompt', 'end', 'cancel', 'answer', 'edit', 'move', 'remove', 'land'];
const second: readonly Act[] = [...first, 'prompt', 'end', 'command', 'reconnect', 'crash', 'kill'];

/**
 * Random clients do random things with a few sessions, one after the other or two at once, while agents answer, fail, ask, are
 * deaf to cancel and die. After each step every session shows what the model says: of two things at once, what comes of them
 * in one order or the other.
 */
export class TurnWalker {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #acts: TurnActs;
  #models: TurnModel[];

  constructor(stage: Stage, random: Random, models: readonly TurnModel[]) {
    this.#stage = stage;
    this.#random = random;
    this.#acts = new TurnActs(stage, random, () => this.#models);
    this.#models = [...models];
  }

  /** What must be true now. */
  get models(): readonly TurnModel[] {
    return this.#models;
  }

  /** Walks so many steps, and lets all turns end. */
  async walk(steps: number): Promise<void> {
    await this.#do(0, [], 'at first');
    for (let step = 0; step < steps; step++) {
      const at = this.#random.between(0, this.#models.length - 1);
      const acts =
        this.#random() < 0.75
          ? [this.#random.pick(alone)]
          : [this.#random.pick(first), this.#random.pick(second)].filter((act) => this.#mayPair(act));
      await this.#do(at, acts, `step ${step}`);
    }
    for (const at of this.#models.keys())
      for (let act = last(this.#models[at]); act !== undefined; act = last(this.#models[at]))
        await this.#do(at, [act], 'at the end');
  }

  /** Where an agent says at once what it did with something, that is not what is to be if the work has ended meanwhile. */
  #mayPair(act: Act): boolean {
    return act !== 'land' || this.#stage.joinsLate === true;
  }

  /** Does one thing, or two at once, and waits until the sessions show what comes of it. */
  async #do(at: number, acts: readonly Act[], when: string): Promise<void> {
    const model = this.#models[at] ?? assert.fail();
    const did = `${when}: ${acts.join(' and ')} in ${model.sessionId}`;
    // What works on the turn has it, before anything else is done at once with its end.
    if (acts.includes('end') && model.running?.cancelled === false && model.running.works.length > 0)
      await this.#acts.work(model);
    const client = (): number => this.#random.between(0, this.#stage.clients - 1);
    const deeds = (await Promise.all(acts.map((act) => this.#acts[act](model, client())))).filter(
      (deed): deed is Deed => deed !== undefined,
    );
    const possible = this.#models.map((each) => ordersOf(each, each === model, deeds, did));
    await this.#stage.settled(() => {
      this.#models = possible.map((candidates) => this.#match(candidates, did));
    });
  }

  /** The first that is as the session shows itself; throws when none is. */
  #match(possible: readonly TurnModel[], did: string): TurnModel {
    const candidates = possible.map((each) => this.#whereGiven(each));
    const [model = assert.fail(did)] = candidates;
    const shown = this.#shown(model.sessionId);
    const { turnCount } = this.#stage.seen(model.sessionId).head;
    assert.ok(turnCount >= 0 && turnCount <= model.outcomes.size, `${did}: ${turnCount} turns`);
    const right = candidates.find((candidate) => isDeepStrictEqual(candidate.shown, shown));
    if (right === undefined) assert.deepEqual(shown, model.shown, `${did} (${candidates.length} orders)`);
    return right ?? model;
  }

  /** What did not reach the agent before the turn was over that it was meant for waits like any other. */
  #whereGiven(model: TurnModel): TurnModel {
    const missing = model.given.filter(({ words }) => this.#stage.wasGiven?.(words) === false);
    if (missing.length === 0) return model;
    const now = model.clone();
    for (const { turnId } of missing) now.landed(turnId, 'refused', false);
    return now;
  }

  /** What a session shows, read from its head and its events. */
  #shown(sessionId: SessionId): Shown {
    const { head, events } = this.#stage.seen(sessionId);
    const ends = new Map<TurnId, Outcome>();
    const said = new Map<TurnId, string[]>();
    const commands = new Map<TurnId | undefined, string>();
    for (const { event, turnId } of events) {
      if (event.type === 'message.started' && event.role === 'user' && turnId !== undefined)
        said.set(turnId, [...(said.get(turnId) ?? []), wordsIn(JSON.stringify(event.content))]);
      else if (event.type === 'commandRun.started') commands.set(turnId, wordsIn(event.command));
      else if (event.type === 'turn.ended') {
        assert.ok(!ends.has(event.turnId), `${event.turnId} ended once`);
        ends.set(event.turnId, event.outcome);
      }
    }
    const { phase, turn, queue, interactions, ended } = head;
    return {
      phase,
      link: ended ? undefined : head.link,
      running: turn && {
        turnId: turn.turnId,
        words: said.get(turn.turnId)?.[0] ?? commands.get(turn.turnId) ?? '',
      },
      queue: queue.map(({ turnId, content, steers }) => ({
        ...{ turnId, words: wordsIn(JSON.stringify(content)), steers },
      })),
      said,
      open: interactions.map(({ interaction }) => interaction.title),
      ends,
    };
  }
}

/** What is left to do in a session, if anything is. */
function last(model: TurnModel | undefined): Act | undefined {
  if (model === undefined) return undefined;
  if ((model.running?.works.length ?? 0) > 0) return 'end';
  if (model.given.some(({ lost }) => !lost)) return 'land';
  return model.leaving.length > 0 ? 'leave' : undefined;
}

/** What a session may be after deeds that were done at once: one for each order that their answers agree with. */
function ordersOf(model: TurnModel, isOwn: boolean, deeds: readonly Deed[], did: string): TurnModel[] {
  const felt = deeds.filter(({ everywhere }) => isOwn || everywhere === true);
  const [one, other] = felt;
  if (one === undefined) return [model];
  const orders: (readonly Deed['rule'][])[] = [[one.rule]];
  if (other !== undefined) {
    orders.splice(0, 1, [one.rule, other.rule], [other.rule, one.rule]);
    // What was cancelled may not have ended yet when the other came.
    if (model.running?.deaf === false)
      for (const [before, after] of [[one, other] as const, [other, one] as const])
        orders.push([(now) => now.deafened(), before.rule, after.rule, (now) => now.heeded()]);
  }
  const possible: TurnModel[] = [];
  let problem: unknown;
  for (const order of orders) {
    const now = model.clone();
    try {
      for (const rule of order) rule(now);
      possible.push(now);
      // What is cancelled before it is stored that it began opens no agent.
      if (now.opens && now.running === undefined)
        possible.push(Object.assign(now.clone(), { link: model.link }));
    } catch (error) {
      problem = error;
    }
  }
  assert.ok(possible.length > 0, `${did}: ${String(problem)}`);
  return possible;
}
