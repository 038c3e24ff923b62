import type { Result } from '../protocol/methods.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { residentBytes } from './memory.ts';
import type { RuntimeOptions } from './runtimeOptions.ts';
import type { Sessions } from './sessions.ts';

/** The answer to `runtime/status`: the process itself, the agent processes it owns, and its sessions in numbers. */
export async function runtimeStatus(
  { pool, clock, home, buildId, journal, socket }: RuntimeOptions,
  live: Sessions,
  own: Pick<Result<'runtime/status'>, 'runtimeId' | 'uptimeMs' | 'clients'>,
): Promise<Result<'runtime/status'>> {
  const phases = [...live.live].map((session) => session.head.phase);
  const processes = await Promise.all(
    pool.processes.map(async ({ processId, pid, agentId, sessions, startedAt }) => ({
      processId,
      pid: pid ?? null,
      agent: agentId,
      sessions: [...sessions],
      rssBytes: pid === undefined ? null : await residentBytes(pid),
      ageMs: Math.max(0, clock.now() - startedAt),
    })),
  );
  return {
    ...own,
    pid: process.pid,
    buildId,
    protocol: PROTOCOL,
    socket: socket(),
    home,
    node: process.version,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    rssBytes: process.memoryUsage.rss(),
    processes,
    sessions: {
      total: journal.count(),
      running: phases.filter((phase) => phase === 'running').length,
      waiting: phases.filter((phase) => phase === 'waiting').length,
    },
  };
}
