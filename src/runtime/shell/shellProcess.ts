import { Deferred } from '../../base/deferred.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { newProcessId, SHELL_AGENT_ID, type SessionId } from '../../protocol/ids.ts';
import type { AgentExit, AgentProcess, AgentSession, OpenAgentSession } from '../agent/agent.ts';
import { COMMAND_GRACE_MS } from '../work/commandRun.ts';
import { Valve } from '../work/valve.ts';
import { ShellSession } from './shellSession.ts';

/** What the Shell agent may be given. */
export interface ShellProcessOptions {
  /** The environment commands start from; the runtime's own unless given. What belongs to the editor is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly clock?: Clock | undefined;
  /** For files of running commands; the system's folder unless given. */
  readonly temporary?: string | undefined;
  /** Between SIGTERM and SIGKILL, for cancelled commands and for what is left in the background. */
  readonly graceMs?: number | undefined;
}

/**
 * The built-in Shell agent (ARCHITECTURE.md): lives inside the runtime, so it has no pid, but is an agent process like
 * any other to all who use it. Owned by the pool.
 */
export function createShellProcess(options: ShellProcessOptions = {}): AgentProcess {
  const { environment = process.env, clock = systemClock, graceMs = COMMAND_GRACE_MS, temporary } = options;
  const open = new Map<SessionId, ShellSession>();
  const exited = new Deferred<AgentExit>();
  const valve = new Valve();
  let stopped = false;

  async function openSession(request: OpenAgentSession): Promise<AgentSession> {
    if (stopped) throw new HoldfastError('agentFailed', 'The Shell agent was stopped.');
    const session: ShellSession = new ShellSession(request, {
      environment,
      clock,
      graceMs,
      valve,
      temporary,
      onClosed: () => open.get(request.sessionId) === session && open.delete(request.sessionId),
    });
    open.set(request.sessionId, session);
    return session;
  }

  return {
    processId: newProcessId(),
    pid: undefined,
    agentId: SHELL_AGENT_ID,
    info: { name: 'Shell' },
    startedAt: clock.now(),
    get sessions() {
      return new Set(open.keys());
    },
    get isUsable() {
      return !stopped;
    },
    open: openSession,
    pause: () => valve.shut(),
    resume: () => valve.open(),
    exited: exited.promise,
    async stop(reason) {
      stopped = true;
      await Promise.all([...open.values()].map((session) => session.close()));
      exited.resolve({ exitCode: null, signal: null, stderrTail: '', expected: true, reason });
    },
  };
}
