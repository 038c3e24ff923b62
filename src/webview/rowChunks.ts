import type { ItemId } from '../protocol/ids.ts';

/** Rows of a section that are built together, once a reader comes near. */
const CHUNK_ROWS = 8;

/**
 * Cuts the rows of a section into chunks. Pure. A chunk of `previous` that still holds is the same array again, so that who
 * shows it need not render anew, whatever was added before or after it; only the last one grows.
 */
export function rowChunks(
  rows: readonly ItemId[],
  previous: readonly (readonly ItemId[])[] = [],
): readonly (readonly ItemId[])[] {
  const known = previous[0]?.[0];
  const start = known === undefined ? -1 : rows.indexOf(known);
  if (start < 0) return cut(rows);
  const kept: (readonly ItemId[])[] = [];
  let at = start;
  for (const chunk of previous) {
    if (!chunk.every((itemId, index) => rows[at + index] === itemId)) break;
    kept.push(chunk);
    at += chunk.length;
  }
  const last = kept.at(-1);
  if (last !== undefined && last.length < CHUNK_ROWS && at < rows.length) {
    at -= last.length;
    kept.pop();
  }
  return [...cut(rows.slice(0, start)), ...kept, ...cut(rows.slice(at))];
}

function cut(rows: readonly ItemId[]): (readonly ItemId[])[] {
  const chunks: (readonly ItemId[])[] = [];
  for (let at = 0; at < rows.length; at += CHUNK_ROWS) chunks.push(rows.slice(at, at + CHUNK_ROWS));
  return chunks;
}
