import { isHoldfastError } from '../protocol/errors.ts';
import { saidError } from './saidError.ts';
import type { Translate } from './words.ts';

/**
 * Why a session cannot be shown, and what helps; `left` is the remote host that it was on, where the window has that host no longer.
 * Pure.
 */
export function whyMissing(error: unknown, t: Translate, left?: string): string {
  if (!isHoldfastError(error, 'sessionNotFound')) return saidError(error, t);
  if (left !== undefined) {
    return t(
      'This session is on the remote host {0}, which was removed here. Add the host again to go on with it.',
      left,
    );
  }
  return t('This session is not there any more: it was deleted. Go on with one below, or begin a new one.');
}
