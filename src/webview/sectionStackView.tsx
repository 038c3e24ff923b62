import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { NearbyContext } from './nearby.ts';
import type { Group } from './sectionGroups.ts';
import { SectionGroupView } from './sectionGroupView.tsx';

/** What stands between two groups, in pixels, as the styles have it. */
const GAP = 6;

/** Groups of sections, which are one box for the browser where no reader is near: what a frame costs hardly grows with them (U3). */
export function SectionStackView({ groups }: { groups: readonly Group[] }): VNode {
  const { store } = usePage();
  const nearby = useContext(NearbyContext);
  const box = useRef<HTMLDivElement>(null);
  const near = useSignal(store.atEnd(groups.at(-1)?.at(-1)?.rows.at(-1)));
  useEffect(() => {
    if (near.value || box.current === null) return undefined;
    const watch = nearby.current?.watch(box.current, () => (near.value = true));
    return () => watch?.dispose();
  }, [near.value, near, nearby]);
  // Never another one: see `SectionGroupView`.
  const [height] = useState(() => {
    const heights = groups.map((group) => store.heightOf(group.flatMap(({ rows }) => rows)));
    return heights.reduce((sum, one) => sum + one, GAP * (heights.length - 1));
  });
  return (
    <div ref={box} class="section-stack" style={{ containIntrinsicBlockSize: `auto ${height}px` }}>
      {groups.map((group) => (
        <SectionGroupView key={group[0]?.key} sections={group} watched={near.value} />
      ))}
    </div>
  );
}
