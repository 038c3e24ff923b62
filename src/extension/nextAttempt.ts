import type { ConnectionView } from '../protocol/page.ts';
import type { Translate } from './words.ts';

/**
 * In how many seconds a lost connection is tried again; nothing where that is about to happen, so that words do not come and go with
 * quick attempts (U8). `now` is in milliseconds since the epoch. Pure.
 */
export function nextAttemptText(
  { nextAttemptAt }: Pick<ConnectionView, 'nextAttemptAt'>,
  now: number,
  t: Translate,
): string {
  const seconds = nextAttemptAt === undefined ? 0 : Math.round((nextAttemptAt - now) / 1000);
  return seconds < 1 ? '' : t('Next attempt in {0} s.', seconds);
}

/** Sentences as one text; one that ends without a full stop gets it where another follows. Pure. */
export function sentences(...given: readonly (string | undefined)[]): string {
  const said = given.flatMap((each) => (each === undefined || each === '' ? [] : [each]));
  return said
    .map((each, at) => (at < said.length - 1 && /[^.!?…]$/u.test(each) ? `${each}.` : each))
    .join(' ');
}
