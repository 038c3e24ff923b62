import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readProcess } from './processTable.ts';
import { endMarked, type ProcessMark } from './processTree.ts';
import { followTrees, START_VARIABLE } from './startedTrees.ts';

/**
 * What this process has started and not yet ended, written down in a folder, one file a process, so that the next runtime
 * can end what a killed one left (law 11). The folder is private to the runtime that holds the data directory's lock.
 */
export interface ProcessLedger {
  /** Ends what an earlier runtime wrote down and did not end. What has come to mean another process is left alone. */
  sweep(): Promise<number>;
}

/** What a file is called that says that a process is about to be started. */
const START_PREFIX = 'start-';

/** Opens the ledger of a data directory, and from now on writes down every process tree of this process. */
export function openLedger(folder: string, onError: (error: unknown) => void): ProcessLedger {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const earlier = readMarks(folder);
  const unsettled = readdirSync(folder).filter((name) => name.startsWith(START_PREFIX));
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      // A full disk costs the record, not the process.
      onError(error);
    }
  };
  followTrees({
    starting: (name) =>
      guarded(() => writeFileSync(path.join(folder, START_PREFIX + name), '', { mode: 0o600 })),
    settled: (name) => guarded(() => rmSync(path.join(folder, START_PREFIX + name), { force: true })),
    started: ({ pid, startedAt }) =>
      guarded(() => writeFileSync(path.join(folder, String(pid)), startedAt, { mode: 0o600 })),
    ended: (pid) => guarded(() => rmSync(path.join(folder, String(pid)), { force: true })),
  });
  return {
    async sweep() {
      await endMarked([...earlier, ...started(unsettled)]);
      for (const name of unsettled) guarded(() => rmSync(path.join(folder, name), { force: true }));
      for (const { pid, startedAt } of earlier) {
        const file = path.join(folder, String(pid));
        // By now the number may stand for a process of ours.
        guarded(() => readMark(file) === startedAt && rmSync(file, { force: true }));
      }
      return earlier.length;
    },
  };
}

/**
 * The processes whose start was not yet written down when their runtime was killed, found by the name in their
 * environment. Only Linux lets it be read; elsewhere such a process is found by nobody.
 */
function started(unsettled: readonly string[]): readonly ProcessMark[] {
  if (unsettled.length === 0 || process.platform !== 'linux') return [];
  const wanted = unsettled.map((name) => `${START_VARIABLE}=${name.slice(START_PREFIX.length)}\0`);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name) || Number(name) === process.pid) return [];
    const environment = readMark(`/proc/${name}/environ`) ?? '';
    const startedAt = readProcess(Number(name))?.startedAt;
    if (startedAt === undefined || !wanted.some((each) => environment.includes(each))) return [];
    return [{ pid: Number(name), startedAt }];
  });
}

function readMarks(folder: string): readonly ProcessMark[] {
  return readdirSync(folder).flatMap((name) => {
    const startedAt = /^\d+$/u.test(name) ? readMark(path.join(folder, name)) : undefined;
    return startedAt === undefined ? [] : [{ pid: Number(name), startedAt }];
  });
}

function readMark(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
