import type { Output, OutputSpan } from '../../protocol/output.ts';
import { t } from '../words.ts';
import { AnsiReader, type Style } from './ansi.ts';

/**
 * Shows a command's growing output inside one element that it owns. What was shown stays; only what came is added, unless
 * the middle was cut out meanwhile.
 */
export class OutputView {
  readonly #element: HTMLElement;
  #readers = newReaders();
  /** The nodes of the line being written, removed when a carriage return writes it anew. */
  #line: ChildNode[] = [];
  #returned = false;
  /** Characters of the kept output that are shown. */
  #shown = 0;
  #omitted = 0;
  #gapShown = false;
  #end: string | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  update(output: Output): void {
    if (output.omitted !== this.#omitted || output.end !== this.#end) this.#restart();
    this.#omitted = output.omitted;
    let place = 0;
    const show = (spans: readonly OutputSpan[]): void => {
      for (const { stream, text } of spans) {
        const seen = Math.max(0, this.#shown - place);
        if (seen < text.length) this.#write(stream, text.slice(seen));
        place += text.length;
      }
    };
    show(output.start);
    if (output.omitted > 0 && !this.#gapShown) this.#showGap(output.omitted);
    show(output.rest);
    this.#shown = place;
    if (output.end !== undefined && this.#end === undefined) this.#write('stdout', output.end);
    this.#end = output.end;
  }

  #restart(): void {
    this.#element.replaceChildren();
    this.#readers = newReaders();
    this.#line = [];
    this.#returned = false;
    this.#shown = 0;
    this.#gapShown = false;
    this.#end = undefined;
  }

  #showGap(omitted: number): void {
    const gap = document.createElement('span');
    gap.className = 'output-gap';
    gap.textContent = t('… {0} characters left out …', omitted.toLocaleString());
    this.#element.append(gap);
    this.#line = [];
    this.#gapShown = true;
  }

  #write(stream: OutputSpan['stream'], text: string): void {
    for (const piece of this.#readers[stream].read(text)) {
      if (piece === 'return') this.#returned = true;
      else this.#writePiece(stream, piece.text, piece.style);
    }
  }

  #writePiece(stream: OutputSpan['stream'], text: string, style: Style): void {
    if (this.#returned) {
      for (const node of this.#line) node.remove();
      this.#line = [];
      this.#returned = false;
    }
    const newline = text.lastIndexOf('\n');
    if (newline >= 0) {
      this.#append(stream, text.slice(0, newline + 1), style);
      this.#line = [];
    }
    if (newline + 1 < text.length) this.#line.push(this.#append(stream, text.slice(newline + 1), style));
  }

  #append(stream: OutputSpan['stream'], text: string, style: Style): ChildNode {
    const bare = stream === 'stdout' && Object.values(style).every((value) => value === undefined);
    const node = bare ? document.createTextNode(text) : styled(stream, text, style);
    this.#element.append(node);
    return node;
  }
}

function newReaders(): Record<OutputSpan['stream'], AnsiReader> {
  return { stdout: new AnsiReader(), stderr: new AnsiReader() };
}

/** Colours of the theme are classes, other colours are set on the element itself: the page's policy allows no style text. */
function styled(stream: OutputSpan['stream'], text: string, style: Style): HTMLElement {
  const span = document.createElement('span');
  span.textContent = text;
  if (stream === 'stderr') span.classList.add('stderr');
  for (const flag of ['bold', 'dim', 'italic', 'underline'] as const)
    if (style[flag] === true) span.classList.add(`ansi-${flag}`);
  const { foreground, background } =
    style.inverse === true ? { foreground: style.background, background: style.foreground } : style;
  if (style.inverse === true) span.classList.add('ansi-inverse');
  paint(span, 'fg', foreground);
  paint(span, 'bg', background);
  return span;
}

function paint(span: HTMLElement, side: 'fg' | 'bg', colour: number | string | undefined): void {
  if (typeof colour === 'number') span.classList.add(`ansi-${side}-${colour}`);
  else if (colour !== undefined) span.style.setProperty(side === 'fg' ? 'color' : 'background-color', colour);
}
