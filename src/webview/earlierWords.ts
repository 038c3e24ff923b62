import { errorText } from '../base/errorText.ts';

/** Why the rows before the first one loaded did not come, in words. `t` translates, as that of `words.ts` does. */
export function earlierWords(error: unknown, t: (text: string) => string): string {
  return `${t('Earlier messages could not be loaded.')} ${errorText(error)}`;
}
