import { Deferred } from '../base/deferred.ts';
import type { Disposable } from '../base/disposable.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By, EventOf } from '../protocol/events.ts';
import type { Outcome, QueuedTurn } from '../protocol/head.ts';
import { newMessageId, newTurnId, type TurnId } from '../protocol/ids.ts';
import type { Failure } from '../protocol/sessionState.ts';
import type { AgentEvent } from './agent/agent.ts';
import { failureOf } from './failure.ts';
import type { Place } from './sessionWriter.ts';
import { TurnActivity } from './turnActivity.ts';
import type { Begun } from './begunWork.ts';
import { Steers } from './steers.ts';
import { endOf, stoppedBy, stopReason, whenAborted, type Came, type Stop } from './turnStop.ts';
import { WaitingTurns } from './waitingTurns.ts';
import { isBare, notedPlan, TurnPlans, type Plan, type Work } from './turnPlans.ts';
import type { Performed, Stage, TurnContext, TurnsOwner } from './turnsOwner.ts';

export type { CommandSpec, Plan, Work } from './turnPlans.ts';
export type { Performed, Stage, TurnContext, TurnsOwner } from './turnsOwner.ts';

/** The turn that runs. Its `stop` is set once, and decides its outcome from then on. */
interface Running {
  readonly turnId: TurnId;
  readonly work: Work;
  readonly by: By | undefined;
  readonly abort: AbortController;
  readonly ended: Deferred<void>;
  stage: Stage;
  /** The agent is done with all that it was sent. */
  isDone: boolean;
  stop: Stop | undefined;
  timers: Disposable[];
}

type Origin = EventOf<'turn.started'>['origin'];

/**
 * How long an agent may take to stop before the person is told, and again before it is let go; to leave what is taken back from it,
 * and to say what became of what it was given. Milliseconds.
 */
export const CANCEL_GRACE_MS = 10_000;

/** Turns that may wait in one session: they stand in its head. */
export const MOST_QUEUED = 500;

/**
 * The turns of one session as a state machine: at most one runs, others wait in the queue, each ends exactly once (law 4).
 *
 *     queued ──▶ running (before ▶ agent|command ▶ after ▶ check) ──▶ ended
 *        │          │ cancel, deadline                                ▲
 *        │          └──▶ stopping ── result, grace over, agent gone ──┤
 *        └─────────────────────────────── cancel, remove ─────────────┘
 *
 * Every way out of a turn that started leads through `#end`. Owned by the session.
 */
export class Turns {
  readonly #owner: TurnsOwner;
  readonly #graceMs: number;
  readonly #plans = new TurnPlans();
  readonly activity = new TurnActivity();
  readonly #steers: Steers;
  /** What can be done with those that wait. */
  readonly waiting: WaitingTurns;
  #running: Running | undefined;
  /** Why no turn starts any more. */
  #closed: string | undefined;

  constructor(owner: TurnsOwner, graceMs = CANCEL_GRACE_MS) {
    this.#owner = owner;
    this.#graceMs = graceMs;
    this.#steers = new Steers({
      head: () => owner.head(),
      record: (event, place) => owner.record(event, place),
      clock: owner.clock,
      graceMs,
      committed: () => owner.committed?.() ?? Promise.resolve(),
      give: (content) => (this.#running?.stop === undefined ? owner.steer?.(content) : undefined),
      current: () => this.current,
      working: () => {
        const { turnId, stage, stop } = this.#running ?? {};
        return stage === 'agent' && stop === undefined ? turnId : undefined;
      },
      forget: (turnId) => this.#plans.forget(turnId),
      abandonAgent: (reason) => owner.abandonAgent(reason),
      onLanded: () => this.resumeQueue(),
    });
    this.waiting = new WaitingTurns({
      head: () => owner.head(),
      record: (event, place) => owner.record(event, place),
      current: () => this.current,
      plans: this.#plans,
      steers: this.#steers,
    });
  }

  get current(): TurnId | undefined {
    return this.#running?.turnId;
  }

  /** What the running turn is at, with its plan and who sent it. */
  get running():
    | { readonly turnId: TurnId; readonly stage: Stage; readonly plan: Plan; readonly by: By | undefined }
    | undefined {
    const running = this.#running;
    return (
      running && {
        turnId: running.turnId,
        stage: running.stage,
        plan: running.work.plan ?? {},
        by: running.by,
      }
    );
  }

  /** Accepts work: starts it, or queues it behind what runs or waits. Throws `sessionBusy` when too much waits. */
  accept(
    work: Work,
    options: { readonly by: By; readonly origin: Origin; readonly front?: boolean; readonly steer?: boolean },
  ): { turnId: TurnId; queued: boolean; steered: boolean } {
    const turnId = newTurnId();
    const { queue } = this.#owner.head();
    const isFree = this.#running === undefined && queue.length === 0;
    if (isFree && !this.#steers.isFlying && this.#owner.mayStart?.() !== false) {
      this.#start(work, turnId, options);
      return { turnId, queued: false, steered: false };
    }
    if (queue.length >= MOST_QUEUED)
      throw new HoldfastError('sessionBusy', `${queue.length} prompts wait already; wait, or remove some`);
    const { by, front } = options;
    const steers = options.steer === true ? this.#steerable(work) : undefined;
    this.#owner.record(
      { type: 'turn.queued', turnId, ...this.#plans.note(turnId, work), front, ...(steers && { steers }) },
      { turnId, by },
    );
    if (work.kind === 'prompt' && steers !== undefined)
      void this.#steers.give({ turnId, content: work.content, by }, steers);
    if (this.#running === undefined) this.#next();
    return { turnId, queued: this.#running?.turnId !== turnId, steered: steers !== undefined };
  }

  /** Cancels the named turn, or the running one. Says what was cancelled, if anything was. */
  cancel(turnId: TurnId | undefined, by: By | undefined): TurnId | undefined {
    const running = this.#running;
    if (running !== undefined && (turnId === undefined || turnId === running.turnId)) {
      this.#stop(running, { why: 'cancelled', by });
      return running.turnId;
    }
    if (turnId === undefined || !this.waiting.has(turnId)) return undefined;
    this.waiting.remove(turnId, by);
    return turnId;
  }

  /** Cancels everything that waits, then what runs; resolves when the running turn has ended. */
  async cancelAll(by: By | undefined): Promise<void> {
    this.waiting.removeAll(by);
    const running = this.#running;
    if (running === undefined) return;
    this.#stop(running, { why: 'cancelled', by });
    await running.ended.promise;
  }

  /** Ends the turn that works with the agent, because the agent is gone. What waits is started by `resumeQueue`. */
  fail(failure: Failure): void {
    const running = this.#running;
    if (running?.stage === 'agent') this.#end(running, { outcome: 'failed', failure });
  }

  /** Ends the running turn because the runtime stops; what waits stays in the queue for the next one. */
  interrupt(reason: string): void {
    this.#closed = reason;
    this.#steers.interrupt();
    const running = this.#running;
    const failure = { kind: 'interrupted', message: reason };
    if (running !== undefined) this.#end(running, { outcome: 'interrupted', failure });
    this.#next();
  }

  /** Starts the next queued turn, if none runs. */
  resumeQueue(): void {
    if (this.#running === undefined) this.#next();
  }

  /** Follows what is unfinished, to close it with its turn. */
  saw(event: AgentEvent): void {
    this.activity.saw(event);
  }

  /** The running turn, if the agent works on it and can be given this. */
  #steerable(work: Work): TurnId | undefined {
    const running = this.#running;
    if (running?.stage !== 'agent' || running.isDone || running.stop !== undefined) return undefined;
    if (work.kind !== 'prompt' || !isBare(work.plan)) return undefined;
    return this.#owner.canSteer?.() === true ? running.turnId : undefined;
  }

  #start(
    work: Work,
    turnId: TurnId,
    { by, origin }: { readonly by?: By | undefined; readonly origin: Origin },
  ): void {
    const running: Running = {
      turnId,
      work,
      by,
      abort: new AbortController(),
      ended: new Deferred(),
      stage: work.kind === 'prompt' ? 'agent' : 'command',
      isDone: false,
      stop: undefined,
      timers: [],
    };
    this.#running = running;
    const { clock } = this.#owner;
    const { deadlineMs, until } = work.plan ?? {};
    const attempt = work.kind === 'prompt' ? (work.chain?.attempt ?? 1) : 1;
    this.#owner.record(
      {
        type: 'turn.started',
        turnId,
        kind: work.kind,
        origin,
        ...(deadlineMs !== undefined && { deadlineAt: clock.now() + deadlineMs }),
        ...(until !== undefined && { check: { attempt, max: until.max } }),
        ...notedPlan(work.plan),
      },
      { turnId, by },
    );
    if (work.kind === 'prompt') this.#told(work.content, { turnId, by });
    if (deadlineMs !== undefined)
      running.timers.push(
        clock.after(deadlineMs, () => this.#stop(running, { why: 'timedOut', ms: deadlineMs })),
      );
    this.#owner.onStarted?.(turnId);
    void this.#run(running);
  }

  async #run(running: Running): Promise<void> {
    const { work, turnId, by, abort } = running;
    const enter = (stage: Stage): void => void (running.stage = stage);
    let result: Performed;
    try {
      // A runtime that is killed takes up what waits by what is stored: work that it does not know began would be done twice (T9).
      const stored = isBegun(work) ? undefined : this.#owner.committed?.();
      if (stored !== undefined) await Promise.race([stored, whenAborted(abort.signal)]);
      if (this.#running !== running) return;
      const worked: TurnContext['worked'] = async (goesOn) => {
        const more = this.#steers.nextBegun();
        if (more !== undefined) return more;
        running.isDone = true;
        await Promise.race([this.#steers.settled(), whenAborted(abort.signal)]);
        running.isDone = false;
        if (goesOn && this.#running === running && running.stop === undefined) this.#steers.joinBegun(turnId);
        return this.#running === running ? this.#steers.nextBegun() : undefined;
      };
      result =
        running.stop === undefined
          ? await this.#owner.perform(work, { turnId, by, signal: abort.signal, enter, worked })
          : { outcome: 'cancelled' };
    } catch (error) {
      result = { outcome: 'failed', failure: failureOf(error) };
    }
    const { again, check } = result;
    // What is being taken back from the agent is not mixed with what it is sent.
    if (again !== undefined) await this.#steers.settled();
    if (this.#running !== running) return;
    if (again === undefined || running.stop !== undefined || this.#owner.mayStart?.() === false) {
      this.#end(running, result);
      if (result.voidsQueue === true) this.waiting.removePrompts();
      return this.#next();
    }
    const next = newTurnId();
    this.#end(running, { ...result, check: check && { ...check, next } });
    this.#start(again, next, { by, origin: 'check' });
  }

  /** The one exit of a turn that started. */
  #end(running: Running, result: Came): void {
    const { turnId, stop, timers, abort, ended } = running;
    for (const timer of timers) timer.dispose();
    this.#running = undefined;
    abort.abort();
    const by = stoppedBy(stop);
    const completed = stop === undefined && result.outcome === 'completed';
    this.#owner.settleInteractions(turnId, completed ? 'the turn ended' : 'the turn was stopped', by);
    for (const toolCallId of this.activity.calls.keys()) {
      this.#owner.record(
        { type: 'toolCall.ended', toolCallId, status: completed ? 'completed' : 'cancelled' },
        { turnId },
      );
    }
    this.activity.clear();
    const end = endOf(result, stop);
    this.#owner.record({ type: 'turn.ended', turnId, ...end }, { turnId, by, durable: true });
    this.#owner.onEnded?.(turnId);
    this.#steers.over(turnId, end.outcome);
    ended.resolve();
  }

  #stop(running: Running, stop: Stop): void {
    if (this.#running !== running || running.stop !== undefined) return;
    running.stop = stop;
    this.#owner.settleInteractions(running.turnId, stopReason(stop), stoppedBy(stop));
    running.abort.abort();
    this.#ladder(running);
  }

  /** T4: an agent that ignores cancel is first told about, then let go; the turn ends either way. */
  #ladder(running: Running): void {
    const { clock } = this.#owner;
    const step = (action: () => void): unknown => running.timers.push(clock.after(this.#graceMs, action));
    step(() => {
      const text =
        running.stage === 'agent'
          ? 'The agent has not stopped yet. It is let go of if it does not stop soon.'
          : 'The command has not stopped yet. The turn ends without it if it does not stop soon.';
      this.#owner.record({ type: 'notice', level: 'warning', text }, { turnId: running.turnId });
      step(() => {
        if (this.#running !== running) return;
        this.#end(running, { outcome: 'cancelled' });
        if (running.stage === 'agent')
          this.#owner.abandonAgent('The agent did not stop when it was asked to, and was let go of.');
        this.#next();
      });
    });
  }

  /** A turn that no work of ours comes to is shown with what is known of it, and why. */
  #unworked(
    { turnId, kind, content, by }: Pick<QueuedTurn, 'turnId' | 'kind' | 'content' | 'by'>,
    outcome: Outcome,
    failure: Failure,
  ): void {
    const place = { turnId, by };
    this.#plans.forget(turnId);
    this.#owner.record({ type: 'turn.started', turnId, kind, origin: 'queue' }, place);
    if (kind === 'prompt') this.#told(content, place);
    this.#owner.record({ type: 'turn.ended', turnId, outcome, failure }, { turnId, durable: true });
  }

  #told(content: readonly ContentBlock[], place: Place): void {
    const message = { messageId: newMessageId(), role: 'user' as const, content: [...content] };
    this.#owner.record({ type: 'message.started', ...message }, place);
  }

  /** A turn for what the agent works on already. */
  #follow({ turnId, content, by, steering }: Begun): void {
    this.#plans.forget(turnId);
    this.#start({ kind: 'prompt', content, begun: steering }, turnId, { by, origin: 'queue' });
    this.#steers.joinBegun(turnId);
  }

  #next(): void {
    for (;;) {
      // Whatever keeps others waiting, the agent works on this already.
      const begun = this.#steers.takeBegun();
      if (begun !== undefined && this.#closed === undefined) return this.#follow(begun);
      if (begun !== undefined) {
        const failure = { kind: 'interrupted', message: this.#closed ?? '' };
        this.#unworked({ ...begun, kind: 'prompt', content: [...begun.content] }, 'interrupted', failure);
        continue;
      }
      const waiting = this.#owner.head().queue[0];
      if (waiting === undefined || this.#closed !== undefined || this.#owner.head().ended) return;
      if (this.#owner.mayStart?.() === false || this.#steers.isFlying) return;
      const { turnId, by } = waiting;
      try {
        const work = this.#plans.read(waiting);
        return this.#start(work, turnId, { by, origin: 'queue' });
      } catch (error) {
        this.#unworked(waiting, 'failed', failureOf(error));
      } finally {
        this.#plans.forget(turnId);
      }
    }
  }
}

/** Whether the agent works on it already. */
function isBegun(work: Work): boolean {
  return work.kind === 'prompt' && work.begun !== undefined;
}
