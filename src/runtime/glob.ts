/** What the stars of a pattern stand for. */
export interface GlobOptions {
  /** Whether `*` may stand for a character. */
  readonly star: (character: string) => boolean;
  /** Whether `**` stands for any character; else it is the same as `*`. */
  readonly deep?: boolean;
}

type Part = string | { readonly any: (character: string) => boolean };

/**
 * Whether a pattern matches a whole text: `*` stands for any number of characters. Takes no longer than the text times the
 * pattern, whatever they hold: patterns come from people and texts from agents.
 */
export function globMatches(pattern: string, text: string, { star, deep = false }: GlobOptions): boolean {
  const parts = partsOf(pattern, star, deep);
  let places = reach(parts, [0]);
  for (const character of text) {
    places = reach(
      parts,
      places.flatMap((place) => after(parts[place], character, place)),
    );
    if (places.length === 0) return false;
  }
  return places.includes(parts.length);
}

function partsOf(pattern: string, star: GlobOptions['star'], deep: boolean): Part[] {
  return pattern.split(/(\*+)/).flatMap((piece): Part[] => {
    if (!piece.startsWith('*')) return Array.from(piece);
    return [{ any: deep && piece.length > 1 ? () => true : star }];
  });
}

/** Where a place leads with one more character. */
function after(part: Part | undefined, character: string, place: number): number[] {
  if (typeof part === 'object') return part.any(character) ? [place] : [];
  return part === character ? [place + 1] : [];
}

/** The places with those that stars of nothing lead to, each once. */
function reach(parts: readonly Part[], places: readonly number[]): number[] {
  const all = new Set<number>();
  for (let place of places) {
    all.add(place);
    while (typeof parts[place] === 'object') all.add(++place);
  }
  return [...all];
}
