import type { CallParams } from '../../src/client/index.ts';
import { median, timed, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';
import { fill, listed } from './journal.ts';

const SESSIONS = 10_000;

/** What a list is narrowed to; none fits, so that all are looked at. */
const NARROWED = [
  ['that need a person or failed', { attention: ['needsYou', 'failed'] }],
  ['in a folder', { within: ['/elsewhere'] }],
  ['with a text', { text: 'nowhere' }],
  ['at work', { phase: ['opening', 'running', 'waiting'] }],
] satisfies [string, CallParams<'session/list'>][];

/** A page of 200 sessions of 10,000; and what each idle session costs a runtime that has them all. */
export async function list(cleanup: Cleanup): Promise<Figure[]> {
  const empty = await (await benchHome(cleanup).connect()).request('runtime/status', {});
  const home = benchHome(cleanup);
  await fill(home.home, SESSIONS, listed);
  const connection = await home.connect();
  const times: number[] = [];
  for (let round = 0; round < 30; round++) times.push(await timed(() => connection.list({})));
  const deep: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < 30; page++) {
    deep.push(
      await timed(
        async () => ({ next: after } = await connection.list({ ...(after === undefined ? {} : { after }) })),
      ),
    );
  }
  const narrowed: Figure[] = [];
  for (const [name, filter] of NARROWED) {
    const taken: number[] = [];
    for (let round = 0; round < 30; round++) taken.push(await timed(() => connection.list(filter)));
    const took = median(taken);
    narrowed.push({
      name: `the sessions ${name} among 10,000`,
      ...{ unit: 'ms', ours: took, aim: '< 20 ms', met: took < 20 },
    });
  }
  const full = await connection.request('runtime/status', {});
  const each = Math.max(0, full.rssBytes - empty.rssBytes) / SESSIONS;
  const ours = median(times);
  const later = median(deep);
  return [
    {
      name: 'a session/list page (200) with 10,000 sessions',
      unit: 'ms',
      ours,
      aim: '< 20 ms',
      met: ours < 20,
    },
    { name: 'a later page of the same list', unit: 'ms', ours: later, aim: '< 20 ms', met: later < 20 },
    ...narrowed,
    {
      name: 'memory per idle session at 10,000',
      ...{
        unit: 'bytes',
        ours: each,
        against: 'an empty runtime (its whole memory, in bytes)',
        baseline: empty.rssBytes,
      },
      ...{ aim: 'as little as can be (< 4 KiB)', met: each < 4096 },
    },
  ];
}
