import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { NearbyContext } from './nearby.ts';
import type { Group } from './sectionGroups.ts';
import type { Section } from './sections.ts';
import { SectionView } from './sectionView.tsx';

/**
 * Some sections in a row. The browser lays them out only where a reader is near: what the transcript costs does not grow with
 * its length (U3). Where very many come at once, a box holds the place of those before the end until the page has time for
 * them, or a reader comes; `watched` says that one is near enough to watch for. Their headings are there as soon as they are
 * built, wherever the reader is (U6).
 */
export function SectionGroupView({ sections, watched }: { sections: Group; watched: boolean }): VNode {
  const { store } = usePage();
  const nearby = useContext(NearbyContext);
  const box = useRef<HTMLDivElement>(null);
  const last = sections.at(-1)?.rows.at(-1);
  const near = useSignal(store.atEnd(last));
  const built = useSignal(!store.canWait(last));
  const { value: revealed } = store.revealed;
  const isRevealed = ({ rows, repeat }: Section): boolean =>
    revealed !== undefined && (repeat === revealed || rows.includes(revealed));
  const shown = built.value || sections.some(isRevealed);
  useEffect(() => {
    if (shown) {
      built.value = true;
      return undefined;
    }
    const idle = nearby.current?.whenIdle(() => (built.value = true));
    return () => idle?.dispose();
  }, [shown, built, nearby]);
  useEffect(() => {
    if (near.value || !watched || box.current === null) return undefined;
    const watch = nearby.current?.watch(box.current, () => {
      built.value = true;
      near.value = true;
    });
    return () => watch?.dispose();
  }, [near.value, watched, near, built, nearby]);
  // Never another one: a change of its size would keep the browser from holding what is read in its place.
  const [height] = useState(() => `${store.heightOf(sections.flatMap(({ rows }) => rows))}px`);
  return (
    <div
      ref={box}
      class="section-group"
      style={shown ? { containIntrinsicBlockSize: `auto ${height}`, height: '' } : { height }}
    >
      {shown &&
        sections.map((section) => <SectionView key={section.key} section={section} near={near.value} />)}
    </div>
  );
}
