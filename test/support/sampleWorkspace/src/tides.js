/** The mean time from one high water to the next: half a lunar day, in minutes. */
export const minutesBetweenHighWaters = 745;

/**
 * The high waters that follow one.
 *
 * @param {string} first A time of day, `HH:MM`.
 * @param {number} count How many to give.
 * @returns {string[]} Times of day, `HH:MM`, the first one not included.
 */
export function nextHighWaters(first, count) {
  const [hours, minutes] = first.split(':').map(Number);
  const start = hours * 60 + minutes;
  return Array.from({ length: count }, (_, index) => formatTime(start + (index + 1) * minutesBetweenHighWaters));
}

function formatTime(minutes) {
  const ofDay = minutes % (24 * 60);
  const pad = (number) => String(number).padStart(2, '0');
  return `${pad(Math.floor(ofDay / 60))}:${pad(ofDay % 60)}`;
}
