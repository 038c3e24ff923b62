import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What a process must be, as far as given, to be meant. */
export interface ProcessMatch {
  /** Its parent's id. */
  readonly parent?: number;
  /** A part of its command line. */
  readonly command?: string;
  /** A whole `NAME=value` of its environment. */
  readonly environment?: string;
}

/** How long a process may take to end when asked, and how often to look whether it has. */
const stopMs = 30_000;
const lookMs = 20;

/** The processes of this machine that match, oldest first. Reads `/proc`, so on Linux only. */
export function processesOf({ parent, command, environment }: ProcessMatch): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      if (pid === process.pid || !isRunning(pid)) return false;
      if (parent !== undefined && parentOf(pid) !== parent) return false;
      if (command !== undefined && !readProc(pid, 'cmdline').split('\0').join(' ').includes(command))
        return false;
      return environment === undefined || readProc(pid, 'environ').split('\0').includes(environment);
    })
    .sort((a, b) => a - b);
}

/** Whether a process exists and has not ended (one that only waits to be reaped has). */
export function isRunning(pid: number): boolean {
  const state = statOf(pid)[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Ends processes, by force those that do not listen; resolves when they are gone. */
export async function endProcesses(
  pids: readonly number[],
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  for (const pid of pids) send(pid, signal);
  if (await areGone(pids)) return;
  for (const pid of pids) send(pid, 'SIGKILL');
  if (!(await areGone(pids))) throw new Error(`still running: ${pids.filter(isRunning).join(', ')}`);
}

/** Waits for the end of processes that are not our children: nothing announces it, so it looks. */
async function areGone(pids: readonly number[]): Promise<boolean> {
  for (const deadline = Date.now() + stopMs; pids.some(isRunning); await delay(lookMs)) {
    if (Date.now() > deadline) return false;
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** The fields of `/proc/PID/stat` after the program's name, which may itself hold spaces and brackets. */
function statOf(pid: number): string[] {
  const stat = readProc(pid, 'stat');
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
