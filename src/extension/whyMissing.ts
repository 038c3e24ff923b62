import { isHoldfastError } from '../protocol/errors.ts';
import { saidError } from './saidError.ts';
import type { Translate } from './words.ts';

/** Why a session cannot be shown, and what helps. Pure. */
export function whyMissing(error: unknown, t: Translate): string {
  if (!isHoldfastError(error, 'sessionNotFound')) return saidError(error, t);
  return t('This session is not there any more: it was deleted. Go on with one below, or begin a new one.');
}
