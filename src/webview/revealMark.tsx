import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { bringIntoView } from './bringIntoView.ts';
import { usePage } from './context.ts';

/** Stands before the row that something led to: brings it into view and marks it, until the reader clicks or types. */
export function RevealMark(): VNode {
  const { store } = usePage();
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // A row that is not drawn by itself, such as the prompt of a command's card, is shown by the next one.
    let row = mark.current?.nextElementSibling;
    while (row && row.getBoundingClientRect().height <= 1) row = row.nextElementSibling;
    const shown = row;
    if (shown) void bringIntoView(shown, () => mark.current !== null);
    shown?.classList.add('revealed');
    const forget = (): void => void (store.revealed.value = undefined);
    window.addEventListener('pointerdown', forget);
    window.addEventListener('keydown', forget);
    return () => {
      window.removeEventListener('pointerdown', forget);
      window.removeEventListener('keydown', forget);
      shown?.classList.remove('revealed');
    };
  }, [store]);
  return <span ref={mark} hidden />;
}
