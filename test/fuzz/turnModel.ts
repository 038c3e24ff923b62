import assert from 'node:assert/strict';
import type { Head, Outcome, Phase } from '../../src/protocol/head.ts';
import type { SessionId, TurnId } from '../../src/protocol/ids.ts';
import type { Params } from '../../src/protocol/methods.ts';

/** What a request came to: its result, or the kind of error that it was refused with. */
export type Answered<T> = { readonly value: T } | { readonly refused: string };

/** A turn as it was sent: what it says, and who works on it. */
export interface Sent {
  readonly words: string;
  readonly by: 'agent' | 'command';
}

interface Waiting extends Sent {
  readonly turnId: TurnId;
}

/** What became of something that was given to running work. */
export type Fate = 'joined' | 'began' | 'refused';

/** Something that the agent was given while it worked, and has said nothing of yet. */
export interface Given {
  readonly turnId: TurnId;
  readonly words: string;
  /** The turn that it is meant for. */
  readonly into: TurnId;
  /** It is no longer waited for. */
  readonly lost: boolean;
}

interface Running extends Waiting {
  /** What of its work goes on: its own, and what it took in that the agent began by itself; in order. */
  readonly works: readonly string[];
  /** How its work ended, as far as it has. */
  readonly came: Outcome | undefined;
  /** It was cancelled, and has not ended yet: whoever works on it does not listen. */
  readonly cancelled: boolean;
  readonly deaf: boolean;
}

/** What a session shows of itself that the rules say something about. */
export interface Shown {
  readonly phase: Phase;
  /** Whether an agent hosts it, while it has not ended. */
  readonly link: Head['link'] | undefined;
  readonly running: { readonly turnId: TurnId; readonly words: string } | undefined;
  readonly queue: readonly {
    readonly turnId: TurnId;
    readonly words: string;
    readonly steers: TurnId | undefined;
  }[];
  /** What was asked in each turn, in order. */
  readonly said: ReadonlyMap<TurnId, readonly string[]>;
  readonly open: readonly string[];
  /** Every turn that ended, with how. */
  readonly ends: ReadonlyMap<TurnId, Outcome>;
}

/**
 * What must be true of one session, by the rules and by nothing else. Each step says what it does to it, and throws when what
 * was answered is not what the rules give: so two steps at once are right when they are right in one order or the other.
 */
export class TurnModel {
  readonly sessionId: SessionId;
  /** Whether its agent is a process, which can die; the Shell is none. */
  readonly hasProcess: boolean;
  /** Whether its agent can be given more while it works. */
  readonly steerable: boolean;
  running: Running | undefined;
  queue: readonly Waiting[] = [];
  open: readonly string[] = [];
  link: Head['link'] = 'ready';
  ended = false;
  /** Every turn that was accepted, with the outcome that it has, if it has one. */
  readonly outcomes = new Map<TurnId, Outcome | undefined>();
  readonly said = new Map<TurnId, readonly string[]>();
  /** What the agent was given while it worked. */
  given: readonly Given[] = [];
  /** What the agent began, was told to stop, and still works on. */
  leaving: readonly string[] = [];
  /** Whether its agent is started for what began to run in this very step. */
  opens = false;

  constructor(
    sessionId: SessionId,
    { hasProcess = true, steerable = false }: { hasProcess?: boolean; steerable?: boolean } = {},
  ) {
    this.sessionId = sessionId;
    this.hasProcess = hasProcess;
    this.steerable = steerable;
  }

  clone(): TurnModel {
    const copy = new TurnModel(this.sessionId, this);
    for (const [turnId, outcome] of this.outcomes) copy.outcomes.set(turnId, outcome);
    for (const [turnId, words] of this.said) copy.said.set(turnId, words);
    const { running, queue, open, link, ended, given, leaving } = this;
    return Object.assign(copy, { running, queue, open, link, ended, given, leaving });
  }

  /** Whether the agent may have something else: it is sent nothing then. */
  get isBlocked(): boolean {
    return this.leaving.length > 0 || this.given.some(({ lost }) => !lost);
  }

  get phase(): Phase {
    if (this.ended) return 'ended';
    if (this.open.length > 0) return 'waiting';
    if (this.running !== undefined) return 'running';
    return this.link === 'ready' ? 'idle' : this.link;
  }

  /** What the session has to show. */
  get shown(): Shown {
    const { phase, running, open, ended } = this;
    const link = ended ? undefined : this.link;
    const told = ({ turnId, words }: Waiting) => ({ turnId, words });
    const ends = [...this.outcomes].filter((each): each is [TurnId, Outcome] => each[1] !== undefined);
    return {
      ...{ phase, link, open },
      running: running && told(running),
      queue: this.queue.map((each) => ({
        ...told(each),
        steers: this.given.find(({ turnId, into }) => turnId === each.turnId && into === running?.turnId)
          ?.into,
      })),
      said: new Map(this.said),
      ends: new Map(ends),
    };
  }

  /** T2: by mode it waits, goes first after a cancel, or is refused. */
  sent(
    what: Sent,
    mode: Params<'session/prompt'>['mode'],
    answer: Answered<{
      readonly turnId: TurnId;
      readonly queued: boolean;
      readonly steered?: boolean | undefined;
    }>,
  ): void {
    if (this.ended) return refused(answer, 'sessionEnded');
    if (mode === 'reject' && this.running !== undefined) return refused(answer, 'sessionBusy');
    const { turnId, queued, steered } = given(answer);
    this.outcomes.set(turnId, undefined);
    const waiting = { ...what, turnId };
    const wasBusy = this.running !== undefined;
    if (mode === 'steer') {
      const { running } = this;
      const isOpen = running?.by === 'agent' && !running.cancelled && running.works.length > 0;
      // An agent that is only being started has nothing yet that could be steered.
      const mayWait = this.opens && steered === false;
      assert.ok(mayWait || steered === (isOpen && this.steerable), 'whether it steers');
      if (steered === true && running !== undefined)
        this.given = [...this.given, { turnId, words: what.words, into: running.turnId, lost: false }];
    }
    this.queue = mode === 'interrupt' ? [waiting, ...this.queue] : [...this.queue, waiting];
    this.#next();
    assert.equal(queued, this.running?.turnId !== turnId, 'whether it waits');
    if (wasBusy && mode === 'interrupt') this.#cancel();
  }

  /** Whatever it answers: a cancelled turn ends cancelled. One that is over stays as it is. */
  worked(words: string, outcome: Outcome): void {
    const { running } = this;
    if (running?.works[0] !== words) return;
    const [, ...works] = running.works;
    // Who is deaf is so in what it works on; what else the turn took in is stopped with it.
    this.running = { ...running, works: running.cancelled ? [] : works, came: outcome, deaf: false };
    this.#settle();
  }

  /** T2: it stands in the turn that took it in, is a turn of its own, or waits; what nobody waits for is stopped. */
  landed(turnId: TurnId, fate: Fate, isDeaf: boolean): void {
    const one = this.given.find((each) => each.turnId === turnId);
    if (one === undefined) return;
    this.given = this.given.filter((each) => each !== one);
    const { running } = this;
    const { words, into } = one;
    if (fate === 'joined') {
      this.#stands(one, into);
      if (this.#waits(turnId)) this.#leaves(turnId, this.outcomes.get(into) ?? 'completed');
    } else if (fate === 'began') {
      const isOther = running?.by === 'agent' && !running.cancelled && running.turnId !== into;
      if (running !== undefined && isOther) {
        this.#stands(one, running.turnId);
        this.running = { ...running, works: [...running.works, words] };
        if (this.#waits(turnId)) this.#leaves(turnId, 'completed');
      } else if (this.#waits(turnId)) {
        if (running !== undefined) this.#close(running.came ?? 'completed');
        const begun = this.queue.find((each) => each.turnId === turnId);
        if (begun !== undefined) this.#start(begun);
      } else if (isDeaf) this.leaving = [...this.leaving, words];
    }
    this.#settle();
  }

  /** Nothing was heard of it in time: it has failed, and is not sent again. */
  timeUp(): void {
    const { running } = this;
    const isOver = ({ into }: Given): boolean => running?.turnId !== into || running.works.length === 0;
    for (const { turnId } of this.given.filter((each) => !each.lost && isOver(each)))
      if (this.#waits(turnId)) this.#leaves(turnId, 'failed');
    this.given = this.given.map((each) => (isOver(each) ? { ...each, lost: true } : each));
    this.#settle();
  }

  /** The agent has left what it was told to stop. */
  left(words: string): void {
    this.leaving = this.leaving.filter((each) => each !== words);
    this.#settle();
  }

  asked(words: string): void {
    this.open = [...this.open, words];
  }

  /** W1: the first answer settles, and no other question than its own. */
  answered(words: string, answer: Answered<unknown>): void {
    if (!this.open.includes(words)) return assert.ok('refused' in answer, 'it was settled already');
    given(answer);
    this.open = this.open.filter((each) => each !== words);
  }

  edited(turnId: TurnId, words: string, answer: Answered<unknown>): void {
    const isGiven = this.given.some((each) => each.turnId === turnId);
    if (!this.#waits(turnId) || isGiven) return refused(answer, 'turnNotFound');
    given(answer);
    this.queue = this.queue.map((each) => (each.turnId === turnId ? { ...each, words } : each));
  }

  moved(turnId: TurnId, before: TurnId | undefined, answer: Answered<unknown>): void {
    if (!this.#waits(turnId) || (before !== undefined && !this.#waits(before)))
      return refused(answer, 'turnNotFound');
    given(answer);
    if (before === turnId) return;
    const moving = this.queue.filter((each) => each.turnId === turnId);
    const others = this.queue.filter((each) => each.turnId !== turnId);
    const place = before === undefined ? others.length : others.findIndex((each) => each.turnId === before);
    this.queue = others.toSpliced(place, 0, ...moving);
  }

  removed(turnId: TurnId, answer: Answered<unknown>): void {
    if (!this.#waits(turnId)) return refused(answer, 'turnNotFound');
    given(answer);
    this.#leaves(turnId, 'cancelled');
  }

  /** T3: the named turn and no other, whether it runs or waits; nothing where there is none. */
  cancelled(turnId: TurnId | undefined, answer: Answered<{ readonly cancelled: boolean }>): void {
    const { cancelled } = given(answer);
    const isRunning = this.running !== undefined && (turnId === undefined || turnId === this.running.turnId);
    const waits = turnId !== undefined && this.#waits(turnId);
    assert.equal(cancelled, isRunning || waits, 'whether anything was cancelled');
    if (isRunning) this.#cancel();
    else if (waits) this.#leaves(turnId, 'cancelled');
  }

  deafened(): void {
    if (this.running !== undefined) this.running = { ...this.running, deaf: true };
  }

  /** Who worked on the cancelled turn has stopped after all. */
  heeded(): void {
    if (this.running?.cancelled === true) this.#end('cancelled');
  }

  /** Its agent's process died: what the agent worked on, or may have, has failed, and a command goes on. */
  crashed(): void {
    if (this.ended || this.link !== 'ready' || !this.hasProcess) return;
    this.link = 'detached';
    this.#letGo('failed');
    if (this.running?.by === 'agent') this.#end('failed');
    else this.#settle();
  }

  /** The runtime died: what ran, or its agent may have, is interrupted; what waits goes on waiting for the next prompt (T9). */
  killed(): void {
    if (this.ended) return;
    if (this.running !== undefined) this.outcomes.set(this.running.turnId, 'interrupted');
    this.running = undefined;
    this.open = [];
    this.link = 'detached';
    this.#letGo('interrupted');
  }

  closed(answer: Answered<unknown>, force: boolean): void {
    const isBusy = this.running !== undefined || this.queue.length > 0;
    if (!this.ended && isBusy && !force) return refused(answer, 'sessionBusy');
    given(answer);
    if (this.ended) return;
    for (const { turnId } of this.queue) this.outcomes.set(turnId, 'cancelled');
    this.queue = [];
    if (this.running !== undefined) this.#end('cancelled');
    this.#letGo('cancelled');
    this.ended = true;
    this.link = 'detached';
  }

  resumed(answer: Answered<unknown>): void {
    given(answer);
    if (this.ended) this.link = 'ready';
    this.ended = false;
  }

  #waits(turnId: TurnId): boolean {
    return this.queue.some((each) => each.turnId === turnId);
  }

  #leaves(turnId: TurnId, outcome: Outcome): void {
    this.queue = this.queue.filter((each) => each.turnId !== turnId);
    this.outcomes.set(turnId, outcome);
  }

  /**
   * Its agent's process, or what it had of this session, is gone: nothing more is heard of what it was given, which is not sent
   * again.
   */
  #letGo(outcome: Outcome): void {
    for (const { turnId } of this.given) if (this.#waits(turnId)) this.#leaves(turnId, outcome);
    this.given = [];
    this.leaving = [];
  }

  #stands({ words }: { readonly words: string }, turnId: TurnId): void {
    this.said.set(turnId, [...(this.said.get(turnId) ?? []), words]);
  }

  #cancel(): void {
    const { running } = this;
    if (running === undefined || running.cancelled) return;
    this.running = { ...running, cancelled: true };
    this.open = [];
    if (!running.deaf || running.works.length === 0) this.#end('cancelled');
  }

  #end(outcome: Outcome): void {
    this.#close(outcome);
    this.#next();
  }

  #close(outcome: Outcome): void {
    const { running } = this;
    if (running === undefined) return;
    this.outcomes.set(running.turnId, running.cancelled ? 'cancelled' : outcome);
    this.open = [];
    this.running = undefined;
  }

  /** A turn whose work is done ends when it is known what became of all that was given to it. */
  #settle(): void {
    const { running } = this;
    if (running?.works.length === 0 && (running.cancelled || !this.isBlocked))
      return this.#end(running.came ?? 'completed');
    this.#next();
  }

  #next(): void {
    const [first] = this.queue;
    if (this.running === undefined && first !== undefined && !this.isBlocked) this.#start(first);
  }

  #start(turn: Waiting): void {
    this.queue = this.queue.filter((each) => each !== turn);
    this.running = { ...turn, works: [turn.words], came: undefined, cancelled: false, deaf: false };
    if (turn.by === 'agent') {
      this.opens ||= this.link !== 'ready';
      this.link = 'ready';
      this.said.set(turn.turnId, [turn.words]);
    }
  }
}

function given<T>(answer: Answered<T>): T {
  if ('value' in answer) return answer.value;
  return assert.fail(`it was refused: ${answer.refused}`);
}

function refused(answer: Answered<unknown>, kind: string): void {
  assert.deepEqual('refused' in answer && answer.refused, kind);
}
