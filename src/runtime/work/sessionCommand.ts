import path from 'node:path';
import type { CommandRunId } from '../../protocol/ids.ts';
import type { AgentEvent, TurnResult } from '../agent/agent.ts';
import { commandFailure, runCommand } from './commandRun.ts';
import { childEnvironment } from './environment.ts';
import { personsEnvironment } from './loginEnvironment.ts';
import type { ProcessTree } from './processTree.ts';
import type { Valve } from './valve.ts';

/** A shell command that runs as a turn of a session (C1). */
export interface SessionCommand {
  readonly spec: {
    readonly command: string;
    readonly cwd?: string | undefined;
    readonly timeoutMs?: number | undefined;
  };
  readonly commandRunId: CommandRunId;
  /** Where a relative or absent `cwd` is meant from. */
  readonly sessionCwd: string;
  /** Over the environment of the person's login shell. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether its failure is told where nothing else tells which command it was. */
  readonly isNamed: boolean;
  readonly signal: AbortSignal;
  emit(event: AgentEvent): void;
  /** The command has a process. */
  onStarted?(pid: number): void;
  /** Takes over what the command left in the background: it ends with the session. */
  onLeftBehind(tree: ProcessTree): void;
  /** While it is shut, what the command prints is not read. */
  readonly valve?: Valve | undefined;
}

/**
 * Runs the command and tells of it in events. Never rejects: a command that cannot be run, or does not exit with 0, is a
 * failed turn that keeps its output.
 */
export async function runSessionCommand({
  spec,
  commandRunId,
  sessionCwd,
  env,
  isNamed,
  signal,
  emit,
  onStarted,
  onLeftBehind,
  valve,
}: SessionCommand): Promise<TurnResult> {
  const cwd = path.resolve(sessionCwd, spec.cwd ?? '.');
  emit({ type: 'commandRun.started', commandRunId, command: spec.command, cwd });
  const result = await runCommand({
    command: spec.command,
    cwd,
    createCwd: true,
    env: childEnvironment(await personsEnvironment(), env),
    signal,
    timeoutMs: spec.timeoutMs,
    onStarted: (pid) => onStarted?.(pid),
    onOutput: (stream, text) => emit({ type: 'commandRun.output', commandRunId, stream, text }),
    onLeftBehind,
    valve,
  });
  emit({ type: 'commandRun.ended', commandRunId, ...result });
  const failure = commandFailure(result, isNamed ? spec.command : undefined);
  const { exitCode } = result;
  return failure === undefined
    ? { outcome: 'completed', exitCode }
    : { outcome: 'failed', exitCode, failure };
}
