import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { readProcesses } from './processTable.ts';

/** Linux counts processor time in hundredths of a second, whatever the machine (proc(5), `USER_HZ`). */
const TICK_MS = 10;

/**
 * Processor time, in milliseconds, that processes and all that came from them have used so far; `undefined` on Windows and
 * where the system does not tell.
 */
export async function processorMs(roots: readonly number[]): Promise<number | undefined> {
  if (roots.length === 0 || process.platform === 'win32') return undefined;
  const rows = await readProcesses();
  const members = new Set(roots);
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const { pid, parent } of rows.values()) if (members.has(parent)) members.add(pid);
  }
  return process.platform === 'linux' ? linuxMs(members) : psMs(members);
}

function linuxMs(pids: Iterable<number>): number {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // utime, stime, and of children that were waited for; the name before them may hold any character.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      // It ended.
    }
  }
  return ticks * TICK_MS;
}

async function psMs(pids: ReadonlySet<number>): Promise<number> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,time='], { env: { LC_ALL: 'C' } });
  let sum = 0;
  for (const line of stdout.split('\n')) {
    const [, pid, time = ''] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? [];
    if (pids.has(Number(pid))) sum += clockMs(time);
  }
  return sum;
}

/** `[[dd-]hh:]mm:ss[.cc]` in milliseconds. */
function clockMs(time: string): number {
  return (
    time.split(/[-:]/).reduce((sum, part, index, all) => {
      const daysFirst = time.includes('-') && index === 1 && all.length > 1;
      return sum * (daysFirst ? 24 : 60) + Number(part);
    }, 0) * 1000
  );
}
