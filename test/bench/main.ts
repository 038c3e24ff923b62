/**
 * The figures of ARCHITECTURE.md (`npm run bench`): each against a baseline measured in the same run, on whatever else
 * the machine is doing. A table on stdout, JSON in `dist/bench.json`. Reports; never fails over a number.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { activation, hostBlock } from './activation.ts';
import { Cleanup, type Figure } from './bench.ts';
import { agents } from './agents.ts';
import { agentsLatency } from './agentsLatency.ts';
import { agentsReal } from './agentsReal.ts';
import { list } from './list.ts';
import { quiet } from './quiet.ts';
import { redaction } from './redaction.ts';
import { replay } from './replay.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';
import { turns } from './turns.ts';

/** The page's figures speak of the DOM: their project is the page tests'. */
const page = async (cleanup: Cleanup): Promise<Figure[]> => {
  const address = new URL('../page/bench.ts', import.meta.url).href;
  const loaded = (await import(address)) as { page(cleanup: Cleanup): Promise<Figure[]> };
  return loaded.page(cleanup);
};

const benchmarks: Record<string, (cleanup: Cleanup) => Promise<Figure | Figure[]>> = {
  ...{ throughput, replay, list, page, quiet, redaction, start, turns, agents, agentsLatency },
};
/** Those that install agents or open editors and take minutes: only when they are asked for by name. */
const onRequest: typeof benchmarks = { activation, hostBlock, agentsReal };
const asked = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, run] of Object.entries({ ...benchmarks, ...onRequest })) {
  if (asked.length > 0 ? !asked.includes(name) : name in onRequest) continue;
  const cleanup = new Cleanup();
  try {
    for (const figure of [await run(cleanup)].flat()) {
      figures.push(figure);
      print(figure);
    }
  } finally {
    await cleanup.run();
  }
}
const about = { node: process.version, cpus: cpus().length, at: new Date().toISOString() };
writeFileSync(
  new URL('../../dist/bench.json', import.meta.url),
  `${JSON.stringify({ ...about, figures }, undefined, 2)}\n`,
);

function print({ name, unit, ours, baseline, against, ratio, aim, met }: Figure): void {
  const number = (value: number): string =>
    value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
  const compared = baseline === undefined ? '' : `; ${against}: ${number(baseline)}`;
  const by = ratio === undefined ? '' : `; ratio ${ratio.toFixed(2)}`;
  console.log(`${met ? '✔' : '✘'} ${name}: ${number(ours)} ${unit}${compared}${by} (aim: ${aim})`);
}
