import path from 'node:path';
import type { ResolvedAgent } from '../../src/runtime/agent/agent.ts';
import { realAgent } from '../agents/realAgent.ts';
import { startFakeModel } from '../support/fakeModel.mjs';
import { CASES, ROLES, workload, type Cost } from './agents.ts';
import { temporaryFolder, type Cleanup, type Figure } from './bench.ts';

/** So many cases are really run: with a process each, that is three times half a gigabyte and more. */
const MEASURED = 2;

/**
 * The workload of issue 4 with a real agent, opencode, offline. Run for as many sessions as memory allows; the rest is
 * extrapolated in a straight line: from one case to two with the pool, by session without it.
 */
export async function agentsReal(cleanup: Cleanup): Promise<Figure[]> {
  const model = await startFakeModel();
  cleanup.after(() => model.close());
  const home = path.join(temporaryFolder(cleanup), 'home');
  const { command, args, env } = await realAgent('opencode', { home, model: model.url });
  const make =
    (isolate: boolean) =>
    (role: string): ResolvedAgent => ({
      record: { id: role, name: role, kind: 'acp', command, args, isolate },
      env: { ...env, ROLE: role },
    });
  const one = await workload(cleanup, { cases: 1, make: make(false) });
  const some = await workload(cleanup, { cases: MEASURED, make: make(false) });
  const alone = await workload(cleanup, { cases: MEASURED, make: make(true) });
  const figure = (name: string, unit: string, of: (cost: Cost) => number): Figure => {
    const ours = of(one) + Math.max(0, of(some) - of(one)) * ((CASES - 1) / (MEASURED - 1));
    const baseline = (of(alone) / MEASURED) * CASES;
    const measured = `measured ${of(some).toFixed(1)} and ${of(alone).toFixed(1)} ${unit} for ${MEASURED * ROLES.length} sessions`;
    return {
      name: `${CASES * ROLES.length} sessions of opencode, extrapolated: ${name} (${measured})`,
      ...{ unit, ours, against: 'one process per session', baseline, ratio: baseline / ours },
      ...{ aim: 'less than the baseline', met: ours < baseline },
    };
  };
  return [
    figure('CPU of the agents', 's', ({ cpuSeconds }) => cpuSeconds),
    figure('wall time', 's', ({ wallSeconds }) => wallSeconds),
    figure('memory of the agents (PSS)', 'MB', ({ megabytes }) => megabytes),
  ];
}
