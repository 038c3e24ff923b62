import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { ItemId } from '../protocol/ids.ts';
import { chunksOf } from './chunks.ts';
import { useReached } from './reached.ts';
import { RowView } from './rowView.tsx';

/** Rows that are built, and laid out, together. */
const CHUNK_ROWS = 8;

/**
 * Some rows in a row. Those at the end of the transcript are built at once, others when a reader comes near: an empty box
 * holds their place until then, so that thousands of rows cost nothing while nobody looks (U3). `near` says that a reader is
 * near enough to watch for.
 */
function RowsView({ rows, near }: { rows: readonly ItemId[]; near: boolean }): VNode {
  const { box, built, style } = useReached(rows, near);
  return (
    <div ref={box} class="rows" style={style}>
      {built && rows.map((itemId) => <RowView key={itemId} itemId={itemId} />)}
    </div>
  );
}

/** Many rows in chunks. What a long turn costs is a box for each of these, whatever stands in it, until a reader comes near. */
export function ChunksView({ rows, near }: { rows: readonly ItemId[]; near: boolean }): VNode {
  const { box, built, style } = useReached(rows, near);
  const chunks = useRef<readonly (readonly ItemId[])[]>(undefined);
  chunks.current = chunksOf(rows, CHUNK_ROWS, chunks.current);
  return (
    <div ref={box} class="chunks" style={style}>
      {built && chunks.current.map((chunk) => <RowsView key={chunk[0]} rows={chunk} near />)}
    </div>
  );
}
