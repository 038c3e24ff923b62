/** What may stand before the beginning of a word. */
const BEFORE_WORD = /[/\\._\-\s:#]/;

/**
 * How well what was typed fits a name or a path: higher is better, `undefined` when its characters do not stand in it in this
 * order. Upper and lower case are alike. Characters together, at the beginning of words and late in a path count more.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase();
  const given = text.toLowerCase();
  let score = -text.length / 20;
  const whole = wanted === '' ? -1 : given.lastIndexOf(wanted);
  if (whole !== -1) {
    score += 3 * wanted.length + (beginsWord(text, whole) ? 12 : 0);
    if (whole > given.lastIndexOf('/')) score += 6;
    if (whole + wanted.length === given.length) score += 4;
    return score + 4 * wanted.length;
  }
  let at = given.length;
  for (let index = wanted.length - 1; index >= 0; index--) {
    const found = at === 0 ? -1 : given.lastIndexOf(wanted[index] ?? '', at - 1);
    if (found === -1) return undefined;
    if (found === at - 1 && index < wanted.length - 1) score += 3;
    if (beginsWord(text, found)) score += 4;
    at = found;
  }
  return score;
}

/** Those that fit what was typed, best first, at most so many; in their own order where they fit alike. */
export function fuzzyBest<T>(
  query: string,
  entries: readonly T[],
  textOf: (entry: T) => string,
  most: number,
): T[] {
  if (query === '') return entries.slice(0, most);
  return entries
    .flatMap((entry) => {
      const score = fuzzyScore(query, textOf(entry));
      return score === undefined ? [] : [{ entry, score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ entry }) => entry);
}

function beginsWord(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before === undefined || BEFORE_WORD.test(before)) return true;
  const here = text[at] ?? '';
  return here !== here.toLowerCase() && before === before.toLowerCase();
}
