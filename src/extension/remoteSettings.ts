import { errorText } from '../base/errorText.ts';
import type { Remote } from '../client/index.ts';
import { placeOf } from '../client/remote.ts';
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

/** What is wrong with an address; `undefined` for one that can be used. Pure. */
export function placeProblem(name: string, address: string): string | undefined {
  try {
    placeOf(address, name);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
