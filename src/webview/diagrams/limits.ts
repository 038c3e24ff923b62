import { isTooLong } from './gantt.ts';
import { linesOf, spansOf } from './spans.ts';

/** The longest source that is drawn, in characters. */
export const LONGEST = 20_000;
/** The most lines between the parts of one diagram. */
export const MOST_EDGES = 150;
/** Rows that the lines of one diagram may go over in all, where a layout makes a place for a line in each. */
const MOST_SPANS = 1_000;
const inRows = /^(?:flowchart|graph|class|state|er)/;
/** The most parts of one diagram: lines of its source, or what stands between commas and semicolons in them. */
const MOST_PARTS = 400;
/** Those of kinds whose layout takes more than its share with every part, by how they begin. */
const costly: readonly (readonly [beginning: string, parts: number])[] = [
  ['architecture', 60],
  ['mindmap', 120],
  ['block', 200],
];
/** The largest number in a packet's source: each stands for as many bits, which are drawn in as many rows as they fill. */
const LARGEST_PACKET = 2_048;

/**
 * Whether there is so much in a diagram that drawing it would keep the page from answering: a drawing cannot be interrupted.
 * `text` is what is drawn, without settings. Pure.
 */
export function isTooMuch(text: string): boolean {
  if (text.length > LONGEST) return true;
  const kind = /^(?:\s|%%[^\n]*\n)*([a-z]\w*)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const parts = text
    .split(kind.startsWith('block') ? /[\s;,]+/ : /[\n;,&]/)
    .filter((part) => /[^\s]/.test(part) && !/^\s*%%/.test(part));
  if (kind.startsWith('packet') && parts.some((part) => largestOf(part) > LARGEST_PACKET)) return true;
  if (kind === 'gantt' && isTooLong(text)) return true;
  if (parts.length > (costly.find(([beginning]) => kind.startsWith(beginning))?.[1] ?? MOST_PARTS))
    return true;
  return inRows.test(kind) && (linesOf(text).length > MOST_EDGES || spansOf(text) > MOST_SPANS);
}

function largestOf(part: string): number {
  return [...part.matchAll(/\d+/g)].reduce((most, [digits]) => Math.max(most, Number(digits)), 0);
}
