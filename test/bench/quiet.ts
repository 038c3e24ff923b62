import { fakeAgent } from '../support/testHome.ts';
import { Wire, wiredClient } from '../support/wire.ts';
import { percentile, timed, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';

const TURNS = 200;

/** The p99 of a quiet session's turns while another session floods a client that reads slowly. Baseline: without the flood. */
export async function quiet(cleanup: Cleanup): Promise<Figure> {
  const home = benchHome(cleanup);
  const agents = { counting: fakeAgent('counting') };
  const connection = await home.connect({ agents });
  const session = await connection.openSession({ cwd: home.work, agent: 'counting' });
  const turns = async (): Promise<number> => {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn++)
      times.push(await timed(async () => (await session.prompt('1')).ended));
    return percentile(times, 0.99);
  };
  await turns();
  const baseline = await turns();
  // An agent process of its own: what is measured is the runtime, not the agent's one thread.
  const slow = wiredClient(home, await Wire.open(home), {
    ...{ creditBytes: 4096, agents: { flooding: { ...fakeAgent('counting'), name: 'flooding' } } },
  });
  const flood = await slow.registry.open({ cwd: home.work, agent: 'flooding' });
  let flooding = true;
  const running = (async () => {
    while (flooding) await (await flood.prompt('20000')).ended;
  })();
  const ours = await turns();
  flooding = false;
  await flood.cancel();
  await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 5000))]);
  const ratio = ours / baseline;
  return {
    name: 'p99 of a quiet session’s turns while another floods a slow client',
    ...{ unit: 'ms', ours, against: 'without the flood', baseline, ratio, aim: 'ratio < 3', met: ratio < 3 },
  };
}
