import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

/** One process of this machine, as the system's table has it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** The number of its process group. */
  readonly group: number;
  /** When it started, in a form of the platform's own: only good for comparing. Together with the pid it names a process for ever. */
  readonly startedAt: string;
  /** Ended, but not yet collected by its parent. */
  readonly zombie: boolean;
}

/**
 * The processes of this machine by pid. On Linux from `/proc`, in one synchronous sweep, so that what is signalled next
 * is what was seen; on macOS from `ps`. Empty on Windows, where `taskkill` walks the tree. Throws when `ps` cannot run.
 */
export async function readProcesses(): Promise<ReadonlyMap<number, ProcessRow>> {
  const rows =
    process.platform === 'linux' ? linuxRows() : process.platform === 'win32' ? [] : await psRows();
  return new Map(rows.map((row) => [row.pid, row]));
}

/** One process, at once; `undefined` when there is none, and on platforms without `/proc`. */
export function readProcess(pid: number): ProcessRow | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'), numbering());
  } catch {
    return undefined;
  }
}

function linuxRows(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((row) => row !== undefined);
}

let ownNumbering: string | undefined;

/** Names the boot and the container in which pids and start times mean what they mean now. */
function numbering(): string {
  ownNumbering ??= [
    () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
    () => readlinkSync('/proc/self/ns/pid'),
  ]
    .map(orUnknown)
    .join(' ');
  return ownNumbering;
}

function orUnknown(read: () => string): string {
  try {
    return read();
  } catch {
    return 'unknown';
  }
}

/** Whether a start time was read in this boot and this container. Only Linux can tell. */
export function isOfThisBoot(startedAt: string): boolean {
  return process.platform === 'linux' && startedAt.endsWith(` ${numbering()}`);
}

/** See proc(5): the name stands in parentheses and may hold any character, also `)`. */
export function parseStat(stat: string, numberedBy: string): ProcessRow | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startedAt = fields[19];
  if (state === undefined || startedAt === undefined) return undefined;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    startedAt: `${startedAt} ${numberedBy}`,
    zombie: state === 'Z' || state === 'X',
  };
}

async function psRows(): Promise<ProcessRow[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
    env: { LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout
    .split('\n')
    .map(parsePs)
    .filter((row) => row !== undefined);
}

/** A line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`. */
export function parsePs(line: string): ProcessRow | undefined {
  const [, pid, parent, group, state, startedAt] =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)/.exec(line) ?? [];
  if (startedAt === undefined || state === undefined) return undefined;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    startedAt,
    zombie: state.startsWith('Z'),
  };
}
