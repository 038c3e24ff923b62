import { signal, type Signal } from '@preact/signals';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable.ts';

/** How near to the end counts as being there, in pixels. */
const NEAR = 32;

/** Keeps a scrolled element at its end while a reader is there, and never otherwise (U3, "jump to latest"). */
export interface FollowBottom extends Disposable {
  /** Whether the end is followed. */
  readonly following: Signal<boolean>;
  jump(): void;
}

/**
 * Follows the end of `content` inside `scroller`. Only a person's own scrolling away from the end stops it, and only
 * coming back to the end, or `jump`, starts it again.
 */
export function followBottom(scroller: HTMLElement, content: HTMLElement): FollowBottom {
  const owned = new DisposableStore();
  const following = signal(true);
  let lastTop = scroller.scrollTop;
  let lastHeight = scroller.scrollHeight;

  const distance = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const toEnd = (): void => {
    scroller.scrollTop = scroller.scrollHeight;
    lastTop = scroller.scrollTop;
    lastHeight = scroller.scrollHeight;
  };
  const onScroll = (): void => {
    const { scrollTop, scrollHeight } = scroller;
    // A shrinking transcript or a growing window moves the view up by itself; only another move is the reader's.
    if (scrollTop < lastTop)
      following.value = following.value && (scrollHeight < lastHeight || distance() <= 1);
    else if (distance() <= NEAR) following.value = true;
    lastTop = scrollTop;
    lastHeight = scrollHeight;
    if (following.value && distance() > NEAR) toEnd();
  };
  const onWheel = (event: WheelEvent): void => {
    if (event.deltaY < 0 && scroller.scrollHeight > scroller.clientHeight) following.value = false;
  };

  scroller.addEventListener('scroll', onScroll, { passive: true });
  scroller.addEventListener('wheel', onWheel, { passive: true });
  owned.add(
    toDisposable(() => {
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('wheel', onWheel);
    }),
  );
  const observer = new ResizeObserver(() => {
    // What can all be seen has no end to come back to.
    following.value ||= scroller.scrollHeight <= scroller.clientHeight;
    if (following.value) toEnd();
  });
  observer.observe(content);
  observer.observe(scroller);
  owned.add(toDisposable(() => observer.disconnect()));
  return {
    following,
    jump() {
      following.value = true;
      toEnd();
    },
    dispose: () => owned.dispose(),
  };
}
