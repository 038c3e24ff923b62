/** What a search found, as `session/search` answers it: a part of a text, with the stretches that were found in it. */
export interface FoundText {
  readonly snippet: string;
  readonly matches: readonly (readonly [start: number, length: number])[];
}

/**
 * The lines of what was found (J6), from the first in which something of it stands: each without space around it, none empty.
 * Pure.
 */
export function foundLines({ snippet, matches }: FoundText): string[] {
  const [first] = matches;
  const from = first === undefined ? 0 : snippet.lastIndexOf('\n', first[0]) + 1;
  return snippet
    .slice(from)
    .split('\n')
    .map((line) => line.replaceAll(/\s+/gu, ' ').trim())
    .filter((line) => line !== '');
}
