/** Facts of a finding, in the order in which its words name them. */
export type FindingValues = readonly (string | number)[];

interface FindingWords {
  /** What was looked at, in a word. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'wrong';
  /** What was found; `{0}`, `{1}` … are its values. */
  readonly text: string;
  /** What to do about it. */
  readonly help?: string;
}

/** All that Doctor can find, in the words of a terminal; an editor has its own words for each (U6). A code never changes its meaning. */
export const findings = {
  nodeFound: {
    check: 'node',
    state: 'ok',
    text: '{0} runs this; the runtime runs on {1} ({2}), which has SQLite with full-text search',
  },
  homeNotYet: { check: 'home', state: 'ok', text: '{0} is made when it is needed' },
  homePrivate: { check: 'home', state: 'ok', text: '{0}, private to you' },
  homeUnusable: {
    check: 'home',
    state: 'wrong',
    text: '{0} cannot be used: {1}',
    help: 'make it yours, or set HOLDFAST_HOME to a folder you can write to',
  },
  homeOpen: {
    check: 'home',
    state: 'warning',
    text: '{0} can be read by other users of this machine',
    help: "chmod 700 '{0}'",
  },
  diskUnused: { check: 'disk', state: 'ok', text: 'nothing is stored yet' },
  diskFree: { check: 'disk', state: 'ok', text: '{0} MB free for {1}' },
  diskFull: {
    check: 'disk',
    state: 'wrong',
    text: '{0} MB free for {1}',
    help: 'free some: when it is full, new prompts are refused until there is room; holdfast prune helps',
  },
  entryIncompatible: {
    check: 'entry',
    state: 'wrong',
    text: 'the runtime (process {0}) speaks protocol {1} to {2}, this program {3} to {4}',
    help: 'update the older of the two, or: holdfast runtime stop --force',
  },
  entryNoSocket: {
    check: 'entry',
    state: 'warning',
    text: 'the socket {0} of process {1} is gone',
    help: 'the runtime makes it again within seconds; if it does not, end that process',
  },
  entryLive: { check: 'entry', state: 'ok', text: 'process {0} listens on {1}' },
  entryStale: {
    check: 'entry',
    state: 'warning',
    text: '{0} is of a runtime that is gone ({1})',
    help: 'nothing to do: the next runtime replaces it',
  },
  entryBroken: {
    check: 'entry',
    state: 'warning',
    text: '{0}',
    help: 'nothing to do: the runtime writes it again',
  },
  entryNone: { check: 'entry', state: 'ok', text: 'no runtime was running' },
  lockHeld: { check: 'lock', state: 'ok', text: 'held by process {0}' },
  lockRemoved: {
    check: 'lock',
    state: 'warning',
    text: 'process {0} does not hold the lock {1}: the file was removed',
    help: 'two runtimes could run beside each other: holdfast runtime stop, the next command starts one anew',
  },
  lockNotHeld: {
    check: 'lock',
    state: 'warning',
    text: 'process {0} does not hold the lock {1}: it is free',
    help: 'two runtimes could run beside each other: holdfast runtime stop, the next command starts one anew',
  },
  lockFree: { check: 'lock', state: 'ok', text: 'nobody holds the data directory' },
  lockSilent: {
    check: 'lock',
    state: 'wrong',
    text: 'a process holds {0} and does not say where it listens',
    help: "if this stays so, it hangs: fuser '{0}' names it; end it, its sessions go on under the next runtime",
  },
  lockSilentWindows: {
    check: 'lock',
    state: 'wrong',
    text: 'a process holds {0} and does not say where it listens',
    help: 'if this stays so, it hangs: the Resource Monitor names it; end it, its sessions go on under the next runtime',
  },
  remotesKnown: { check: 'remotes', state: 'ok', text: '{0}' },
  remoteBroken: {
    check: 'remotes',
    state: 'warning',
    text: '{0}: {1}',
    help: 'put “{0}” right there; the others work',
  },
  remotesUnreadable: {
    check: 'remotes',
    state: 'warning',
    text: '{0}: {1}',
    help: 'put it right there; until then there are no remotes',
  },
  runtimeUnreachable: { check: 'runtime', state: 'wrong', text: '{0}', help: 'the log in {1} says more' },
  runtimeRuns: {
    check: 'runtime',
    state: 'ok',
    text: 'process {0}, Node {1}, SQLite {2}, protocol {3} to {4}',
  },
  sqliteOld: {
    check: 'sqlite',
    state: 'warning',
    text: 'SQLite {0} is older than {1}, which mends rare losses of data',
    help: 'set HOLDFAST_NODE to a newer Node',
  },
  storageFailed: {
    check: 'storage',
    state: 'wrong',
    text: 'the journal cannot be written: {0}',
    help: 'free space or fix it; nothing is lost meanwhile',
  },
  agentsKnown: { check: 'agents', state: 'ok', text: '{0}' },
  agentBroken: {
    check: 'agents',
    state: 'warning',
    text: '{0}: {1}',
    help: 'put it right in {2}; the other agents work',
  },
  agentSettingBroken: {
    check: 'agents',
    state: 'warning',
    text: '{0}: {1}',
    help: 'put it right in your settings; the other agents work',
  },
  agentMissing: {
    check: 'agents',
    state: 'warning',
    text: '{0}: {1}',
    help: 'install it, or give its whole path as "command" in {2} or in your settings',
  },
  journalWhole: {
    check: 'journal',
    state: 'ok',
    text: 'every event and every content is as it was written',
  },
  journalDamaged: {
    check: 'journal',
    state: 'wrong',
    text: '{0}',
    help: 'export what you need with holdfast export, and restore the journal from a backup',
  },
} as const satisfies Readonly<Record<string, FindingWords>>;

/** What Doctor found, as a name that stays. `unlooked`: it could not be looked at. */
export type FindingCode = keyof typeof findings | 'unlooked';

/** One thing that was looked at. */
export interface Finding {
  readonly code: FindingCode;
  readonly values: FindingValues;
  /** What was looked at, in a word. */
  readonly check: string;
  readonly state: FindingWords['state'];
  readonly text: string;
  /** What to do about it. */
  readonly help?: string;
}

/** A finding with its words. Pure. */
export function finding(code: keyof typeof findings, ...values: FindingValues): Finding {
  const { check, state, text, help }: FindingWords = findings[code];
  const fill = (words: string): string =>
    words.replaceAll(/\{(\d)\}/gu, (_, index: string) => String(values[Number(index)] ?? ''));
  return { code, values, check, state, text: fill(text), ...(help !== undefined && { help: fill(help) }) };
}

/** That something could not be looked at, and why. Pure. */
export function unlooked(check: string, why: string): Finding {
  return { code: 'unlooked', values: [why], check, state: 'wrong', text: why };
}
