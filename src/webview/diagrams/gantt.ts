/** Days of tasks, one after the other, that are drawn where some are left out: each day is looked at, some of them again and again. */
const MOST_DAYS = 4_000;
/** Ticks of the axis that a source asks for itself. */
const MOST_TICKS = 500;

/** How many days a unit of Mermaid’s durations has. */
const units: Readonly<Record<string, number>> = {
  ...{ ms: 1 / 86_400_000, s: 1 / 86_400, m: 1 / 1_440, h: 1 / 24, d: 1, w: 7, M: 31, y: 366 },
  ...{ millisecond: 1 / 86_400_000, second: 1 / 86_400, minute: 1 / 1_440, hour: 1 / 24 },
  ...{ day: 1, week: 7, month: 30 },
};

/**
 * Whether a Gantt chart goes over so much time that drawing it would keep the page from answering: Mermaid goes through the days of
 * each task where `excludes` leaves some out, and makes each tick that `tickInterval` asks for. Pure.
 */
export function isTooLong(text: string): boolean {
  const durations = sum([...text.matchAll(/[:,]\s*(\d+(?:\.\d+)?)(ms|[Mdhmswy])\s*(?=[\n;#]|$)/gu)]);
  if (/^\s*excludes\b/imu.test(text) && durations > MOST_DAYS) return true;
  const [, count = '', unit = ''] = /^\s*tickInterval\s+(\d+)([a-z]+)/imu.exec(text) ?? [];
  if (unit === '') return false;
  const ticks = (durations + daysBetween(text)) / (Number(count) * (units[unit] ?? 1));
  return !(ticks <= MOST_TICKS);
}

function sum(durations: readonly RegExpMatchArray[]): number {
  return durations.reduce((all, [, count = '', unit = '']) => all + Number(count) * (units[unit] ?? 1), 0);
}

/** How many days lie between the first and the last date of a text; where they are written in a way of its own, nobody knows. */
function daysBetween(text: string): number {
  const format = /^\s*dateFormat\s+([^\n]+)/imu.exec(text)?.[1] ?? 'YYYY-MM-DD';
  if (!format.startsWith('YYYY-MM-DD')) return Infinity;
  const dates = [...text.matchAll(/\b(\d{4,})-(\d\d)-(\d\d)/gu)].map(
    ([, year, month, day]) => Number(year) * 366 + Number(month) * 31 + Number(day),
  );
  return dates.length === 0 ? 0 : Math.max(...dates) - Math.min(...dates);
}
