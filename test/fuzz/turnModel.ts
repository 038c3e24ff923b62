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

interface Running extends Waiting {
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
  readonly queue: readonly { readonly turnId: TurnId; readonly words: string }[];
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
  running: Running | undefined;
  queue: readonly Waiting[] = [];
  open: readonly string[] = [];
  link: Head['link'] = 'ready';
  ended = false;
  /** Every turn that was accepted, with the outcome that it has, if it has one. */
  readonly outcomes: Map<TurnId, Outcome | undefined>;

  constructor(sessionId: SessionId, hasProcess = true, outcomes = new Map<TurnId, Outcome | undefined>()) {
    this.sessionId = sessionId;
    this.hasProcess = hasProcess;
    this.outcomes = outcomes;
  }

  clone(): TurnModel {
    const copy = new TurnModel(this.sessionId, this.hasProcess, new Map(this.outcomes));
    const { running, queue, open, link, ended } = this;
    return Object.assign(copy, { running, queue, open, link, ended });
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
      queue: this.queue.map(told),
      ends: new Map(ends),
    };
  }

  /** T2: by mode it waits, goes first after a cancel, or is refused. */
  sent(
    what: Sent,
    mode: Params<'session/prompt'>['mode'],
    answer: Answered<{ readonly turnId: TurnId; readonly queued: boolean }>,
  ): void {
    if (this.ended) return refused(answer, 'sessionEnded');
    if (mode === 'reject' && this.running !== undefined) return refused(answer, 'sessionBusy');
    const { turnId, queued } = given(answer);
    this.outcomes.set(turnId, undefined);
    const waiting = { ...what, turnId };
    const wasBusy = this.running !== undefined;
    this.queue = mode === 'interrupt' ? [waiting, ...this.queue] : [...this.queue, waiting];
    this.#next();
    assert.equal(queued, this.running?.turnId !== turnId, 'whether it waits');
    if (wasBusy && mode === 'interrupt') this.#cancel();
  }

  /** Whatever it answers: a cancelled turn ends cancelled. One that is over stays as it is. */
  worked(turnId: TurnId, outcome: Outcome): void {
    if (this.running?.turnId === turnId) this.#end(outcome);
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
    if (!this.#waits(turnId)) return refused(answer, 'turnNotFound');
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
    this.#leavesQueue(turnId);
  }

  /** T3: the named turn and no other, whether it runs or waits; nothing where there is none. */
  cancelled(turnId: TurnId | undefined, answer: Answered<{ readonly cancelled: boolean }>): void {
    const { cancelled } = given(answer);
    const isRunning = this.running !== undefined && (turnId === undefined || turnId === this.running.turnId);
    const waits = turnId !== undefined && this.#waits(turnId);
    assert.equal(cancelled, isRunning || waits, 'whether anything was cancelled');
    if (isRunning) this.#cancel();
    else if (waits) this.#leavesQueue(turnId);
  }

  deafened(): void {
    if (this.running !== undefined) this.running = { ...this.running, deaf: true };
  }

  /** Who worked on the cancelled turn has stopped after all. */
  heeded(): void {
    if (this.running?.cancelled === true) this.#end('cancelled');
  }

  /** Its agent's process died: what the agent worked on has failed, and a command goes on. */
  crashed(): void {
    if (this.ended || this.link !== 'ready' || !this.hasProcess) return;
    this.link = 'detached';
    if (this.running?.by === 'agent') this.#end('failed');
  }

  /** The runtime died: what ran is interrupted, what waits goes on waiting for the next prompt (T9). */
  killed(): void {
    if (this.ended) return;
    if (this.running !== undefined) this.outcomes.set(this.running.turnId, 'interrupted');
    this.running = undefined;
    this.open = [];
    this.link = 'detached';
  }

  closed(answer: Answered<unknown>, force: boolean): void {
    const isBusy = this.running !== undefined || this.queue.length > 0;
    if (!this.ended && isBusy && !force) return refused(answer, 'sessionBusy');
    given(answer);
    if (this.ended) return;
    for (const { turnId } of this.queue) this.outcomes.set(turnId, 'cancelled');
    this.queue = [];
    if (this.running !== undefined) this.#end('cancelled');
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

  #leavesQueue(turnId: TurnId): void {
    this.queue = this.queue.filter((each) => each.turnId !== turnId);
    this.outcomes.set(turnId, 'cancelled');
  }

  #cancel(): void {
    const { running } = this;
    if (running === undefined || running.cancelled) return;
    this.running = { ...running, cancelled: true };
    this.open = [];
    if (!running.deaf) this.#end('cancelled');
  }

  #end(outcome: Outcome): void {
    const { running } = this;
    if (running === undefined) return;
    this.outcomes.set(running.turnId, running.cancelled ? 'cancelled' : outcome);
    this.open = [];
    this.running = undefined;
    this.#next();
  }

  #next(): void {
    const [first, ...others] = this.queue;
    if (this.running !== undefined || first === undefined) return;
    this.queue = others;
    this.running = { ...first, cancelled: false, deaf: false };
    if (first.by === 'agent') this.link = 'ready';
  }
}

function given<T>(answer: Answered<T>): T {
  if ('value' in answer) return answer.value;
  return assert.fail(`it was refused: ${answer.refused}`);
}

function refused(answer: Answered<unknown>, kind: string): void {
  assert.deepEqual('refused' in answer && answer.refused, kind);
}
