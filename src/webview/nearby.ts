import { createContext } from 'preact';
import { toDisposable, type Disposable } from '../base/disposable.ts';

/** How far outside of what is seen rows are built, so that a reader who scrolls finds them there. */
const MARGIN = '1500px 0px';
/** How long what waits for the browser to be idle may wait, in milliseconds. */
const LATEST_IDLE = 2_000;

/** Tells elements of the transcript that a reader has come near, one a frame, the latest first. Owned by the transcript. */
export class Nearby implements Disposable {
  readonly #observer: IntersectionObserver;
  readonly #waiting = new Map<Element, () => void>();
  readonly #near: Element[] = [];
  readonly #later = new Set<() => void>();
  #frame: number | undefined;
  #idle: number | undefined;

  constructor(scroller: Element) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.#near.push(
          ...entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target),
        );
        this.#frame ??= requestAnimationFrame(() => this.#next());
      },
      { root: scroller, rootMargin: MARGIN },
    );
  }

  /** Calls `come` once, as soon as the element is near. */
  watch(element: Element, come: () => void): Disposable {
    this.#waiting.set(element, come);
    this.#observer.observe(element);
    return toDisposable(() => this.#forget(element));
  }

  /** Calls `build` once, when the browser has nothing else to do; what was asked for last comes first. */
  whenIdle(build: () => void): Disposable {
    this.#later.add(build);
    this.#awaitIdle();
    return toDisposable(() => void this.#later.delete(build));
  }

  dispose(): void {
    this.#observer.disconnect();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    if (this.#idle !== undefined) cancelIdleCallback(this.#idle);
    this.#waiting.clear();
    this.#later.clear();
  }

  #awaitIdle(): void {
    this.#idle ??= requestIdleCallback(() => this.#buildLater(), { timeout: LATEST_IDLE });
  }

  #buildLater(): void {
    this.#idle = undefined;
    const build = [...this.#later].at(-1);
    if (build === undefined) return;
    this.#later.delete(build);
    build();
    this.#awaitIdle();
  }

  #next(): void {
    this.#frame = undefined;
    const element = this.#near.pop();
    if (element === undefined) return;
    const come = this.#waiting.get(element);
    this.#forget(element);
    come?.();
    this.#frame = requestAnimationFrame(() => this.#next());
  }

  #forget(element: Element): void {
    this.#waiting.delete(element);
    this.#observer.unobserve(element);
  }
}

/** The transcript's `Nearby`; absent until its element is there. */
export const NearbyContext = createContext<{ readonly current: Nearby | undefined }>({ current: undefined });
