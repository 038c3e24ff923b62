import { errorText } from '../base/errorText.ts';
import { errorWords } from '../protocol/errorWords.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { Translate } from './words.ts';

/** What is said of anything that was thrown, in the person's language (U6). Pure. */
export function saidError(error: unknown, t: Translate): string {
  return isHoldfastError(error) ? errorWords(error, t) : errorText(error);
}
