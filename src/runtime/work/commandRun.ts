import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { systemClock, type Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import type { OutputSpan } from '../../protocol/output.ts';
import type { Failure } from '../../protocol/sessionState.ts';
import { BoundedOutput } from './boundedOutput.ts';
import { commandLine } from './commandLine.ts';
import { letGo, quiet } from './drain.ts';
import { ProcessTree } from './processTree.ts';
import type { Valve } from './valve.ts';
import { personsShell, shellInvocation, type Shell } from './shells.ts';
import { treeStarting, type Starting } from './startedTrees.ts';

/** One shell command to run. */
export interface CommandRequest {
  /** In the language of the shell. */
  readonly command: string;
  /** With arguments, the command is a program, and no shell comes between. */
  readonly args?: readonly string[];
  /** What a POSIX shell has in `$1` and on. */
  readonly parameters?: readonly string[] | undefined;
  /** What the command is called in words, where that is not its text. */
  readonly name?: string;
  /** Absolute. */
  readonly cwd: string;
  /** Whether a missing `cwd` is made (C1), with its parents. Otherwise it is a failure. */
  readonly createCwd?: boolean;
  /** The whole environment, see `childEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** The person's shell unless given. */
  readonly shell?: Shell | undefined;
  /** Aborting it ends the command with all its descendants. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number | undefined;
  /** The command runs. Comes once, before any output, unless it could not be started. */
  onStarted(pid: number, tree: ProcessTree): void;
  /** Decoded text, in the order of each stream; never after the result. */
  onOutput(stream: OutputSpan['stream'], text: string): void;
  /** The same as it comes, undecoded and unbounded. */
  onBytes?(stream: OutputSpan['stream'], bytes: Buffer): void;
  /** The command ended by itself and left processes behind: whoever takes the tree has to end it. */
  onLeftBehind?(tree: ProcessTree): void;
  /** While it is shut, output is not read. Ending the command reads on. */
  readonly valve?: Valve | undefined;
  readonly clock?: Clock;
}

/** How a command ended; the fields of `commandRun.ended`. */
export interface CommandResult {
  /** −1 when there is none: a signal ended it, or it could not be run. */
  readonly exitCode: number;
  readonly signal: string | null;
  /** Why it could not be run, or was stopped by us. A non-zero exit is none; see `commandFailure`. */
  readonly failure?: Failure;
  readonly tail?: string;
  readonly omittedBytes?: number;
  /** The whole output up to a cap, where some of it was omitted. */
  readonly whole?: Uint8Array;
}

/** Between SIGTERM and SIGKILL, unless told otherwise. */
export const COMMAND_GRACE_MS = 2000;

/**
 * Runs one shell command as an owned process (C1, law 11): no terminal, closed stdin, a process group of its own. It ends
 * when the shell's child exits, after a short drain, even when something in the background holds the pipe. Never rejects:
 * what cannot be run has a `failure` that says why.
 */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const unusable = await prepareCwd(request);
  if (unusable !== undefined) return notRun(unusable);
  if (request.signal.aborted)
    return notRun({ kind: 'aborted', message: 'The command was cancelled before it started.' });
  const starting = treeStarting();
  try {
    return await run(request, start(request, starting), starting);
  } catch (error) {
    return notRun({
      kind: 'commandFailed',
      message: `${called(request)} could not be run: ${errorText(error)}`,
    });
  } finally {
    starting.settle();
  }
}

/**
 * The failure of a command that did not exit with 0, in words; `undefined` for one that did. Given the command, they name it:
 * for where nothing beside them does.
 */
export function commandFailure(
  { exitCode, signal, failure }: CommandResult,
  command?: string,
): Failure | undefined {
  if (failure !== undefined) return failure;
  if (exitCode === 0) return undefined;
  const how = signal === null ? `exited with ${exitCode}` : `was ended by ${signal}`;
  const message = command === undefined ? how : `${called({ command })} ${how}`;
  return { kind: 'commandFailed', message, exitCode, signal };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(request: CommandRequest, starting: Starting): Child {
  const { command, args: given, parameters, cwd, env, shell } = request;
  const { file, args, verbatim } =
    given === undefined
      ? shellInvocation(shell ?? personsShell(env), command, parameters)
      : commandLine(command, given, env);
  return spawn(file, args, {
    cwd,
    env: { ...env, ...starting.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
  });
}

async function run(request: CommandRequest, child: Child, starting: Starting): Promise<CommandResult> {
  const { clock = systemClock, signal, timeoutMs, graceMs = COMMAND_GRACE_MS } = request;
  const exited = exitOf(child);
  const output = new BoundedOutput((stream, text) => request.onOutput(stream, text));
  const taken = (stream: OutputSpan['stream'], bytes: Buffer): void => {
    request.onBytes?.(stream, bytes);
    output.push(stream, bytes);
  };
  const take = {
    stdout: (bytes: Buffer) => taken('stdout', bytes),
    stderr: (bytes: Buffer) => taken('stderr', bytes),
  };
  if (child.pid === undefined) throw (await exited).error ?? new Error('no process was started');
  const tree = new ProcessTree(child.pid, clock);
  starting.settle();
  request.onStarted(child.pid, tree);
  child.stdout.on('data', take.stdout);
  child.stderr.on('data', take.stderr);
  const held = request.valve?.hold([child.stdout, child.stderr]);

  let ending: Promise<boolean> | undefined;
  let failure: Failure | undefined;
  const end = (): void => {
    held?.release();
    ending ??= tree.end({ graceMs });
  };
  const timeOut = (): void => {
    failure = {
      kind: 'timedOut',
      message: `${called(request)} was stopped after ${Number(timeoutMs) / 1000} s`,
    };
    end();
  };
  const timer = timeoutMs === undefined ? undefined : clock.after(timeoutMs, timeOut);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  const { exitCode, exitSignal } = await exited;
  timer?.dispose();
  // What it printed stands in its pipe for as long as nobody may read it.
  await held?.opened();
  held?.release();
  await quiet([child.stdout, child.stderr], clock);
  signal.removeEventListener('abort', end);
  // What was asked to end is waited for: its last output is still taken in.
  if (ending !== undefined) {
    await ending;
    await quiet([child.stdout, child.stderr], clock);
  }
  child.stdout.off('data', take.stdout);
  child.stderr.off('data', take.stderr);
  for (const stream of [child.stdout, child.stderr]) letGo(stream, clock);
  if (ending === undefined && tree.mayLive && (await leftBehind(tree))) request.onLeftBehind?.(tree);
  else if (ending === undefined) tree.forget();
  return { exitCode: exitCode ?? -1, signal: exitSignal, ...(failure && { failure }), ...output.end() };
}

interface Exit {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly error?: Error;
}

function exitOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => {
    child.on(
      'error',
      (error) => child.pid === undefined && resolve({ exitCode: null, exitSignal: null, error }),
    );
    child.on('exit', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
  });
}

async function leftBehind(tree: ProcessTree): Promise<boolean> {
  try {
    return (await tree.look()).length > 0;
  } catch {
    // Not knowing is no reason to forget it.
    return true;
  }
}

async function prepareCwd({ cwd, createCwd }: CommandRequest): Promise<Failure | undefined> {
  try {
    if (createCwd === true) await mkdir(cwd, { recursive: true });
    if ((await stat(cwd)).isDirectory()) return undefined;
    return { kind: 'cwdUnusable', message: `The working directory ${cwd} is not a directory.` };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing) return { kind: 'cwdMissing', message: `The working directory ${cwd} does not exist.` };
    return {
      kind: 'cwdUnusable',
      message: `The working directory ${cwd} cannot be used: ${errorText(error)}`,
    };
  }
}

function notRun(failure: Failure): CommandResult {
  return { exitCode: -1, signal: null, failure };
}

/** A command in one short line, for words. */
function called({ command, name = command }: Pick<CommandRequest, 'command' | 'name'>): string {
  const whole = name.trim();
  const line = whole.split('\n', 1)[0] ?? '';
  return `\`${line.length < whole.length || line.length > 80 ? `${line.slice(0, 79)}…` : line}\``;
}
