import { accessSync, constants, existsSync, lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import type { NotificationParams } from '../protocol/methods.ts';
import { PROTOCOL } from '../protocol/version.ts';
import { discover } from './discover.ts';
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

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a word. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly text: string;
  /** What to do about it. */
  readonly help?: string;
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
    yield {
      check: 'runtime',
      state: 'wrong',
      text: errorText(error),
      help: `the log in ${homePaths(home).logs} says more`,
    };
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
    return [{ check, state: 'wrong', text: errorText(error) }];
  }
}

async function nodeFinding(bundle: string): Promise<Finding> {
  const { execPath, source } = await chooseNode({ bundle });
  const text = `${process.version} runs this; the runtime runs on ${execPath} (${source}), which has SQLite with full-text search`;
  return { check: 'node', state: 'ok', text };
}

function homeFindings(home: string): Finding[] {
  const check = 'home';
  if (!existsSync(home)) return [{ check, state: 'ok', text: `${home} is made when it is needed` }];
  const { runtimeFolder } = homePaths(home);
  const findings: Finding[] = [];
  for (const folder of [home, runtimeFolder].filter(existsSync)) {
    const stat = lstatSync(folder);
    try {
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const help = 'make it yours, or set HOLDFAST_HOME to a folder you can write to';
      findings.push({ check, state: 'wrong', text: `${folder} cannot be used: ${errorText(error)}`, help });
    }
    const isOpen = process.platform !== 'win32' && (stat.mode & 0o077) !== 0;
    if (isOpen) {
      const text = `${folder} can be read by other users of this machine`;
      findings.push({ check, state: 'warning', text, help: `chmod 700 '${folder}'` });
    }
  }
  return findings.length > 0 ? findings : [{ check, state: 'ok', text: `${home}, private to you` }];
}

function diskFinding(home: string): Finding {
  if (!existsSync(home)) return { check: 'disk', state: 'ok', text: 'nothing is stored yet' };
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  const text = `${Math.round(free / 1024 / 1024)} MB free for ${home}`;
  if (free > LITTLE_SPACE) return { check: 'disk', state: 'ok', text };
  const help =
    'free some: when it is full, new prompts are refused until there is room; holdfast prune helps';
  return { check: 'disk', state: 'wrong', text, help };
}

function entryFinding(home: string): Finding {
  const check = 'entry';
  const { discovery } = homePaths(home);
  let problem = '';
  const entry = discover(discovery, (line) => (problem = line));
  if (entry.kind === 'live') {
    const { pid, socket, protocol } = entry.entry;
    const fits = protocol.min <= PROTOCOL.max && protocol.max >= PROTOCOL.min;
    if (!fits) {
      const text = `the runtime (process ${pid}) speaks protocol ${protocol.min} to ${protocol.max}, this program ${PROTOCOL.min} to ${PROTOCOL.max}`;
      return {
        check,
        state: 'wrong',
        text,
        help: 'update the older of the two, or: holdfast runtime stop --force',
      };
    }
    if (process.platform !== 'win32' && !existsSync(socket)) {
      const text = `the socket ${socket} of process ${pid} is gone`;
      return {
        check,
        state: 'warning',
        text,
        help: 'the runtime makes it again within seconds; if it does not, end that process',
      };
    }
    return { check, state: 'ok', text: `process ${pid} listens on ${socket}` };
  }
  if (entry.kind === 'stale') {
    const text = `${discovery} is of a runtime that is gone (${entry.reason})`;
    return { check, state: 'warning', text, help: 'nothing to do: the next runtime replaces it' };
  }
  if (problem !== '')
    return { check, state: 'warning', text: problem, help: 'nothing to do: the runtime writes it again' };
  return { check, state: 'ok', text: 'no runtime was running' };
}

/** Who holds the data directory: the runtime that listens, nobody, or somebody who does not say where it is. */
async function lockFinding(home: string, bundle: string): Promise<Finding> {
  const check = 'lock';
  const { lock, discovery } = homePaths(home);
  const entry = discover(discovery, () => undefined);
  const state = await lockState(lock, await chooseNode({ bundle }));
  if (entry.kind === 'live') {
    const { pid } = entry.entry;
    if (state === 'held') return { check, state: 'ok', text: `held by process ${pid}` };
    const text = `process ${pid} does not hold the lock ${lock}: ${state === 'missing' ? 'the file was removed' : 'it is free'}`;
    const help =
      'two runtimes could run beside each other: holdfast runtime stop, the next command starts one anew';
    return { check, state: 'warning', text, help };
  }
  if (state !== 'held') return { check, state: 'ok', text: 'nobody holds the data directory' };
  const how = process.platform === 'win32' ? 'the Resource Monitor' : `fuser '${lock}'`;
  return {
    ...{ check, state: 'wrong', text: `a process holds ${lock} and does not say where it listens` },
    help: `if this stays so, it hangs: ${how} names it; end it, its sessions go on under the next runtime`,
  };
}

function remoteFindings(home: string): Finding[] {
  const { remotes, problems } = readRemotes(home);
  const names = Object.keys(remotes);
  const bad = problems.map(({ name, problem }) => ({
    ...{ check: 'remotes', state: 'warning' as const, text: `${name}: ${problem}` },
    help:
      name === path.basename(remotesFile(home))
        ? 'put it right there; until then there are no remotes'
        : `put “${name}” right there; the others work`,
  }));
  if (names.length === 0) return bad;
  return [...bad, { check: 'remotes', state: 'ok', text: names.join(', ') }];
}

async function runtimeFindings(connection: Examined): Promise<Finding[]> {
  const { pid, node, sqlite, protocol } = await connection.request('runtime/status', {});
  const text = `process ${pid}, Node ${node}, SQLite ${sqlite}, protocol ${protocol.min} to ${protocol.max}`;
  const findings: Finding[] = [{ check: 'runtime', state: 'ok', text }];
  if (isOlder(sqlite, GOOD_SQLITE)) {
    const old = `SQLite ${sqlite} is older than ${GOOD_SQLITE.join('.')}, which mends rare losses of data`;
    findings.push({
      check: 'sqlite',
      state: 'warning',
      text: old,
      help: 'set HOLDFAST_NODE to a newer Node',
    });
  }
  const { runtimeState } = connection;
  if (runtimeState?.storage === 'failed') {
    const reason = `the journal cannot be written: ${runtimeState.reason ?? 'unknown'}`;
    findings.push({
      check: 'storage',
      state: 'wrong',
      text: reason,
      help: 'free space or fix it; nothing is lost meanwhile',
    });
  }
  return findings;
}

async function agentFindings(connection: Examined, home: string): Promise<Finding[]> {
  const { agents, problems } = await connection.request('agent/list', {});
  const names = agents.map(({ id }) => id).join(', ');
  const file = path.join(home, 'agents.json');
  return [
    { check: 'agents', state: 'ok', text: names },
    ...problems.map(({ agent, source, problem }): Finding => ({
      ...{ check: 'agents', state: 'warning', text: `${agent}: ${problem}` },
      help: `put it right in ${source === 'file' ? file : 'your settings'}; the other agents work`,
    })),
    ...agents.flatMap(({ id, missing }): Finding[] =>
      missing === undefined
        ? []
        : [
            {
              ...{ check: 'agents', state: 'warning', text: `${id}: ${missing}` },
              help: `install it, or give its whole path as "command" in ${file} or in your settings`,
            },
          ],
    ),
  ];
}

async function journalFindings(connection: Examined): Promise<Finding[]> {
  const { ok, problems } = await connection.request('runtime/check', {});
  if (ok)
    return [{ check: 'journal', state: 'ok', text: 'every event and every content is as it was written' }];
  return problems.map((text) => ({
    ...{ check: 'journal', state: 'wrong', text },
    help: 'export what you need with holdfast export, and restore the journal from a backup',
  }));
}

function isOlder(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of than.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
