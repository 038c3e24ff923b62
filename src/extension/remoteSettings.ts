import { errorText } from '../base/errorText.ts';
import { placeOf, readRemotes, type Remote, type Remotes } from '../client/remote.ts';
import { homeLayout } from '../protocol/homeLayout.ts';
import { issueText } from '../protocol/parseParams.ts';
import { remoteSchema } from '../protocol/remotes.ts';
import type { SettingProblem } from './settings.ts';
import type { Translate } from './words.ts';

/** Reads the setting `holdfast.remotes`. A broken host is left out and named; the others stay. Pure. */
export function readRemoteSettings(
  value: unknown,
  t: Translate,
): { readonly remotes: Readonly<Record<string, Remote>>; readonly wrong: readonly SettingProblem[] } {
  if (value === undefined || value === null) return { remotes: {}, wrong: [] };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const problem = t('it must be an object of remote hosts by their name');
    return { remotes: {}, wrong: [{ setting: 'holdfast.remotes', problem }] };
  }
  const remotes: Record<string, Remote> = {};
  const wrong: SettingProblem[] = [];
  for (const [name, entry] of Object.entries(value)) {
    const parsed = remoteSchema.safeParse(entry);
    const problem = parsed.success ? placeProblem(name, parsed.data.url) : issueText(parsed.error, 'it');
    if (parsed.success && problem === undefined) remotes[name] = parsed.data;
    else wrong.push({ setting: `holdfast.remotes.${name}`, problem: problem ?? '' });
  }
  return { remotes, wrong };
}

/** The remote hosts of a window. */
export interface RemoteDefinitions {
  readonly remotes: Readonly<Record<string, Remote>>;
  /** Names of those that the setting does not have. */
  readonly fromFile: ReadonlySet<string>;
  /** Those of the file. */
  readonly inFile: Remotes['remotes'];
  /** What is wrong with those of the file that cannot be used. */
  readonly problems: Remotes['problems'];
  /** Whether the file cannot be read at all. */
  readonly isBroken: boolean;
}

/**
 * The hosts of the setting over those of `remotes.json` in a data directory. A file that cannot be read at all, as one that somebody
 * is just writing, takes nobody's hosts away: those that it had `before` stay.
 */
export function remoteDefinitions(
  home: string,
  setting: unknown,
  before: Remotes['remotes'] = {},
): RemoteDefinitions {
  const file = readRemotes(home);
  const isBroken = file.problems.some(({ name }) => name === homeLayout.remotes);
  const inFile = isBroken ? before : file.remotes;
  // What is wrong in the setting is said to the person elsewhere.
  const { remotes } = readRemoteSettings(setting, (text) => text);
  const fromFile = new Set(Object.keys(inFile).filter((name) => !Object.hasOwn(remotes, name)));
  return { remotes: { ...inFile, ...remotes }, fromFile, inFile, problems: file.problems, isBroken };
}

/** What is wrong with an address; `undefined` for one that can be used. Pure. */
export function placeProblem(name: string, address: string): string | undefined {
  try {
    placeOf(address, name);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
