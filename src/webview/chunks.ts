/**
 * Cuts a list into chunks of at most `size`. Pure. A chunk of `previous` that still holds is the same array again, so that who
 * shows it need not render anew, whatever was added before or after it; only the last one grows.
 */
export function chunksOf<T>(
  all: readonly T[],
  size: number,
  previous: readonly (readonly T[])[] = [],
): readonly (readonly T[])[] {
  const known = previous.findIndex((chunk) => all.includes(chunk[0] as T));
  const first = previous[known]?.[0];
  if (first === undefined) return cut(all, size);
  const start = all.indexOf(first);
  const kept: (readonly T[])[] = [];
  let at = start;
  for (const chunk of previous.slice(known)) {
    if (!chunk.every((one, index) => all[at + index] === one)) break;
    kept.push(chunk);
    at += chunk.length;
  }
  const last = kept.at(-1);
  if (last !== undefined && last.length < size && at < all.length) {
    at -= last.length;
    kept.pop();
  }
  return [...cut(all.slice(0, start), size), ...kept, ...cut(all.slice(at), size)];
}

function cut<T>(all: readonly T[], size: number): (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < all.length; at += size) chunks.push(all.slice(at, at + size));
  return chunks;
}
