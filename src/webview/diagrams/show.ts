import { errorText } from '../../base/errorText.ts';
import { t } from '../words.ts';
import { draw, type Drawing } from './draw.ts';
import { sourceButton } from './sourceButton.ts';

/** A wide diagram shrinks to this share of its size at most, so that it can be read; beyond, one scrolls. */
const SMALLEST = 0.6;
/** How far outside of what is seen diagrams are drawn, so that a reader who scrolls finds them there. */
const MARGIN = '800px 0px';

/** The blocks of code that are shown as diagrams, to be drawn again when the theme changes. */
const shown = new Set<WeakRef<HTMLElement>>();
const diagrams = new WeakMap<Element, Diagram>();
const observers = new WeakMap<Element, IntersectionObserver>();
let watching = false;

/**
 * Shows a block of code as the diagram it describes, with its source behind a button, as soon as a reader is near. One that
 * cannot be drawn stays the source, and says why. `nonce` is the page's.
 */
export function show(block: HTMLElement, nonce: string): void {
  const pre = block.querySelector('pre');
  if (pre === null || diagrams.has(block)) return;
  diagrams.set(block, new Diagram(block, pre, nonce));
  shown.add(new WeakRef(block));
  if (!watching) watchTheme();
  observerOf(block.closest('.transcript') ?? document.documentElement).observe(block);
}

/** One block of code, and what is shown of it: its picture, or why there is none. */
class Diagram {
  readonly #block: HTMLElement;
  readonly #pre: HTMLElement;
  readonly #nonce: string;
  #near = false;
  #drawing = false;
  /** Whether what is shown is that of its source in this theme. */
  #current = false;
  /** Where the picture is, and the button that shows the source instead. */
  #placed: { readonly frame: HTMLElement; readonly button: HTMLElement } | undefined;
  #problem: HTMLElement | undefined;

  constructor(block: HTMLElement, pre: HTMLElement, nonce: string) {
    this.#block = block;
    this.#pre = pre;
    this.#nonce = nonce;
  }

  /** Says whether a reader is near. */
  come(near: boolean): void {
    this.#near = near;
    void this.#draw();
  }

  /** Draws it again, because what it is drawn from has changed. */
  renew(): void {
    this.#current = false;
    void this.#draw();
  }

  async #draw(): Promise<void> {
    if (this.#current || this.#drawing || !this.#near || !this.#block.isConnected) return;
    this.#drawing = true;
    this.#current = true;
    const source = this.#pre.textContent;
    try {
      const drawing = await draw(source, this.#nonce);
      this.#show(await pictureOf(drawing, source));
    } catch (error) {
      this.#tell(errorText(error));
    }
    this.#drawing = false;
    // What has changed meanwhile is drawn after it.
    void this.#draw();
  }

  #show(picture: HTMLImageElement): void {
    this.#problem?.remove();
    this.#problem = undefined;
    if (this.#placed === undefined) {
      const frame = document.createElement('div');
      frame.className = 'diagram';
      frame.tabIndex = 0;
      frame.setAttribute('role', 'group');
      frame.setAttribute('aria-label', t('Diagram'));
      const button = sourceButton(frame, this.#pre);
      this.#pre.before(frame);
      this.#pre.hidden = true;
      this.#block.querySelector('.code-tools')?.prepend(button);
      this.#placed = { frame, button };
    }
    this.#placed.frame.replaceChildren(picture);
  }

  #tell(why: string): void {
    this.#placed?.frame.remove();
    this.#placed?.button.remove();
    this.#placed = undefined;
    this.#pre.hidden = false;
    if (this.#problem === undefined) {
      this.#problem = document.createElement('div');
      this.#problem.className = 'diagram-problem';
      this.#pre.before(this.#problem);
    }
    this.#problem.textContent = t('This diagram cannot be drawn: {0}', why);
  }
}

async function pictureOf(drawing: Drawing, source: string): Promise<HTMLImageElement> {
  const picture = new Image(drawing.width, drawing.height);
  picture.alt = t('Diagram: {0}', source.trim().split('\n')[0] ?? '');
  picture.style.minWidth = `${Math.round(drawing.width * SMALLEST)}px`;
  picture.src = drawing.source;
  await picture.decode();
  return picture;
}

function observerOf(root: Element): IntersectionObserver {
  const known = observers.get(root);
  if (known !== undefined) return known;
  const made = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) diagrams.get(target)?.come(isIntersecting);
    },
    { root: root === document.documentElement ? null : root, rootMargin: MARGIN },
  );
  observers.set(root, made);
  return made;
}

/** The editor changes the classes of the body with the theme, and its variables with them. */
function watchTheme(): void {
  watching = true;
  new MutationObserver(() => {
    for (const known of shown) {
      const block = known.deref();
      if (block?.isConnected !== true) shown.delete(known);
      else diagrams.get(block)?.renew();
    }
  }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
