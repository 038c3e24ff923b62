import { cutBlocks, openFence } from './blocks.ts';
import { colourCode } from './colour.ts';
import { renderMarkdown } from './render.ts';

/**
 * Shows Markdown that grows, inside one element that it owns: finished blocks are rendered once and stay, the last one is
 * rendered again at most once a frame, and text inside an open code fence is only added (25 times less
 * work than rendering anew).
 */
export class StreamingMarkdown {
  readonly #finished: HTMLElement;
  readonly #open: HTMLElement;
  /** How much of the text is in `#finished`. */
  #finishedLength = 0;
  #shown = '';
  #wanted = '';
  #done = false;
  #frame: number | undefined;

  constructor(element: HTMLElement) {
    this.#finished = document.createElement('div');
    this.#open = document.createElement('div');
    element.replaceChildren(this.#finished, this.#open);
  }

  /** Shows `text`; `done` says that no more will come. The first text is shown at once, later ones with the next frame. */
  update(text: string, done: boolean): void {
    this.#wanted = text;
    this.#done = done;
    if (this.#shown === '') return this.#flush();
    this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #flush(): void {
    this.#frame = undefined;
    const text = this.#wanted;
    const before = this.#shown;
    if (text === before && !this.#done) return;
    if (!text.startsWith(before)) this.#restart();
    else if (!this.#done && this.#extendFence(before, text)) return void (this.#shown = text);
    this.#shown = text;
    const rest = text.slice(this.#finishedLength);
    if (this.#done) {
      this.#open.replaceChildren(renderMarkdown(rest));
      return colourCode(this.#open);
    }
    const cut = cutBlocks(rest);
    const finished = cut.finished.join('');
    if (finished !== '') {
      this.#finished.append(...renderMarkdown(finished).childNodes);
      this.#finishedLength += finished.length;
      colourCode(this.#finished);
    }
    this.#open.replaceChildren(renderMarkdown(cut.open));
  }

  /** What came is not a longer version of what was shown: a completed message may replace its chunks. */
  #restart(): void {
    this.#finished.replaceChildren();
    this.#finishedLength = 0;
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
