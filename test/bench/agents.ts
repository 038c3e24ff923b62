import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { systemClock } from '../../src/base/clock.ts';
import { newSessionId } from '../../src/protocol/ids.ts';
import type { AgentPool, ResolvedAgent } from '../../src/runtime/agent/agent.ts';
import { createAgentPool } from '../../src/runtime/agent/pool.ts';
import { readProcesses } from '../../src/runtime/work/processTable.ts';
import { RecordingHost } from '../support/fakeAgents/recordingHost.ts';
import { fakeAgentFile } from '../support/fakeAgents/agents.ts';
import { median, timed, type Cleanup, type Figure } from './bench.ts';

/** The workload of issue 4: so many cases, each seen by three roles, each role an agent of its own. */
export const CASES = 41;
export const ROLES = ['executor', 'responder', 'reviewer'];
/** So many sessions are opened at a time: the cost is the same, and the machine stays usable. */
const AT_ONCE = 8;

/** What some sessions cost. */
export interface Cost {
  readonly processes: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly megabytes: number;
}

/**
 * What 123 sessions cost with the pool (three processes) and with a process each, by a Node process that loads its SDK; and
 * how long a new session takes on a process that runs, against one that has to be started.
 */
export async function agents(cleanup: Cleanup): Promise<Figure[]> {
  const make = (isolate: boolean) => (role: string) => heavy(role, isolate);
  const pooled = await workload(cleanup, { cases: CASES, make: make(false) });
  const alone = await workload(cleanup, { cases: CASES, make: make(true) });
  const named = `${CASES * ROLES.length} sessions, ${ROLES.length} roles`;
  const against = `one process per session (${alone.processes})`;
  const figure = (name: string, unit: string, ours: number, baseline: number): Figure => {
    const ratio = baseline / ours;
    return {
      name: `${named}: ${name}`,
      unit,
      ours,
      against,
      baseline,
      ratio,
      aim: 'less than the baseline',
      met: ratio > 1,
    };
  };
  return [
    figure('agent processes', 'processes', pooled.processes, alone.processes),
    figure('CPU of the agents', 's', pooled.cpuSeconds, alone.cpuSeconds),
    figure('wall time', 's', pooled.wallSeconds, alone.wallSeconds),
    figure('memory of the agents (PSS)', 'MB', pooled.megabytes, alone.megabytes),
    await warmAndCold(cleanup),
  ];
}

/** Opens a session for each case and role, prompts it once, and looks at what that cost while all are open. */
export async function workload(
  cleanup: Cleanup,
  { cases, make }: { readonly cases: number; make(role: string): ResolvedAgent },
): Promise<Cost> {
  const pool = createAgentPool({ maxProcesses: 1000 });
  cleanup.after(() => pool.dispose());
  const before = performance.now();
  const waiting = ROLES.flatMap((role) => Array.from({ length: cases }, () => make(role)));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await oneSession(pool, next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const wallSeconds = (performance.now() - before) / 1000;
  const pids = pool.processes.flatMap(({ pid }) => pid ?? []);
  const cost = { processes: pids.length, wallSeconds, ...(await costOf(pids)) };
  await pool.dispose();
  return cost;
}

function heavy(role: string, isolate: boolean): ResolvedAgent {
  const args = [fakeAgentFile('heavy')];
  return {
    record: { id: role, name: role, kind: 'acp', command: process.execPath, args, isolate },
    env: { ROLE: role },
  };
}

/** Opens a session and prompts it once; it stays open. */
async function oneSession(pool: AgentPool, agent: ResolvedAgent): Promise<void> {
  const agentProcess = await pool.acquire(agent);
  const session = await agentProcess.open({
    sessionId: newSessionId(),
    cwd: tmpdir(),
    additionalDirectories: [],
    env: {},
    previous: undefined,
    host: new RecordingHost(),
    signal: new AbortController().signal,
  });
  await session.prompt([{ type: 'text', text: 'say hello' }]);
}

/** CPU and memory of processes with all their descendants; memory that is shared is counted once. Linux. */
async function costOf(
  pids: readonly number[],
): Promise<{ readonly cpuSeconds: number; readonly megabytes: number }> {
  const rows = [...(await readProcesses()).values()];
  const all = new Set(pids);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { pid, parent } of rows) if (all.has(parent)) all.add(pid);
  }
  let [ticks, kilobytes] = [0, 0];
  for (const pid of all) {
    const folder = `/proc/${pid}`;
    if (!existsSync(folder)) continue;
    const [, , , , , , , , , , , user, system] = readFileSync(`${folder}/stat`, 'utf8')
      .replace(/^.*\) /su, '')
      .split(' ');
    ticks += Number(user) + Number(system);
    kilobytes += Number(/^Pss:\s+(\d+)/mu.exec(readFileSync(`${folder}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  }
  return { cpuSeconds: ticks / 100, megabytes: kilobytes / 1024 };
}

async function warmAndCold(cleanup: Cleanup): Promise<Figure> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < 7; round++) {
    const pool = createAgentPool({ clock: systemClock });
    cleanup.after(() => pool.dispose());
    cold.push(await timed(() => oneSession(pool, heavy('executor', false))));
    warm.push(await timed(() => oneSession(pool, heavy('executor', false))));
    await pool.dispose();
  }
  const [ours, baseline] = [median(warm), median(cold)];
  return {
    name: 'a new session and its first answer on a running process',
    ...{ unit: 'ms', ours, against: 'on one that has to be started', baseline, ratio: baseline / ours },
    ...{ aim: 'less than the baseline', met: ours < baseline },
  };
}
