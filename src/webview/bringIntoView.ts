/** How many frames a place has to stay where it is to count as settled, and how many it is held at most. */
const STILL = 12;
const MOST = 90;

/**
 * Scrolls to an element or a stretch of text, and again while rows around it are built, which may be higher than they were
 * taken to be. Ends when it stays, when `goesOn` says so, or when the reader scrolls or types.
 */
export async function bringIntoView(
  place: Element | Range,
  goesOn: () => boolean = () => true,
): Promise<void> {
  const element = place instanceof Range ? place.startContainer.parentElement : place;
  const own = new AbortController();
  for (const name of ['wheel', 'pointerdown', 'keydown'])
    window.addEventListener(name, () => own.abort(), { signal: own.signal, passive: true });
  let top = NaN;
  for (let frame = 0, still = 0; frame < MOST && still < STILL; frame++, still++) {
    if (own.signal.aborted || !goesOn() || element?.isConnected !== true) break;
    if (place.getBoundingClientRect().top !== top) {
      element.scrollIntoView({ block: 'center' });
      if (place instanceof Range) centre(place, element);
      ({ top } = place.getBoundingClientRect());
      still = 0;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  own.abort();
}

/** Brings a stretch of text to the middle of all that scrolls around it: its element may be higher than they are. */
function centre(range: Range, element: Element): void {
  for (let box: Element | null = element; box !== null; box = box.parentElement) {
    if (!/auto|scroll/.test(getComputedStyle(box).overflowY)) continue;
    const { top, height } = range.getBoundingClientRect();
    // Text that is not drawn yet has no place; its element comes into view first.
    if (height === 0) return;
    const middle = box.getBoundingClientRect().top + box.clientHeight / 2;
    box.scrollTop += top + height / 2 - middle;
  }
}
