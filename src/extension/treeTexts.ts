import { canRead, type ConnectionView } from '../protocol/page.ts';
import { nextAttemptText, sentences } from './nextAttempt.ts';
import type { Translate } from './words.ts';

/** The number on the icon of the view, and what it means (U1); `undefined` where no session needs the person. Pure. */
export function badgeOf(
  needsYou: number,
  t: Translate,
): { readonly value: number; readonly tooltip: string } | undefined {
  if (needsYou === 0) return undefined;
  const tooltip = needsYou === 1 ? t('1 session needs you') : t('{0} sessions need you', needsYou);
  return { value: needsYou, tooltip };
}

/** The line above the sessions for a connection that is not there, or not whole, `now` in milliseconds since the epoch (U8). Pure. */
export function messageOf(view: ConnectionView, now: number, t: Translate): string | undefined {
  const { state, detail, storageProblem } = view;
  switch (state) {
    case 'connected':
      return storageProblem === undefined
        ? undefined
        : t('Holdfast cannot write to its journal: {0}', storageProblem);
    case 'starting':
      return detail === undefined
        ? undefined
        : sentences(t('Holdfast cannot start: {0}', detail), nextAttemptText(view, now, t));
    case 'reconnecting':
      return sentences(t('Reconnecting to the Holdfast runtime…'), nextAttemptText(view, now, t));
    case 'incompatible':
      return detail ?? t('The running Holdfast is of another version.');
    case 'stopped':
      return t('Holdfast is stopped. {0}', detail ?? '').trim();
    case 'restricted':
      return canRead(view)
        ? t('Restricted Mode: sessions can be read here, and nothing is sent to them.')
        : undefined;
  }
}
