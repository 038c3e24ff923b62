/** How long work of one frame may take before what is left waits for the next, in milliseconds. */
const BUDGET = 10;

let waiting: (() => void)[] = [];
let frame: number | undefined;

/**
 * Does something with the next frame, after what asked earlier; what finds no room in it comes with the one after. So many
 * who have much to do do not add up to one long frame. Returns what calls it off.
 */
export function inFrame(work: () => void): () => void {
  waiting.push(work);
  frame ??= requestAnimationFrame(run);
  return () => void (waiting = waiting.filter((each) => each !== work));
}

function run(): void {
  frame = undefined;
  const start = performance.now();
  let left = waiting.length;
  while (left-- > 0 && performance.now() - start < BUDGET) waiting.shift()?.();
  if (waiting.length > 0) frame ??= requestAnimationFrame(run);
}
