import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { ProcessId, SessionId } from '../protocol/ids.ts';
import type { AgentPool } from './agent/agent.ts';
import type { Sessions } from './sessions.ts';

/**
 * Stops an agent process that a person names, and says which sessions it hosted (P8: each of them has it in its journal).
 * Rejects with `processNotFound`, or with `sessionBusy` while a turn runs on it, unless forced.
 */
export async function stopProcess(
  pool: AgentPool,
  sessions: Sessions,
  processId: ProcessId,
  { force, by }: { readonly force: boolean; readonly by: By },
): Promise<SessionId[]> {
  const agentProcess = pool.processes.find((candidate) => candidate.processId === processId);
  if (agentProcess === undefined)
    throw new HoldfastError('processNotFound', `no agent process ${processId} runs`, { processId });
  const hosted = [...agentProcess.sessions].map((sessionId) => sessions.get(sessionId));
  const busy = hosted.find((session) => session.isBusy);
  if (busy !== undefined && !force) {
    const text = `a turn is running in “${busy.head.title}”; cancel it first, or stop the process with force`;
    const error = new HoldfastError('sessionBusy', text, { processId });
    for (const session of hosted) session.audit.refused('runtime/stopProcess', by, error);
    throw error;
  }
  for (const session of hosted) session.audit.taken('runtime/stopProcess', by, 'done', agentProcess.agentId);
  await agentProcess.stop(`The agent process was stopped by ${by.name}.`);
  return hosted.map(({ sessionId }) => sessionId);
}

/** Stops processes of an agent that host no session. Rejects with `sessionBusy` where one does. */
export async function stopUnused({ processes }: AgentPool, agent: string): Promise<void> {
  const running = processes.filter(({ agentId }) => agentId === agent);
  const sessions = running.reduce((sum, process) => sum + process.sessions.size, 0);
  if (sessions > 0) {
    const text = `${sessions} ${sessions === 1 ? 'session uses' : 'sessions use'} this agent; end ${sessions === 1 ? 'it' : 'them'} first`;
    throw new HoldfastError('sessionBusy', text, { agent });
  }
  await Promise.all(running.map((process) => process.stop('Its agent is being removed.')));
}
