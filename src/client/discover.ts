import { readFileSync } from 'node:fs';
import os from 'node:os';
import { errorText } from '../base/errorText.ts';
import { discoverySchema, type Discovery } from '../protocol/discovery.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { issueText } from '../protocol/parseParams.ts';
import type { Log } from './log.ts';

/** What a discovery entry is held against. Handed in by tests. */
export interface Machine {
  readonly host: string;
  /** Changes when the machine starts anew; `null` where the platform does not tell. */
  readonly bootId: string | null;
  isAlive(pid: number): boolean;
}

/**
 * What the data directory says about its runtime. `stale`: the one that wrote the entry cannot be running any more.
 * `live`: it may be; only connecting tells.
 */
export type Discovered =
  | { readonly kind: 'absent' }
  | { readonly kind: 'stale'; readonly entry: Discovery; readonly reason: string }
  | { readonly kind: 'live'; readonly entry: Discovery };

/**
 * Reads the discovery entry (ARCHITECTURE.md). One that cannot be read counts as absent, and the log says why. Throws
 * `homeUnusable` for an entry of another host: the data directory is shared, and a runtime there cannot be reached.
 */
export function discover(file: string, log: Log, machine: Machine = thisMachine()): Discovered {
  const entry = readEntry(file, log);
  if (entry === undefined) return { kind: 'absent' };
  if (entry.host !== machine.host) {
    throw new HoldfastError(
      'homeUnusable',
      `${file} belongs to a runtime on the host ${entry.host}, and this is ${machine.host}: a data directory serves one ` +
        'host. Set HOLDFAST_HOME to a directory of this host, or remove the file if that runtime is gone.',
      { file, host: entry.host },
    );
  }
  if (entry.bootId !== null && machine.bootId !== null && entry.bootId !== machine.bootId) {
    return { kind: 'stale', entry, reason: 'the machine was started anew since' };
  }
  if (!machine.isAlive(entry.pid)) return { kind: 'stale', entry, reason: `process ${entry.pid} is gone` };
  return { kind: 'live', entry };
}

function readEntry(file: string, log: Log): Discovery | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!isMissing(error)) log(`${file} cannot be read: ${errorText(error)}`);
    return undefined;
  }
  try {
    const parsed = discoverySchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    log(`${file} is no discovery entry: ${issueText(parsed.error)}`);
  } catch (error) {
    log(`${file} is not JSON: ${errorText(error)}`);
  }
  return undefined;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return { host: os.hostname(), bootId: readBootId(), isAlive };
}

/** The same file that the runtime reads for its entry. */
function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
