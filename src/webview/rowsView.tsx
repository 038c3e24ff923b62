import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { ItemId } from '../protocol/ids.ts';
import { usePage } from './context.ts';
import { NearbyContext } from './nearby.ts';
import { RowView } from './rowView.tsx';

/**
 * Some rows in a row. Those at the end of the transcript are built at once, others when a reader comes near: an empty box
 * holds their place until then, so that thousands of rows cost nothing while nobody looks (U3). `near` says that a reader is
 * near enough to watch for.
 */
export function RowsView({ rows, near }: { rows: readonly ItemId[]; near: boolean }): VNode {
  const { store } = usePage();
  const nearby = useContext(NearbyContext);
  const box = useRef<HTMLDivElement>(null);
  const reached = useSignal(store.atEnd(rows.at(-1)));
  const built = reached.value || rows.some((itemId) => itemId === store.revealed.value);
  useEffect(() => {
    // What was built stays, also when nothing leads there any more.
    if (built) reached.value = true;
  }, [built, reached]);
  useEffect(() => {
    if (built || !near || box.current === null) return undefined;
    const watch = nearby.current?.watch(box.current, () => (reached.value = true));
    return () => watch?.dispose();
  }, [built, near, reached, nearby]);
  // Never another one: see `SectionGroupView`.
  const [height] = useState(() => `${store.heightOf(rows)}px`);
  return (
    <div
      ref={box}
      class="rows"
      style={built ? { containIntrinsicBlockSize: `auto ${height}`, height: '' } : { height }}
    >
      {built && rows.map((itemId) => <RowView key={itemId} itemId={itemId} />)}
    </div>
  );
}
