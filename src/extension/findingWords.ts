import type { Finding, FindingCode, FindingValues } from '../client/findings.ts';
import type { Translate } from './words.ts';

/** What is said of a finding; what was looked at comes before it. */
interface FindingWords {
  readonly text: string;
  readonly help?: string;
}

type Say = (t: Translate, values: FindingValues) => FindingWords;

const texts: Readonly<Record<FindingCode, Say>> = {
  nodeFound: (t, v) => ({
    text: t('{0} runs this; the runtime runs on {1} ({2}), which has SQLite with full-text search', ...v),
  }),
  homeNotYet: (t, v) => ({ text: t('{0} is made when it is needed', ...v) }),
  homePrivate: (t, v) => ({ text: t('{0}, private to you', ...v) }),
  homeUnusable: (t, v) => ({
    text: t('{0} cannot be used: {1}', ...v),
    help: t('make it yours, or set HOLDFAST_HOME to a folder you can write to'),
  }),
  homeOpen: (t, v) => ({
    text: t('{0} can be read by other users of this machine', ...v),
    help: `chmod 700 '${v[0]}'`,
  }),
  diskUnused: (t) => ({ text: t('nothing is stored yet') }),
  diskFree: (t, v) => ({ text: t('{0} MB free for {1}', ...v) }),
  diskFull: (t, v) => ({
    text: t('{0} MB free for {1}', ...v),
    help: t('free some: when it is full, new prompts are refused until there is room; holdfast prune helps'),
  }),
  entryIncompatible: (t, v) => ({
    text: t('the runtime (process {0}) speaks protocol {1} to {2}, this program {3} to {4}', ...v),
    help: t('update the older of the two, or: holdfast runtime stop --force'),
  }),
  entryNoSocket: (t, v) => ({
    text: t('the socket {0} of process {1} is gone', ...v),
    help: t('the runtime makes it again within seconds; if it does not, end that process'),
  }),
  entryLive: (t, v) => ({ text: t('process {0} listens on {1}', ...v) }),
  entryStale: (t, v) => ({
    text: t('{0} is of a runtime that is gone ({1})', ...v),
    help: t('nothing to do: the next runtime replaces it'),
  }),
  entryBroken: (t, v) => ({ text: `${v[0]}`, help: t('nothing to do: the runtime writes it again') }),
  entryNone: (t) => ({ text: t('no runtime was running') }),
  lockHeld: (t, v) => ({ text: t('held by process {0}', ...v) }),
  lockRemoved: (t, v) => ({
    text: t('process {0} does not hold the lock {1}: the file was removed', ...v),
    help: twoRuntimes(t),
  }),
  lockNotHeld: (t, v) => ({
    text: t('process {0} does not hold the lock {1}: it is free', ...v),
    help: twoRuntimes(t),
  }),
  lockFree: (t) => ({ text: t('nobody holds the data directory') }),
  lockSilent: (t, v) => ({
    text: t('a process holds {0} and does not say where it listens', ...v),
    help: t(
      "if this stays so, it hangs: fuser '{0}' names it; end it, its sessions go on under the next runtime",
      ...v,
    ),
  }),
  lockSilentWindows: (t, v) => ({
    text: t('a process holds {0} and does not say where it listens', ...v),
    help: t(
      'if this stays so, it hangs: the Resource Monitor names it; end it, its sessions go on under the next runtime',
    ),
  }),
  remotesKnown: (_, v) => ({ text: `${v[0]}` }),
  remoteBroken: (t, v) => ({
    text: `${v[0]}: ${v[1]}`,
    help: t('put “{0}” right there; the others work', ...v),
  }),
  remotesUnreadable: (t, v) => ({
    text: `${v[0]}: ${v[1]}`,
    help: t('put it right there; until then there are no remotes'),
  }),
  runtimeUnreachable: (t, v) => ({ text: `${v[0]}`, help: t('the log in {0} says more', v[1] ?? '') }),
  runtimeRuns: (t, v) => ({ text: t('process {0}, Node {1}, SQLite {2}, protocol {3} to {4}', ...v) }),
  sqliteOld: (t, v) => ({
    text: t('SQLite {0} is older than {1}, which mends rare losses of data', ...v),
    help: t('set HOLDFAST_NODE to a newer Node'),
  }),
  storageFailed: (t, v) => ({
    text: t('the journal cannot be written: {0}', ...v),
    help: t('free space or fix it; nothing is lost meanwhile'),
  }),
  agentsKnown: (_, v) => ({ text: `${v[0]}` }),
  agentBroken: (t, v) => ({
    text: `${v[0]}: ${v[1]}`,
    help: t('put it right in {0}; the other agents work', v[2] ?? ''),
  }),
  agentSettingBroken: (t, v) => ({
    text: `${v[0]}: ${v[1]}`,
    help: t('put it right in your settings; the other agents work'),
  }),
  agentMissing: (t, v) => ({
    text: `${v[0]}: ${v[1]}`,
    help: t('install it, or give its whole path as "command" in {0} or in your settings', v[2] ?? ''),
  }),
  journalWhole: (t) => ({ text: t('every event and every content is as it was written') }),
  journalDamaged: (t, v) => ({
    text: `${v[0]}`,
    help: t('export what you need with holdfast export, and restore the journal from a backup'),
  }),
  unlooked: (_, v) => ({ text: `${v[0]}` }),
};

function twoRuntimes(t: Translate): string {
  return t(
    'two runtimes could run beside each other: holdfast runtime stop, the next command starts one anew',
  );
}

/** What was looked at, in the reader's language. */
const checks: Readonly<Record<string, (t: Translate) => string>> = {
  node: (t) => t('Node'),
  home: (t) => t('Data directory'),
  disk: (t) => t('Disk'),
  entry: (t) => t('Where the runtime listens'),
  lock: (t) => t('Lock'),
  remotes: (t) => t('Remote hosts'),
  runtime: (t) => t('Runtime'),
  sqlite: (t) => t('SQLite'),
  storage: (t) => t('Storage'),
  agents: (t) => t('Agents'),
  journal: (t) => t('Journal'),
};

/** A finding of Doctor in the reader's language, which says what the terminal says of it (U6). Pure. */
export function findingWords(
  { code, values, check }: Pick<Finding, 'code' | 'values' | 'check'>,
  t: Translate,
): FindingWords & { readonly check: string } {
  return { check: checks[check]?.(t) ?? check, ...texts[code](t, values) };
}
