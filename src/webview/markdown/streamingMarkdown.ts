import { cutBlocks, openFence } from './blocks.ts';
import { colourCode } from './colour.ts';
import { renderMarkdown } from './render.ts';

/** Nodes of finished blocks that are laid out together. */
const PART_NODES = 48;
/** How much Markdown is rendered in one frame, in characters: more would be felt. */
const AT_ONCE = 4_000;
/** How many times as long as it took to render, what grows is not rendered again: an open block may be very long. */
const REST = 4;
/** The longest that what came waits for that, in milliseconds, and what is no rest at all. */
const LONGEST_REST_MS = 2_000;
const FRAME_MS = 16;
/** The address of links that stands by itself. */
const definition = /^ {0,3}\[[^\]\n]+\]:/m;

/**
 * Shows Markdown that grows, inside one element that it owns: finished blocks are rendered once and stay, the last one is
 * rendered again at most once a frame, less often where that takes long, and text inside an open code fence is only added (25 times less
 * work than rendering anew). Finished blocks stand in parts, and a full one costs the browser a single box where nobody
 * looks: what a frame costs does not grow with the text before it. What comes at once and is very long is rendered over
 * several frames, from its beginning.
 */
export class StreamingMarkdown {
  readonly #element: HTMLElement;
  readonly #open = document.createElement('div');
  /** The last of the parts, which is filled. */
  #part: HTMLElement | undefined;
  /** How much of the text is in the parts. */
  #finishedLength = 0;
  #shown = '';
  #wanted = '';
  #done = false;
  /** Whether what is shown is all there is: then its last block is among the parts. */
  #over = false;
  /** Whether blocks of what is shown wait for the next frame. */
  #behind = false;
  #frame: number | undefined;
  #restsUntil = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    element.replaceChildren(this.#open);
  }

  /** Shows `text`; `done` says that no more will come. The first text is shown at once, later ones with the next frame. */
  update(text: string, done: boolean): void {
    this.#wanted = text;
    this.#done = done;
    if (this.#shown === '') return this.#flush();
    this.#flushSoon();
  }

  dispose(): void {
    clearTimeout(this.#resting);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  /** With the next frame, or when the page has rested; what is done waits for nothing. */
  #flushSoon(): void {
    const rest = this.#done ? 0 : this.#restsUntil - performance.now();
    clearTimeout(this.#resting);
    if (rest > FRAME_MS) this.#resting = setTimeout(() => this.#flushSoon(), rest);
    else this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#frame = undefined;
    const began = performance.now();
    this.#render();
    const took = performance.now() - began;
    this.#restsUntil = began + took + Math.min(REST * took, LONGEST_REST_MS);
  }

  #render(): void {
    const text = this.#wanted;
    const before = this.#shown;
    if (text === before && !this.#behind && (this.#over || !this.#done)) return;
    const anew = this.#over || !text.startsWith(before);
    if (anew) this.#restart();
    else if (!this.#done && !this.#behind && this.#extendFence(before, text))
      return void (this.#shown = text);
    this.#shown = text;
    const came = anew ? text.length : text.length - before.length;
    // A definition may stand behind all that refers to it.
    const isMuch = this.#behind || (came > AT_ONCE && !definition.test(text));
    this.#behind = isMuch && this.#finishSome(text.slice(this.#finishedLength));
    if (this.#behind) {
      this.#open.replaceChildren();
      this.#frame = requestAnimationFrame(() => this.#flush());
      return;
    }
    const rest = text.slice(this.#finishedLength);
    if (this.#done) {
      this.#open.remove();
      this.#over = true;
      return this.#finish(rest);
    }
    const { finished, open } = cutBlocks(rest);
    if (finished.length > 0) this.#finish(finished.join(''));
    this.#open.replaceChildren(renderMarkdown(open));
  }

  /** Adds the first blocks of a text that is too long for one frame. Says whether it did, and the rest is left. */
  #finishSome(rest: string): boolean {
    for (let length = AT_ONCE; length < rest.length; length *= 4) {
      const { finished } = cutBlocks(rest.slice(0, length));
      if (finished.length === 0) continue;
      this.#finish(finished.join(''));
      return true;
    }
    return false;
  }

  /** Adds finished blocks to the parts. */
  #finish(text: string): void {
    this.#finishedLength += text.length;
    for (const node of [...renderMarkdown(text).childNodes]) {
      if (this.#part === undefined || this.#part.childNodes.length >= PART_NODES) this.#beginPart();
      this.#part?.append(node);
      if (node instanceof Element) colourCode(node);
    }
  }

  #beginPart(): void {
    this.#part?.classList.add('full-part');
    this.#part = document.createElement('div');
    this.#element.insertBefore(this.#part, this.#over ? null : this.#open);
  }

  /** What came is not a longer version of what was shown: a completed message may replace its chunks. */
  #restart(): void {
    this.#element.replaceChildren(this.#open);
    this.#part = undefined;
    this.#finishedLength = 0;
    this.#over = false;
    this.#behind = false;
  }

  /** Adds to an open code fence what cannot close it. Says whether that was possible. */
  #extendFence(before: string, text: string): boolean {
    const added = text.slice(before.length);
    if (/[`~\r]/.test(added)) return false;
    if (!openFence(before.slice(this.#finishedLength))) return false;
    const code = this.#open.querySelector(':scope > .code-block > pre > code');
    const last = code?.lastChild;
    if (!(last instanceof Text)) return false;
    last.appendData(added);
    return true;
  }
}
