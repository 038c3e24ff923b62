import { t } from './words.ts';

/** How long something took, short, for beside a label: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.05) return t('< 0.1 s');
  if (seconds < 9.95) return t('{0} s', seconds.toFixed(1));
  const whole = Math.round(seconds);
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? t('{0} min', minutes) : t('{0} min {1} s', minutes, whole % 60);
  return minutes % 60 === 0
    ? t('{0} h', minutes / 60)
    : t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** How long something took, in words to be spoken: the same that `shortDuration` shows. */
export function spokenDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.05) return t('less than 0.1 seconds');
  if (seconds < 9.95) return spokenSeconds(Number(seconds.toFixed(1)));
  const whole = Math.round(seconds);
  if (whole < 60) return spokenSeconds(whole);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return spoken(spokenMinutes(minutes), whole % 60, spokenSeconds);
  const hours = Math.floor(minutes / 60);
  return spoken(hours === 1 ? t('1 hour') : t('{0} hours', hours), minutes % 60, spokenMinutes);
}

function spoken(most: string, rest: number, spokenRest: (count: number) => string): string {
  return rest === 0 ? most : `${most} ${spokenRest(rest)}`;
}

function spokenSeconds(count: number): string {
  return count === 1 ? t('1 second') : t('{0} seconds', count);
}

function spokenMinutes(count: number): string {
  return count === 1 ? t('1 minute') : t('{0} minutes', count);
}

/** How long ago something was, in few words. */
export function relativeTime(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return t('now');
  if (minutes < 60) return t('{0} min ago', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('{0} h ago', hours);
  const days = Math.floor(hours / 24);
  return days === 1 ? t('yesterday') : t('{0} days ago', days);
}
