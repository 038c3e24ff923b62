import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { ItemId } from '../protocol/ids.ts';
import { usePage } from './context.ts';
import { NearbyContext } from './nearby.ts';

/** A box for some rows, and whether they are built in it. */
export interface Reached {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly built: boolean;
  /** Holds their place until then. */
  readonly style: Readonly<Record<string, string>>;
}

/**
 * Whether some rows are built: those at the end of the transcript at once, others when a reader comes near or something leads
 * to them. What was built stays. `near` says that a reader is near enough to watch for.
 */
export function useReached(rows: readonly ItemId[], near: boolean): Reached {
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
  return {
    box,
    built,
    style: built ? { containIntrinsicBlockSize: `auto ${height}`, height: '' } : { height },
  };
}
