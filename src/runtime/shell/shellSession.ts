import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { newCommandRunId } from '../../protocol/ids.ts';
import type { Failure } from '../../protocol/sessionState.ts';
import type { AgentSession, OpenAgentSession, TurnResult } from '../agent/agent.ts';
import { commandFailure, runCommand, type CommandResult } from '../work/commandRun.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { childEnvironment } from '../work/environment.ts';
import type { ProcessTree } from '../work/processTree.ts';
import { personsShell, type Shell } from '../work/shells.ts';
import type { Valve } from '../work/valve.ts';
import { keeping, readKept, type Kept, type Wrapped } from './persistence.ts';

/** What a session of the Shell agent is made with. */
export interface ShellSessionOptions {
  /** The environment commands start from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** While it is shut, what commands print is not read. */
  readonly valve?: Valve | undefined;
  /** Where what a command leaves of its environment is read from; the system's folder for temporary files unless given. */
  readonly temporary?: string | undefined;
  /** Told once, when the session is closed. */
  readonly onClosed: () => void;
}

/**
 * A session of the Shell agent: each prompt is a command, and the next one starts where it left off, with its working
 * directory and environment. What it leaves in the background lives until the session is closed.
 */
export class ShellSession implements AgentSession {
  readonly agentSessionId = randomUUID();
  /** A shell's state ends with it: a session is never taken up again, only started anew. */
  readonly how = 'new';
  readonly #request: OpenAgentSession;
  readonly #options: ShellSessionOptions;
  readonly #shell: Shell;
  readonly #background: ProcessTree[] = [];
  #kept: Kept;
  #running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;
  #closing: Promise<void> | undefined;

  constructor(request: OpenAgentSession, options: ShellSessionOptions) {
    this.#request = request;
    this.#options = options;
    const env = childEnvironment(options.environment, request.env);
    this.#shell = personsShell(env);
    this.#kept = { cwd: request.cwd, env };
  }

  async prompt(content: readonly ContentBlock[]): Promise<TurnResult> {
    if (this.#closing !== undefined)
      throw new HoldfastError('agentFailed', 'The shell of this session was closed.');
    if (this.#running !== undefined)
      throw new HoldfastError('sessionBusy', 'The shell already runs a command.');
    const abort = new AbortController();
    const done = this.#run(contentText(content), abort.signal);
    this.#running = { abort, done };
    try {
      return await done;
    } finally {
      this.#running = undefined;
    }
  }

  cancel(): void {
    this.#running?.abort.abort();
  }

  configure(): Promise<void> {
    return Promise.reject(
      new HoldfastError('unsupported', 'The Shell agent has no modes, models or options.'),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.cancel();
    // A failure of the command is the prompt's to tell.
    await this.#running?.done.catch(() => undefined);
    await Promise.all(this.#background.map((tree) => tree.end(this.#options)));
    this.#options.onClosed();
  }

  async #run(command: string, signal: AbortSignal): Promise<TurnResult> {
    if (command.trim() === '') return { outcome: 'completed', exitCode: 0 };
    const lost = this.#leaveMissingDirectory();
    if (lost !== undefined) return { outcome: 'failed', failure: lost, voidsQueue: true };
    const folder = temporaryFolder('holdfast-shell', this.#options.temporary);
    try {
      const file = join(folder, 'kept');
      const result = await this.#execute(command, keeping(this.#shell, command, file), signal);
      this.#keep(await readFile(file, 'utf8').catch(() => ''));
      return turnResult(result, signal.aborted);
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async #execute(command: string, wrapped: Wrapped, signal: AbortSignal): Promise<CommandResult> {
    const { host } = this.#request;
    const { cwd, env } = this.#kept;
    const commandRunId = newCommandRunId();
    let started = false;
    const start = (pid?: number): void => {
      started = true;
      host.emit({
        type: 'commandRun.started',
        commandRunId,
        command,
        cwd,
        ...(pid !== undefined && { pid }),
      });
    };
    const result = await runCommand({
      ...wrapped,
      name: command,
      cwd,
      env: { ...env, PWD: cwd },
      shell: this.#shell,
      signal,
      graceMs: this.#options.graceMs,
      valve: this.#options.valve,
      clock: this.#options.clock,
      onStarted: start,
      onOutput: (stream, text) => host.emit({ type: 'commandRun.output', commandRunId, stream, text }),
      onLeftBehind: (tree) => this.#background.push(tree),
    });
    if (!started) start();
    host.emit({ type: 'commandRun.ended', commandRunId, ...result });
    return result;
  }

  #keep(text: string): void {
    const kept = readKept(this.#shell, text);
    if (kept !== undefined) this.#kept = kept;
  }

  /**
   * A directory that a command went to can vanish; the session's own is then the way out. The command at hand was written for
   * the other one: what it would do here nobody asked for, so it does not run, nor does what waits behind it. The session's own
   * missing is a failure of the run.
   */
  #leaveMissingDirectory(): Failure | undefined {
    const { cwd } = this.#request;
    const gone = this.#kept.cwd;
    if (gone === cwd || isDirectory(gone) || !isDirectory(cwd)) return undefined;
    this.#kept = { ...this.#kept, cwd };
    const message = `${gone} does not exist any more, so the command did not run. The session is back in ${cwd}: send the command again if you want it to run there.`;
    return { kind: 'cwdMissing', message };
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function turnResult(result: CommandResult, cancelled: boolean): TurnResult {
  const { exitCode } = result;
  if (cancelled) return { outcome: 'cancelled', exitCode };
  const failure = commandFailure(result);
  return failure === undefined
    ? { outcome: 'completed', exitCode }
    : { outcome: 'failed', exitCode, failure };
}
