import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePage } from './context.ts';

/** How long a row that was led to stays marked, in milliseconds. */
const MARKED_MS = 2_500;

/** Stands before the row that something led to: brings it into view, marks it for a moment, and goes. */
export function RevealMark(): VNode {
  const { store } = usePage();
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // A row that is not drawn by itself, such as the prompt of a command's card, is shown by the next one.
    let row = mark.current?.nextElementSibling;
    while (row?.getClientRects().length === 0) row = row.nextElementSibling;
    const shown = row;
    shown?.scrollIntoView({ block: 'center' });
    shown?.classList.add('revealed');
    const timer = setTimeout(() => (store.revealed.value = undefined), MARKED_MS);
    return () => {
      clearTimeout(timer);
      shown?.classList.remove('revealed');
    };
  }, [store]);
  return <span ref={mark} hidden />;
}
