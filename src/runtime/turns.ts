import type { Clock } from '../base/clock.ts';
import { Deferred } from '../base/deferred.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By, EventOf } from '../protocol/events.ts';
import type { Head, Outcome, QueuedTurn } from '../protocol/head.ts';
import { newMessageId, newTurnId, type ToolCallId, type TurnId } from '../protocol/ids.ts';
import type { Failure } from '../protocol/sessionState.ts';
import type { AgentEvent, TurnResult } from './agent/agent.ts';
import { failureOf } from './failure.ts';
import type { SessionWriter } from './sessionWriter.ts';

/** A shell command to run as a turn. */
export interface CommandSpec {
  readonly command: string;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What a turn does. */
export type Work =
  | { readonly kind: 'prompt'; readonly content: readonly ContentBlock[] }
  | { readonly kind: 'command'; readonly spec: CommandSpec };

/** What the turns of a session need of it. */
export interface TurnsOwner {
  head(): Head;
  readonly writer: SessionWriter;
  readonly clock: Clock;
  /** Whether what waits may start now; it is tried again by `resumeQueue`. Always, unless told otherwise. */
  mayStart?(): boolean;
  /** Does the work; the signal is aborted on cancel. */
  perform(work: Work, turnId: TurnId, signal: AbortSignal): Promise<TurnResult>;
  /** Settles what the turn still asks of a person. */
  settleInteractions(turnId: TurnId, reason: string, by: By | undefined): void;
  /** The agent did not stop when asked: let it go. */
  abandonAgent(reason: string): void;
}

interface Running {
  readonly turnId: TurnId;
  readonly abort: AbortController;
  readonly ended: Deferred<void>;
  cancelled: { readonly by: By | undefined } | undefined;
}

type Origin = EventOf<'turn.started'>['origin'];

/** How long an agent may take to stop before the person is told, and again before it is let go; milliseconds. */
export const CANCEL_GRACE_MS = 10_000;

/**
 * The turns of one session: at most one runs, others wait in the queue, each ends exactly once (law 4). Every way out of
 * a turn leads through `#end`. Owned by the session.
 */
export class Turns {
  readonly #owner: TurnsOwner;
  readonly #graceMs: number;
  /** Environments of queued commands: values that the journal never holds. */
  readonly #environments = new Map<TurnId, Readonly<Record<string, string>>>();
  readonly #openToolCalls = new Set<ToolCallId>();
  #running: Running | undefined;
  #closed = false;

  constructor(owner: TurnsOwner, graceMs = CANCEL_GRACE_MS) {
    this.#owner = owner;
    this.#graceMs = graceMs;
  }

  get current(): TurnId | undefined {
    return this.#running?.turnId;
  }

  /** Accepts work: starts it, or queues it behind what runs or waits. */
  accept(
    work: Work,
    options: { readonly by: By; readonly origin: Origin; readonly front?: boolean },
  ): { turnId: TurnId; queued: boolean } {
    const turnId = newTurnId();
    if (this.#running === undefined && this.#owner.head().queue.length === 0) {
      this.#start(work, turnId, options);
      return { turnId, queued: false };
    }
    this.#enqueue(work, turnId, options);
    if (this.#running === undefined) this.#next();
    return { turnId, queued: this.#running?.turnId !== turnId };
  }

  /** Cancels the named turn, or the running one. Says what was cancelled, if anything was. */
  cancel(turnId: TurnId | undefined, by: By | undefined): TurnId | undefined {
    const running = this.#running;
    if (running !== undefined && (turnId === undefined || turnId === running.turnId)) {
      this.#cancelRunning(running, by);
      return running.turnId;
    }
    const waiting = this.#owner.head().queue.find((queued) => queued.turnId === turnId);
    if (waiting === undefined) return undefined;
    this.#environments.delete(waiting.turnId);
    this.#owner.writer.record(
      { type: 'turn.ended', turnId: waiting.turnId, outcome: 'cancelled' },
      { turnId: waiting.turnId, by },
    );
    return waiting.turnId;
  }

  /** Cancels everything that waits, then what runs; resolves when the running turn has ended. */
  async cancelAll(by: By | undefined): Promise<void> {
    for (const { turnId } of [...this.#owner.head().queue]) this.cancel(turnId, by);
    const running = this.#running;
    if (running === undefined) return;
    this.#cancelRunning(running, by);
    await running.ended.promise;
  }

  /** Ends the running turn because its agent is gone. What waits is started by `resumeQueue`. */
  fail(failure: Failure): void {
    const running = this.#running;
    if (running !== undefined) this.#end(running, { outcome: 'failed', failure });
  }

  /** Ends the running turn because the runtime stops; what waits stays in the queue for the next one. */
  interrupt(reason: string): void {
    this.#closed = true;
    const running = this.#running;
    if (running === undefined) return;
    running.abort.abort();
    this.#end(running, { outcome: 'interrupted', failure: { kind: 'interrupted', message: reason } });
  }

  /** Starts the next queued turn, if none runs. */
  resumeQueue(): void {
    if (this.#running === undefined) this.#next();
  }

  /** Follows which tool calls are unfinished, to close them with their turn. */
  saw(event: AgentEvent): void {
    if (event.type === 'toolCall.ended') this.#openToolCalls.delete(event.toolCallId);
    else if (event.type === 'toolCall.started') this.#openToolCalls.add(event.toolCallId);
  }

  #start(
    work: Work,
    turnId: TurnId,
    { by, origin }: { readonly by?: By | undefined; readonly origin: Origin },
  ): void {
    const running: Running = {
      turnId,
      abort: new AbortController(),
      ended: new Deferred(),
      cancelled: undefined,
    };
    this.#running = running;
    const { writer } = this.#owner;
    writer.record({ type: 'turn.started', turnId, kind: work.kind, origin }, { turnId, by });
    if (work.kind === 'prompt') {
      const content = [...work.content];
      writer.record(
        { type: 'message.started', messageId: newMessageId(), role: 'user', content },
        { turnId, by },
      );
    }
    void this.#run(running, work);
  }

  async #run(running: Running, work: Work): Promise<void> {
    let result: TurnResult;
    try {
      result = await this.#owner.perform(work, running.turnId, running.abort.signal);
    } catch (error) {
      result = { outcome: 'failed', failure: failureOf(error) };
    }
    if (this.#running !== running) return;
    this.#end(running, result);
    this.#next();
  }

  /** The one exit of a turn that started. */
  #end(running: Running, result: Omit<TurnResult, 'outcome'> & { readonly outcome: Outcome }): void {
    const { turnId, cancelled } = running;
    const { writer } = this.#owner;
    this.#running = undefined;
    const completed = cancelled === undefined && result.outcome === 'completed';
    this.#owner.settleInteractions(
      turnId,
      completed ? 'the turn ended' : 'the turn was stopped',
      cancelled?.by,
    );
    for (const toolCallId of this.#openToolCalls) {
      writer.record(
        { type: 'toolCall.ended', toolCallId, status: completed ? 'completed' : 'cancelled' },
        { turnId },
      );
    }
    this.#openToolCalls.clear();
    const { outcome, stopReason, exitCode, failure } = result;
    const end =
      cancelled === undefined
        ? { outcome, stopReason, exitCode, failure }
        : { outcome: 'cancelled' as const };
    writer.record({ type: 'turn.ended', turnId, ...end }, { turnId, by: cancelled?.by, durable: true });
    running.ended.resolve();
  }

  #cancelRunning(running: Running, by: By | undefined): void {
    if (running.cancelled !== undefined) return;
    running.cancelled = { by };
    this.#owner.settleInteractions(running.turnId, 'the turn was cancelled', by);
    running.abort.abort();
    this.#ladder(running);
  }

  /** T4: an agent that ignores cancel is first told about, then let go; the turn ends either way. */
  #ladder(running: Running): void {
    const { clock, writer } = this.#owner;
    const first = clock.after(this.#graceMs, () => {
      const text = 'The agent has not stopped yet. It is let go of if it does not stop soon.';
      writer.record({ type: 'notice', level: 'warning', text }, { turnId: running.turnId });
      second = clock.after(this.#graceMs, () => {
        if (this.#running !== running) return;
        this.#end(running, { outcome: 'cancelled' });
        this.#owner.abandonAgent('The agent did not stop when it was asked to, and was let go of.');
        this.#next();
      });
    });
    let second = first;
    void running.ended.promise.then(() => {
      first.dispose();
      second.dispose();
    });
  }

  #enqueue(work: Work, turnId: TurnId, { by, front }: { readonly by: By; readonly front?: boolean }): void {
    if (work.kind === 'prompt') {
      const content = [...work.content];
      this.#owner.writer.record(
        { type: 'turn.queued', turnId, kind: 'prompt', content, front },
        { turnId, by },
      );
      return;
    }
    const { command, cwd, timeoutMs, env = {} } = work.spec;
    const envNames = Object.keys(env);
    if (envNames.length > 0) this.#environments.set(turnId, env);
    this.#owner.writer.record(
      {
        type: 'turn.queued',
        turnId,
        kind: 'command',
        content: [{ type: 'text', text: command }],
        command: { cwd, timeoutMs, envNames },
      },
      { turnId, by },
    );
  }

  #next(): void {
    const waiting = this.#owner.head().queue[0];
    if (waiting === undefined || this.#closed || this.#owner.head().ended) return;
    if (this.#owner.mayStart?.() === false) return;
    const work = this.#workOf(waiting);
    if (work instanceof HoldfastError) {
      const { turnId } = waiting;
      this.#owner.writer.record(
        { type: 'turn.ended', turnId, outcome: 'failed', failure: failureOf(work) },
        { turnId },
      );
      return this.#next();
    }
    this.#start(work, waiting.turnId, { by: waiting.by, origin: 'queue' });
  }

  #workOf(waiting: QueuedTurn): Work | HoldfastError {
    if (waiting.kind === 'prompt') return { kind: 'prompt', content: waiting.content };
    const command = waiting.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    const { cwd, timeoutMs, envNames = [] } = waiting.command ?? {};
    const env = this.#environments.get(waiting.turnId) ?? {};
    this.#environments.delete(waiting.turnId);
    const missing = envNames.filter((name) => !Object.hasOwn(env, name));
    if (missing.length > 0) {
      return new HoldfastError(
        'interrupted',
        `the values of ${missing.join(', ')} were lost with the runtime; send the command again`,
      );
    }
    return { kind: 'command', spec: { command, cwd, timeoutMs, env } };
  }
}
