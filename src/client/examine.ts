import { accessSync, constants, existsSync, lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import type { NotificationParams } from '../protocol/methods.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { discover } from './discover.ts';
import { finding, unlooked, type Finding } from './findings.ts';
import { homePaths } from './home.ts';
import { lockState } from './lockState.ts';
import { chooseNode } from './node.ts';
import type { Requester } from './outbox.ts';
import { besideThisProgram } from './reach.ts';
import { readRemotes, remotesFile } from './remote.ts';

/** What is looked at, and how the runtime is reached. */
export interface ExamineOptions {
  /** The data directory, absolute. */
  readonly home: string;
  /** The runtime's bundle; default: next to the running program. */
  readonly bundle?: string | undefined;
  /** Connects to the runtime of this machine; rejects with words for a person. */
  connect(): Promise<Examined>;
}

/** A connection to a runtime, as far as it is examined. */
export interface Examined extends Requester {
  readonly runtimeState: NotificationParams<'runtime/state'> | undefined;
}

/** Below this, in bytes, a disk is as good as full. */
const LITTLE_SPACE = 200 * 1024 * 1024;

/** SQLite before this may lose a database's last writes under rare circumstances. */
const GOOD_SQLITE = [3, 51, 3] as const;

/** Looks at everything that Holdfast needs, from the outside in. Never throws: what cannot be looked at is a finding. */
export async function* examine(options: ExamineOptions): AsyncIterable<Finding> {
  const { home, bundle = besideThisProgram() } = options;
  yield* await found('node', () => nodeFinding(bundle));
  yield* await found('home', () => homeFindings(home));
  yield* await found('disk', () => diskFinding(home));
  yield* await found('entry', () => entryFinding(home));
  const lock = await found('lock', () => lockFinding(home, bundle));
  yield* lock;
  const isTaken = lock.some(({ state }) => state === 'wrong');
  yield* await found('remotes', () => remoteFindings(home));
  // A runtime that holds the lock and says nothing cannot be reached, and none can begin beside it.
  if (isTaken) return;
  let connection: Examined;
  try {
    connection = await options.connect();
  } catch (error) {
    yield finding('runtimeUnreachable', errorText(error), homePaths(home).logs);
    return;
  }
  yield* await found('runtime', () => runtimeFindings(connection));
  yield* await found('agents', () => agentFindings(connection, home));
  yield* await found('journal', () => journalFindings(connection));
}

async function found(
  check: string,
  look: () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [unlooked(check, errorText(error))];
  }
}

async function nodeFinding(bundle: string): Promise<Finding> {
  const { execPath, source } = await chooseNode({ bundle });
  return finding('nodeFound', process.version, execPath, source);
}

function homeFindings(home: string): Finding[] {
  if (!existsSync(home)) return [finding('homeNotYet', home)];
  const { runtimeFolder } = homePaths(home);
  const findings: Finding[] = [];
  for (const folder of [home, runtimeFolder].filter(existsSync)) {
    const stat = lstatSync(folder);
    try {
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      findings.push(finding('homeUnusable', folder, errorText(error)));
    }
    const isOpen = process.platform !== 'win32' && (stat.mode & 0o077) !== 0;
    if (isOpen) findings.push(finding('homeOpen', folder));
  }
  return findings.length > 0 ? findings : [finding('homePrivate', home)];
}

function diskFinding(home: string): Finding {
  if (!existsSync(home)) return finding('diskUnused');
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  return finding(free > LITTLE_SPACE ? 'diskFree' : 'diskFull', Math.round(free / 1024 / 1024), home);
}

function entryFinding(home: string): Finding {
  const { discovery } = homePaths(home);
  let problem = '';
  const entry = discover(discovery, (line) => (problem = line));
  if (entry.kind === 'live') {
    const { pid, socket, protocol } = entry.entry;
    const fits = protocol.min <= PROTOCOL.max && protocol.max >= PROTOCOL.min;
    if (!fits)
      return finding('entryIncompatible', pid, protocol.min, protocol.max, PROTOCOL.min, PROTOCOL.max);
    const isGone = process.platform !== 'win32' && !existsSync(socket);
    return isGone ? finding('entryNoSocket', socket, pid) : finding('entryLive', pid, socket);
  }
  if (entry.kind === 'stale') return finding('entryStale', discovery, entry.reason);
  return problem === '' ? finding('entryNone') : finding('entryBroken', problem);
}

/** Who holds the data directory: the runtime that listens, nobody, or somebody who does not say where it is. */
async function lockFinding(home: string, bundle: string): Promise<Finding> {
  const { lock, discovery } = homePaths(home);
  const entry = discover(discovery, () => undefined);
  const state = await lockState(lock, await chooseNode({ bundle }));
  if (entry.kind === 'live') {
    const { pid } = entry.entry;
    if (state === 'held') return finding('lockHeld', pid);
    return finding(state === 'missing' ? 'lockRemoved' : 'lockNotHeld', pid, lock);
  }
  if (state !== 'held') return finding('lockFree');
  return finding(process.platform === 'win32' ? 'lockSilentWindows' : 'lockSilent', lock);
}

function remoteFindings(home: string): Finding[] {
  const { remotes, problems } = readRemotes(home);
  const names = Object.keys(remotes);
  const file = path.basename(remotesFile(home));
  const bad = problems.map(({ name, problem }) =>
    finding(name === file ? 'remotesUnreadable' : 'remoteBroken', name, problem),
  );
  return names.length === 0 ? bad : [...bad, finding('remotesKnown', names.join(', '))];
}

async function runtimeFindings(connection: Examined): Promise<Finding[]> {
  const { pid, node, sqlite, protocol } = await connection.request('runtime/status', {});
  const { runtimeState } = connection;
  return [
    finding('runtimeRuns', pid, node, sqlite, protocol.min, protocol.max),
    ...(isOlder(sqlite, GOOD_SQLITE) ? [finding('sqliteOld', sqlite, GOOD_SQLITE.join('.'))] : []),
    ...(runtimeState?.storage === 'failed'
      ? [finding('storageFailed', runtimeState.reason ?? 'unknown')]
      : []),
  ];
}

async function agentFindings(connection: Examined, home: string): Promise<Finding[]> {
  const { agents, problems } = await connection.request('agent/list', {});
  const file = path.join(home, 'agents.json');
  const there = agents.filter(({ missing }) => missing === undefined).map(({ id }) => id);
  return [
    ...(there.length > 0 ? [finding('agentsKnown', there.join(', '))] : []),
    ...problems.map(({ agent, source, problem }) =>
      finding(source === 'file' ? 'agentBroken' : 'agentSettingBroken', agent, problem, file),
    ),
    ...agents.flatMap(({ id, missing }) =>
      missing === undefined ? [] : [finding('agentMissing', id, missing, file)],
    ),
  ];
}

async function journalFindings(connection: Examined): Promise<Finding[]> {
  const { ok, problems } = await connection.request('runtime/check', {});
  return ok ? [finding('journalWhole')] : problems.map((text) => finding('journalDamaged', text));
}

function isOlder(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of than.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
