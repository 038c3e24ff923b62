import { execFile } from 'node:child_process';
import { systemClock, type Clock } from '../../base/clock.ts';
import { isOfThisBoot, readProcess, readProcesses, type ProcessRow } from './processTable.ts';
import { treeEnded, treeStarted } from './startedTrees.ts';

/** What names one process for ever: its pid and when it started (see `ProcessRow.startedAt`). */
export interface ProcessMark {
  readonly pid: number;
  readonly startedAt: string;
}

/** How long SIGKILL is repeated for what keeps appearing, before giving up on it. */
const KILL_MS = 3000;

/**
 * A process that we started as the leader of a group of its own, with all that came from it: the group, descendants that
 * left the group (setsid), and what was seen to be a descendant before its parent ended. Law 11: everything here can be
 * ended, and nothing else is ever signalled; a number that has come to mean another process is recognised by its start time.
 *
 * What became a daemon properly (its parent ended before we ever looked) is no longer known to be ours and is left alone.
 * On Windows there are no groups: `taskkill /T` follows the parents. Owned by whoever started the process.
 */
export class ProcessTree {
  readonly root: number;
  readonly #clock: Clock;
  /** When the root started; learned at the first look where it cannot be read at once. */
  #rootStart: string | undefined;
  /** Whether a group with the root's number is ours though the root has ended: not after a reboot. */
  readonly #groupOutlivesRoot: boolean;
  readonly #known = new Map<number, string>();

  /** With `startedAt`, the tree is one that an earlier runtime started. */
  constructor(root: number, clock: Clock = systemClock, startedAt?: string) {
    this.root = root;
    this.#clock = clock;
    this.#rootStart = startedAt ?? readProcess(root)?.startedAt;
    this.#groupOutlivesRoot = startedAt === undefined || isOfThisBoot(startedAt);
    if (this.mark !== undefined) treeStarted(this.mark);
  }

  /** Nothing of it is left, as was seen otherwise than by `end`. */
  forget(): void {
    treeEnded(this.root);
  }

  /** The root, for a record from which a later runtime can end what is left (see `endMarked`). */
  get mark(): ProcessMark | undefined {
    return this.#rootStart === undefined ? undefined : { pid: this.root, startedAt: this.#rootStart };
  }

  /** Which processes belong to the tree and live. They are remembered: they stay ours when their parents end. */
  async look(): Promise<readonly ProcessRow[]> {
    const rows = await readProcesses();
    const members = new Map<number, ProcessRow>();
    const add = (row: ProcessRow): unknown => row.pid !== process.pid && members.set(row.pid, row);
    const rootRow = rows.get(this.root);
    if (this.#rootStart === undefined && rootRow !== undefined) {
      this.#rootStart = rootRow.startedAt;
      treeStarted({ pid: this.root, startedAt: rootRow.startedAt });
    }
    // A number stays taken while its group has members: another process under it means that our group is gone.
    const groupIsOurs =
      rootRow === undefined ? this.#groupOutlivesRoot : rootRow.startedAt === this.#rootStart;
    // One that was found by its environment need not lead a group.
    if (rootRow !== undefined && rootRow.startedAt === this.#rootStart) add(rootRow);
    for (const row of rows.values()) {
      if ((groupIsOurs && row.group === this.root) || this.#known.get(row.pid) === row.startedAt) add(row);
    }
    for (let before = -1; before !== members.size;) {
      before = members.size;
      for (const row of rows.values()) if (members.has(row.parent) && !members.has(row.pid)) add(row);
    }
    const living = [...members.values()].filter((row) => !row.zombie);
    this.#known.clear();
    for (const row of living) this.#known.set(row.pid, row.startedAt);
    return living;
  }

  /**
   * Whether the group still has a member, at the cost of one system call; zombies count. Only a hint: right after the
   * root's end the number cannot have come to mean another group yet.
   */
  get mayLive(): boolean {
    return process.platform !== 'win32' && lives(-this.root);
  }

  /** Signals the whole tree. Gives how many processes that were. Not for Windows. */
  async signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
    const living = await this.look();
    if (living.some((row) => row.group === this.root)) send(-this.root, signal);
    for (const row of living) if (row.group !== this.root) send(row.pid, signal);
    return living.length;
  }

  /**
   * SIGTERM, and after `graceMs` SIGKILL until nothing is left; on Windows, where a console program cannot be asked,
   * `taskkill /F` at once. Resolves when everything is gone, with `false` when something could not be killed within three
   * seconds more. Never rejects.
   */
  async end(options: { readonly graceMs: number }): Promise<boolean> {
    const gone = await this.#end(options);
    if (gone) this.forget();
    return gone;
  }

  async #end({ graceMs }: { readonly graceMs: number }): Promise<boolean> {
    if (process.platform === 'win32') return taskkill(this.root);
    // Timers of the clock let the process go; what has to be killed must be killed first.
    const hold = setInterval(() => undefined, 1000);
    try {
      if ((await this.signal('SIGTERM')) === 0) return true;
      await this.#wait(graceMs);
      const deadline = this.#clock.monotonic() + KILL_MS;
      while ((await this.signal('SIGKILL')) > 0) {
        if (this.#clock.monotonic() > deadline) return false;
        await this.#wait(50);
      }
      return true;
    } catch {
      return false;
    } finally {
      clearInterval(hold);
    }
  }

  /** Waits until what is known has ended, at most `ms`. */
  async #wait(ms: number): Promise<void> {
    const deadline = this.#clock.monotonic() + ms;
    for (let pause = 2; this.#someKnownLives(); pause = Math.min(pause * 2, 50)) {
      const left = deadline - this.#clock.monotonic();
      if (left <= 0) return;
      await new Promise<void>((resolve) => this.#clock.after(Math.min(pause, left), resolve));
    }
  }

  #someKnownLives(): boolean {
    return [...this.#known].some(([pid, startedAt]) => {
      if (process.platform !== 'linux') return lives(pid);
      const row = readProcess(pid);
      return row !== undefined && row.startedAt === startedAt && !row.zombie;
    });
  }
}

/**
 * Ends what an earlier runtime started and left behind (recovery, law 11). A mark whose pid now belongs to another
 * process is skipped, with its whole group.
 */
export async function endMarked(marks: readonly ProcessMark[], clock: Clock = systemClock): Promise<void> {
  await Promise.all(
    marks.map((mark) => new ProcessTree(mark.pid, clock, mark.startedAt).end({ graceMs: 1000 })),
  );
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or became another user's: either way there is nothing for us to do.
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Windows: `/T` follows the parents, `/F` does not ask. */
function taskkill(pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () =>
      resolve(!lives(pid)),
    );
  });
}
