import type { Translate } from './words.ts';

/** How long something has been going on, in few words. Pure. */
export function durationText(milliseconds: number, t: Translate): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return t('{0} s', seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? t('{0} min', minutes) : t('{0} h', Math.floor(minutes / 60));
}
