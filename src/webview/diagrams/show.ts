import { errorText } from '../../base/errorText.ts';
import { t } from '../words.ts';
import { draw } from './draw.ts';

/** A wide diagram shrinks to this share of its size at most, so that it can be read; beyond, one scrolls. */
const SMALLEST = 0.6;

/** The blocks of code that are shown as diagrams, to be drawn again when the theme changes. */
const shown = new Set<WeakRef<HTMLElement>>();
let watching = false;

/**
 * Shows a block of code as the diagram it describes, with its source behind a button. One that cannot be drawn stays the
 * source, and says why. `nonce` is the page's.
 */
export function show(block: HTMLElement, nonce: string): void {
  shown.add(new WeakRef(block));
  if (!watching) watchTheme(nonce);
  void redraw(block, nonce);
}

async function redraw(block: HTMLElement, nonce: string): Promise<void> {
  const pre = block.querySelector('pre');
  const source = pre?.textContent ?? '';
  if (pre === null || !block.isConnected) return;
  try {
    const drawing = await draw(source, nonce);
    const picture = new Image(drawing.width, drawing.height);
    picture.alt = t('Diagram: {0}', source.trim().split('\n')[0] ?? '');
    picture.style.minWidth = `${Math.round(drawing.width * SMALLEST)}px`;
    picture.src = drawing.source;
    await picture.decode();
    place(block, pre).replaceChildren(picture);
  } catch (error) {
    block.querySelector('.diagram')?.remove();
    pre.hidden = false;
    const problem = block.querySelector('.diagram-problem') ?? document.createElement('div');
    problem.className = 'diagram-problem';
    problem.textContent = t('This diagram cannot be drawn: {0}', errorText(error));
    pre.before(problem);
  }
}

/** Where the picture goes, with the button that shows the source instead. */
function place(block: HTMLElement, pre: HTMLElement): HTMLElement {
  const before = block.querySelector<HTMLElement>('.diagram');
  if (before !== null) return before;
  const frame = document.createElement('div');
  frame.className = 'diagram';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', t('Diagram'));
  pre.before(frame);
  pre.hidden = true;
  block.querySelector('.code-tools')?.prepend(sourceButton(frame, pre));
  return frame;
}

function sourceButton(frame: HTMLElement, pre: HTMLElement): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'icon-button';
  button.title = t('Show source');
  button.setAttribute('aria-label', t('Show source'));
  button.setAttribute('aria-pressed', 'false');
  const icon = document.createElement('span');
  icon.className = 'codicon codicon-code';
  icon.setAttribute('aria-hidden', 'true');
  button.append(icon);
  button.addEventListener('click', () => {
    pre.hidden = !pre.hidden;
    frame.hidden = !pre.hidden;
    button.setAttribute('aria-pressed', String(!pre.hidden));
  });
  return button;
}

/** The editor changes the classes of the body with the theme, and its variables with them. */
function watchTheme(nonce: string): void {
  watching = true;
  new MutationObserver(() => {
    for (const known of shown) {
      const block = known.deref();
      if (block?.isConnected !== true) shown.delete(known);
      else void redraw(block, nonce);
    }
  }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
