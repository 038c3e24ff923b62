/** What to replace in a text, in UTF-16 units from its beginning. */
export interface SmallestEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The one replacement that makes one text of another and leaves alone what both begin and end with, so that cursors, folds
 * and breakpoints there stay where they are. No pair of surrogates and no `\r\n` is cut.
 */
export function smallestEdit(before: string, after: string): SmallestEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  while (start > 0 && (splits(before, start) || splits(after, start))) start--;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  while (same > 0 && (splits(before, before.length - same) || splits(after, after.length - same))) same--;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** Whether a place is in the middle of what is one character to an editor. */
function splits(text: string, place: number): boolean {
  const [before, after] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  const isPair = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return isPair || (before === 13 && after === 10);
}
