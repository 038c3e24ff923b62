import type { ContentBlock } from '../protocol/content.ts';
import { contentText } from '../protocol/contentText.ts';
import type { Head } from '../protocol/head.ts';
import { newCommandRunId, type CommandRunId, type TurnId } from '../protocol/ids.ts';
import type { AgentEvent, AgentSession, Steering, TurnResult } from './agent/agent.ts';
import type { Values } from './agentSide.ts';
import { failureOf } from './failure.ts';
import type { DownloadSpec } from '../protocol/turnPlan.ts';
import { runDownloads } from './work/download.ts';
import { checkAfter, type CheckParts } from './checks.ts';
import { unspilled, type BlobStore } from './spill.ts';
import type { Performed, TurnContext } from './turns.ts';
import type { CommandSpec, Work } from './turnPlans.ts';
import type { ProcessTree } from './work/processTree.ts';
import { runSessionCommand } from './work/sessionCommand.ts';
import type { Valve } from './work/valve.ts';

/** What the work of turns needs of its session. */
export interface TurnWorkParts {
  head(): Head;
  readonly values: Values;
  readonly store: BlobStore;
  readonly valve: Valve;
  /** For files that nobody needs after the turn; the system's unless given. */
  readonly temporary?: string | undefined;
  /** The agent's session, opened if need be. */
  ensureAgent(): Promise<AgentSession>;
  /** Does something with the agent, once more when the person had to sign in for it first. */
  signedIn<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T>;
  /** Resolves when the loss of the agent, if that is why a prompt failed, has been told. */
  lossTold(): Promise<void>;
  /** What a waiting turn said before secrets were taken out of it, if any were. */
  original(turnId: TurnId): readonly ContentBlock[] | undefined;
  /** What a command of a turn says. */
  emit(event: AgentEvent, turnId: TurnId): void;
  /** A command of a turn got its process. */
  onPid(commandRunId: CommandRunId, pid: number): void;
  /** Records a fact of the runtime's own in a turn. */
  readonly record: CheckParts['record'];
  readonly clock: CheckParts['clock'];
}

/** What a command left in the background may take to end when the session does, in milliseconds. */
const BACKGROUND_GRACE_MS = 1000;

/**
 * Does what turns are for: commands before, the agent or the command itself, commands after, the check (C2, G1). Owns the
 * commands, and what they leave in the background, until the session ends. Owned by the session.
 */
export class TurnWork {
  readonly #parts: TurnWorkParts;
  /** What commands left in the background. */
  readonly #leftBehind = new Set<ProcessTree>();
  /** Commands that run: a turn can be over before its command is gone. */
  readonly #commands = new Set<Promise<unknown>>();

  constructor(parts: TurnWorkParts) {
    this.#parts = parts;
  }

  /** Does one turn's work; rejects only with what the agent's session rejects with. */
  async perform(given: Work, turn: TurnContext): Promise<Performed> {
    const work = this.#whole(given, turn.turnId);
    const { downloads = [], before = [] } = work.plan ?? {};
    const missing = await this.#fetch(isRepeated(work) ? [] : downloads, turn);
    if (missing !== undefined) return missing;
    const unready = await this.#all(before, 'before', turn);
    if (unready !== undefined) return unready;
    turn.enter(work.kind === 'prompt' ? 'agent' : 'command');
    const result =
      work.kind === 'prompt'
        ? await this.#worked(work, await this.#prompt(work, turn), turn)
        : await this.#command(work.spec, turn, { isNamed: false });
    return this.#afterwards(work, result, turn);
  }

  /** Ends what commands left running. Resolves when it is gone. */
  async endLeftBehind(): Promise<void> {
    await Promise.allSettled(this.#commands);
    const trees = [...this.#leftBehind];
    this.#leftBehind.clear();
    await Promise.all(trees.map((tree) => tree.end({ graceMs: BACKGROUND_GRACE_MS })));
  }

  /** How the agent's work ends, with all that it took in on the way. */
  async #worked(
    { plan: { after = [], until } = {} }: Work,
    first: TurnResult,
    turn: TurnContext,
  ): Promise<TurnResult> {
    let result = first;
    for (;;) {
      const goesOn = result.outcome === 'completed' && (after.length > 0 || until !== undefined);
      const more = await turn.worked(goesOn);
      if (more === undefined) return result;
      result = await this.#follow(more, turn.signal);
    }
  }

  /** The one hook after a turn: its commands, then its check. What the agent came to is kept. */
  async #afterwards(work: Work, result: TurnResult, turn: TurnContext): Promise<Performed> {
    const { after = [], until } = work.plan ?? {};
    if (result.outcome !== 'completed') return result;
    const failed = await this.#all(after, 'after', turn);
    if (failed !== undefined) return { ...result, ...failed };
    if (until === undefined || work.kind !== 'prompt') return result;
    turn.enter('check');
    const { head, record, clock, values } = this.#parts;
    const checked = await checkAfter({ ...work, until }, turn, {
      cwd: head().cwd,
      env: { ...values.env },
      isShell: head().agent.kind === 'shell',
      clock,
      record,
      run: (spec, hear) => this.#command(spec, turn, { isNamed: true, hear }),
    });
    return { ...result, ...checked };
  }

  /** Runs commands one after the other; gives how the turn ends, if one fails or the turn is to stop. */
  async #all(
    specs: readonly CommandSpec[],
    stage: 'before' | 'after',
    turn: TurnContext,
  ): Promise<TurnResult | undefined> {
    if (specs.length > 0) turn.enter(stage);
    for (const spec of specs) {
      const { outcome, exitCode, failure } = await this.#command(spec, turn, { isNamed: true });
      if (turn.signal.aborted) return { outcome: 'cancelled' };
      if (outcome === 'completed') continue;
      const where =
        stage === 'before' ? 'before the prompt failed, so it was not sent' : 'after the prompt failed';
      const message = `A command ${where}: ${failure?.message ?? spec.command}`;
      return { outcome: 'failed', exitCode, failure: { kind: 'commandFailed', ...failure, message } };
    }
    return undefined;
  }

  /** Fetches what the prompt needs; gives how the turn ends, if that fails or the turn is to stop (C3). */
  async #fetch(specs: readonly DownloadSpec[], turn: TurnContext): Promise<TurnResult | undefined> {
    if (specs.length === 0) return undefined;
    turn.enter('before');
    const { head, clock, emit, temporary } = this.#parts;
    const tell = (text: string): void => emit({ type: 'notice', level: 'info', text }, turn.turnId);
    try {
      await runDownloads(specs, { cwd: head().cwd, signal: turn.signal, clock, temporary, tell });
      return turn.signal.aborted ? { outcome: 'cancelled' } : undefined;
    } catch (error) {
      if (turn.signal.aborted) return { outcome: 'cancelled' };
      const failure = failureOf(error);
      return {
        outcome: 'failed',
        failure: { ...failure, message: `The prompt was not sent: ${failure.message}` },
      };
    }
  }

  /** What waited stands in the head without its secrets. */
  #whole(work: Work, turnId: TurnId): Work {
    const original = this.#parts.original(turnId);
    if (original === undefined) return work;
    if (work.kind === 'prompt') return { ...work, content: original };
    return { ...work, spec: { ...work.spec, command: contentText(original) } };
  }

  #prompt(
    { content, begun }: Work & { readonly kind: 'prompt' },
    { signal }: TurnContext,
  ): Promise<TurnResult> {
    if (begun !== undefined) return this.#follow(begun, signal);
    return this.#parts.signedIn(signal, () => this.#send(content, signal));
  }

  /** What the agent works on already is only waited for. */
  async #follow(steering: Steering, signal: AbortSignal): Promise<TurnResult> {
    const cancel = (): void => steering.stop();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await steering.ended();
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #send(content: readonly ContentBlock[], signal: AbortSignal): Promise<TurnResult> {
    const agent = await abortable(this.#parts.ensureAgent(), signal);
    if (agent === undefined || signal.aborted) return { outcome: 'cancelled' };
    const cancel = (): void => agent.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      // A prompt that waited stands in the head without what was large in it.
      return await agent.prompt(unspilled(content, this.#parts.store));
    } catch (error) {
      await this.#parts.lossTold();
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Runs a command in a turn. What the turn is about is named by its own line, others by their failure. */
  #command(
    spec: CommandSpec,
    { turnId, signal }: TurnContext,
    { isNamed, hear }: { readonly isNamed: boolean; readonly hear?: (event: AgentEvent) => void },
  ): Promise<TurnResult> {
    const { head, values, valve, emit, onPid } = this.#parts;
    const commandRunId = newCommandRunId();
    const running = runSessionCommand({
      spec,
      commandRunId,
      onStarted: (pid) => onPid(commandRunId, pid),
      sessionCwd: head().cwd,
      env: { ...values.env, ...spec.env },
      isNamed,
      signal,
      emit: (event) => {
        hear?.(event);
        emit(event, turnId);
      },
      onLeftBehind: (tree) => this.#leftBehind.add(tree),
      valve,
    });
    this.#commands.add(running);
    void running.finally(() => this.#commands.delete(running));
    return running;
  }
}

/** Whether the same conversation goes on because its check found something: what it needs is there already. */
function isRepeated(work: Work): boolean {
  return work.kind === 'prompt' && (work.chain?.attempt ?? 1) > 1;
}

/** The value, or `undefined` as soon as the signal is aborted. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
