import { spawn } from 'node:child_process';
import type { Envelope } from '../../src/protocol/events.ts';
import { sideBySide, timed, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';

const TURNS = 40;
/** Starts a process and prints one line, as short a command as there is with a process of its own. */
const COMMAND = '/bin/echo over';

/**
 * Turns of one session one after the other (T1), each a command of the Shell agent: sent when the one before it has ended, against the
 * same command lines given to the same shell directly; and queued all at once, how long the session stands still between them.
 */
export async function turns(cleanup: Cleanup): Promise<Figure[]> {
  const home = benchHome(cleanup);
  const connection = await home.connect();
  let seen: Envelope[] = [];
  const onEvent = (envelope: Envelope): void => void seen.push(envelope);
  const session = await connection.openSession({ cwd: home.work, agent: 'shell', onEvent });
  const one = async (): Promise<void> => void (await (await session.prompt(COMMAND)).ended);
  for (let warm = 0; warm < 5; warm++) await one();
  const perSecond = (ms: number): number => (TURNS / ms) * 1000;
  const inTurn = async (action: () => Promise<void>): Promise<number> =>
    perSecond(
      await timed(async () => {
        for (let n = 0; n < TURNS; n++) await action();
      }),
    );
  const rate = await sideBySide(
    7,
    () => inTurn(one),
    () => inTurn(() => spawned(home.work)),
  );
  const gaps: number[] = [];
  const queued = async (): Promise<number> => {
    seen = [];
    const ms = await timed(async () => {
      const sent = await Promise.all(Array.from({ length: TURNS }, () => session.prompt(COMMAND)));
      await Promise.all(sent.map(({ ended }) => ended));
    });
    gaps.push(...gapsOf(seen));
    return perSecond(ms);
  };
  const waiting = await sideBySide(7, queued, () => inTurn(() => spawned(home.work)));
  // The journal's times are whole milliseconds: only their mean says more.
  const gap = gaps.reduce((sum, each) => sum + each, 0) / gaps.length;
  const figure = (name: string, { ours, baseline }: typeof rate): Figure => ({
    ...{ name, unit: '1/s', ours, against: 'the same commands spawned directly', baseline },
    ...{ ratio: ours / baseline, aim: 'as it is', met: true },
  });
  return [
    figure('back-to-back turns a second on one session, each a command, sent one by one', rate),
    figure('the same, queued all at once', waiting),
    {
      name: 'from the end of a turn to the acceptance of the next that waits, mean',
      ...{ unit: 'ms', ours: gap, aim: 'under 1 ms', met: gap < 1 },
    },
  ];
}

/** Milliseconds between the end of each turn and the start of the one after it, as the journal has them. */
function gapsOf(envelopes: readonly Envelope[]): number[] {
  return envelopes.flatMap(({ event, at }, index) => {
    if (event.type !== 'turn.ended') return [];
    const next = envelopes.slice(index + 1).find((later) => later.event.type === 'turn.started');
    return next === undefined ? [] : [next.at - at];
  });
}

/** One command line in the shell that the agent would use, read to its end. */
function spawned(cwd: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(COMMAND, {
      cwd,
      shell: process.env['SHELL'] ?? true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.resume();
    child.stderr.resume();
    child.once('close', () => resolve());
  });
}
