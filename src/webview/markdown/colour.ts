import { loadScript, nonce } from '../lazyScript.ts';

/** What the second script gives: see `highlight/main.ts`. */
interface Highlighter {
  highlight(code: string, language: string): DocumentFragment | undefined;
}

/** What the script that draws diagrams gives: see `diagrams/main.ts`. */
interface Diagrams {
  show(block: HTMLElement, nonce: string): void;
}

/** Code longer than this stays plain, in characters: colouring it would be felt. */
const LONGEST = 100_000;
/** So does code with a line longer than this: the browser lays out a line as one. */
const LONGEST_LINE = 10_000;

let loading: Promise<Highlighter | undefined> | undefined;
let loadingDiagrams: Promise<boolean> | undefined;

/**
 * Colours the finished code blocks inside an element when the browser has time, and shows those as diagrams that are. Their
 * text stays what it was.
 */
export function colourCode(element: ParentNode): void {
  for (const code of element.querySelectorAll<HTMLElement>('code[data-language]:not([data-coloured])')) {
    code.dataset['coloured'] = '';
    void (code.dataset['language'] === 'mermaid' ? drawDiagram(code) : colour(code));
  }
}

async function colour(code: HTMLElement): Promise<void> {
  const text = code.textContent;
  if (text.length > LONGEST || text.split('\n').some((line) => line.length > LONGEST_LINE)) return;
  const highlighter = await (loading ??= load());
  if (highlighter === undefined) return;
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }));
  if (!code.isConnected || code.textContent !== text) return;
  const coloured = highlighter.highlight(text, code.dataset['language'] ?? '');
  if (coloured?.textContent === text) code.replaceChildren(coloured);
}

/** A block whose script cannot be loaded stays what it is. */
async function drawDiagram(code: HTMLElement): Promise<void> {
  await (loadingDiagrams ??= loadScript('diagrams'));
  const block = code.closest<HTMLElement>('.code-block');
  if (block !== null) (window as { holdfastDiagrams?: Diagrams }).holdfastDiagrams?.show(block, nonce);
}

/** Loads the second script, once; code stays plain where that fails. */
async function load(): Promise<Highlighter | undefined> {
  const loaded = await loadScript('highlight');
  return loaded ? (window as { holdfastHighlight?: Highlighter }).holdfastHighlight : undefined;
}
