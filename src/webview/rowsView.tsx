import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { ItemId } from '../protocol/ids.ts';
import { usePage } from './context.ts';
import { NearbyContext } from './nearby.ts';
import { RowView } from './rowView.tsx';

/**
 * Some rows in a row. Those at the end of the transcript are built at once, others when a reader comes near: an empty box
 * holds their place until then, so that thousands of rows cost nothing while nobody looks (U3).
 */
export function RowsView({ rows }: { rows: readonly ItemId[] }): VNode {
  const { store } = usePage();
  const nearby = useContext(NearbyContext);
  const box = useRef<HTMLDivElement>(null);
  const near = useSignal(store.atEnd(rows.at(-1)));
  const built = near.value || rows.some((itemId) => itemId === store.revealed.value);
  useEffect(() => {
    // What was built stays, also when nothing leads there any more.
    if (built) near.value = true;
  }, [built, near]);
  useEffect(() => {
    if (built || box.current === null) return undefined;
    const watch = nearby.current?.watch(box.current, () => (near.value = true));
    return () => watch?.dispose();
  }, [built, near, nearby]);
  if (!built) return <div class="unbuilt" ref={box} style={{ height: `${store.heightOf(rows)}px` }} />;
  return (
    <>
      {rows.map((itemId) => (
        <RowView key={itemId} itemId={itemId} />
      ))}
    </>
  );
}
