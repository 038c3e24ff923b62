import { openFence } from './blocks.ts';
import { colourCode } from './colour.ts';
import { Definitions } from './definitions.ts';
import { inFrame } from '../frames.ts';
import { goOn } from './goesOn.ts';
import { AT_ONCE, MOST_BLOCK, nextPiece, stillGoing, type Going, type Piece } from './pieces.ts';
import { renderMarkdown } from './render.ts';

/** Nodes of finished blocks that are laid out together, and the characters they are made of. */
const PART_NODES = 48;
const PART_LENGTH = 16_000;

/**
 * Shows Markdown that grows, inside one element that it owns: finished blocks are rendered once and stay, the last one is
 * rendered again at most once a frame, and text inside an open code fence is only added (25 times less
 * work than rendering anew). Finished blocks stand in parts, and a full one costs the browser a single box where nobody
 * looks: what a frame costs does not grow with the text before it. What comes at once and is very long is rendered over
 * several frames, from its beginning, and so is a single block that is very long (`pieces.ts`).
 */
export class StreamingMarkdown {
  readonly #element: HTMLElement;
  readonly #open = document.createElement('div');
  /** The last of the parts, which is filled, and how much it was made of. */
  #part: HTMLElement | undefined;
  #partLength = 0;
  /** How much of the text is in the parts, and how the block goes on that they end in. */
  #finishedLength = 0;
  #going: Going | undefined;
  #definitions = new Definitions();
  #shown = '';
  #wanted = '';
  #done = false;
  /** Whether what is shown is all there is: then its last block is among the parts. */
  #over = false;
  /** Whether blocks of what is shown wait for the next frame. */
  #behind = false;
  #callOff: (() => void) | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    element.replaceChildren(this.#open);
  }

  /** Shows `text`; `done` says that no more will come. The first text is shown at once, later ones with the next frame. */
  update(text: string, done: boolean): void {
    this.#wanted = text;
    this.#done = done;
    if (this.#shown === '') return this.#flush();
    this.#flushLater();
  }

  dispose(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #flushLater(): void {
    this.#callOff ??= inFrame(() => {
      this.#callOff = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const text = this.#wanted;
    const before = this.#shown;
    if (text === before && !this.#behind && (this.#over || !this.#done)) return;
    if (this.#over || !text.startsWith(before)) this.#restart();
    else if (!this.#done && !this.#behind && this.#extendFence(before, text))
      return void (this.#shown = text);
    this.#shown = text;
    this.#definitions.take(text, this.#done);
    this.#behind = this.#finishSome(text);
    if (this.#behind) {
      this.#open.replaceChildren();
      return this.#flushLater();
    }
    const rest = text.slice(this.#finishedLength);
    const from = stillGoing(rest, this.#going);
    const last = { source: (from?.prefix ?? '') + rest, from };
    if (this.#done) {
      this.#open.remove();
      this.#over = true;
      return this.#finish({ ...last, length: rest.length });
    }
    this.#open.replaceChildren(this.#render(last, undefined));
  }

  /** Adds finished blocks, of what is long not more than one frame has room for. Says whether there are more. */
  #finishSome(text: string): boolean {
    for (let added = 0; added < AT_ONCE;) {
      const rest = text.slice(this.#finishedLength);
      // What is short and will not change is rendered as it is.
      if (this.#done && rest.length <= AT_ONCE) return false;
      const piece = nextPiece(rest, this.#going);
      if (piece === undefined) return false;
      this.#finish(piece);
      added += piece.length;
      // All but the last block of what is short were in it.
      if (rest.length <= AT_ONCE) return false;
    }
    return true;
  }

  /** Adds finished blocks to the parts. */
  #finish(piece: Piece): void {
    const { length, from, going } = piece;
    const nodes = this.#render(piece, this.#part?.lastElementChild);
    const isCodeOver = from?.kind === 'code' && going?.kind !== 'code';
    this.#going = going;
    this.#finishedLength += length;
    if (this.#partLength >= PART_LENGTH && nodes.firstChild !== null) this.#beginPart();
    this.#partLength += length;
    for (const node of [...nodes.childNodes]) {
      if (this.#part === undefined || this.#part.childNodes.length >= PART_NODES) this.#beginPart();
      this.#part?.append(node);
      // Code is coloured when all of it is there.
      if (node instanceof Element && going?.kind !== 'code') colourCode(node);
    }
    if (isCodeOver && this.#part !== undefined) colourCode(this.#part);
  }

  /** What stands next, `before` being what it may go on from. */
  #render(
    { source, from }: Pick<Piece, 'source' | 'from'>,
    before: Element | null | undefined,
  ): DocumentFragment {
    const nodes = renderMarkdown(source, this.#definitions.of(source));
    if (from !== undefined) goOn(nodes, from, before);
    return nodes;
  }

  #beginPart(): void {
    this.#part?.classList.add('full-part');
    this.#part = document.createElement('div');
    this.#partLength = 0;
    this.#element.insertBefore(this.#part, this.#over ? null : this.#open);
  }

  /** What came is not a longer version of what was shown: a completed message may replace its chunks. */
  #restart(): void {
    this.#element.replaceChildren(this.#open);
    this.#part = undefined;
    this.#partLength = 0;
    this.#finishedLength = 0;
    this.#going = undefined;
    this.#definitions = new Definitions();
    this.#over = false;
    this.#behind = false;
  }

  /** Adds to an open code fence what cannot close it. Says whether that was possible. */
  #extendFence(before: string, text: string): boolean {
    const added = text.slice(before.length);
    if (text.length - this.#finishedLength > MOST_BLOCK || /[`~\r]/.test(added)) return false;
    if (!openFence((this.#going?.prefix ?? '') + before.slice(this.#finishedLength))) return false;
    const code = this.#open.querySelector(':scope > .code-block > pre > code');
    const last = code?.lastChild;
    if (!(last instanceof Text)) return false;
    // A block ends its last line, also where more of that is to come.
    if (!before.endsWith('\n') && last.data.endsWith('\n')) last.deleteData(last.length - 1, 1);
    last.appendData(added);
    return true;
  }
}
