import type { KeptOfSession } from '../protocol/page.ts';

/** What is kept of each kind at most, in characters of its JSON: all of it is written down again as the person types. */
const MOST_KEPT = 1024 * 1024;

/**
 * What of this, oldest first, is kept, and what has to make room: the oldest of it, and never the last one. Pure.
 */
export function withinBound<T>(
  all: readonly T[],
  most = MOST_KEPT,
): { readonly stays: readonly T[]; readonly goes: readonly T[] } {
  let size = 0;
  let at = all.length;
  while (at > 0) {
    size += JSON.stringify(all[at - 1]).length;
    if (size > most && at < all.length) break;
    at--;
  }
  return { stays: all.slice(at), goes: all.slice(0, at) };
}

/** What a person typed of something that was kept; empty where that is nothing. Pure. */
export function typedIn(value: KeptOfSession[keyof KeptOfSession]): string {
  const texts: string[] = [];
  const gather = (part: unknown): void => {
    if (typeof part === 'string') texts.push(part);
    else if (typeof part === 'object' && part !== null) {
      // What goes with a text was chosen.
      for (const [name, each] of Object.entries(part)) if (name !== 'attachments') gather(each);
    }
  };
  gather(value);
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}
