/** How many frames a place has to stay where it is to count as settled, and how many it is held at most. */
const STILL = 12;
const MOST = 90;

/**
 * Scrolls to an element, and again while rows around it are built, which may be higher than they were taken to be. Ends
 * when it stays, when `goesOn` says so, or when the reader scrolls or types.
 */
export async function bringIntoView(element: Element, goesOn: () => boolean = () => true): Promise<void> {
  const own = new AbortController();
  for (const name of ['wheel', 'pointerdown', 'keydown'])
    window.addEventListener(name, () => own.abort(), { signal: own.signal, passive: true });
  let top = NaN;
  for (let frame = 0, still = 0; frame < MOST && still < STILL; frame++, still++) {
    if (own.signal.aborted || !goesOn() || !element.isConnected) break;
    if (element.getBoundingClientRect().top !== top) {
      element.scrollIntoView({ block: 'center' });
      ({ top } = element.getBoundingClientRect());
      still = 0;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  own.abort();
}
