import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { endProcess, runtimeBundle } from '../support/testHome.ts';
import { sideBySide, temporaryFolder, timed, type Cleanup, type Figure } from './bench.ts';

/** From the start of the process to its report that it listens. Baseline: `node -e 0`, start to end. */
export async function start(cleanup: Cleanup): Promise<Figure> {
  const folder = temporaryFolder(cleanup);
  let count = 0;
  const ours = async (): Promise<number> => {
    const home = path.join(folder, `${++count}`);
    mkdirSync(home);
    const child = spawn(process.execPath, [runtimeBundle, '--home', home], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const time = await timed(() => once(child.stdout, 'data'));
    await endProcess(child.pid ?? 0, 'SIGTERM');
    return time;
  };
  const baseline = (): Promise<number> =>
    timed(() => once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'close'));
  const found = await sideBySide(9, ours, baseline);
  const ratio = found.ours / found.baseline;
  return {
    name: 'runtime start to listening',
    ...{ unit: 'ms', ...found, against: 'node -e 0', ratio, aim: 'told (< 5×)', met: ratio < 5 },
  };
}
