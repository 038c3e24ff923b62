import DOMPurify from 'dompurify';
import { loadScript } from '../lazyScript.ts';

/** What the second script gives: see `highlight/main.ts`. */
interface Highlighter {
  highlight(code: string, language: string): string | undefined;
}

/** Code longer than this stays plain, in characters: colouring it would be felt. */
const LONGEST = 100_000;

let loading: Promise<Highlighter | undefined> | undefined;
/** Colours the finished code blocks inside an element when the browser has time. Their text stays what it was. */
export function colourCode(element: ParentNode): void {
  for (const code of element.querySelectorAll<HTMLElement>('code[data-language]:not([data-coloured])')) {
    code.dataset['coloured'] = '';
    void colour(code);
  }
}

async function colour(code: HTMLElement): Promise<void> {
  const text = code.textContent;
  if (text.length > LONGEST) return;
  const highlighter = await (loading ??= load());
  if (highlighter === undefined) return;
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }));
  if (!code.isConnected || code.textContent !== text) return;
  const html = highlighter.highlight(text, code.dataset['language'] ?? '');
  if (html === undefined) return;
  const coloured = DOMPurify.sanitize(html, {
    ...{ ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], ALLOW_DATA_ATTR: false, RETURN_DOM_FRAGMENT: true },
  });
  if (coloured.textContent === text) code.replaceChildren(coloured);
}

/** Loads the second script, once; code stays plain where that fails. */
async function load(): Promise<Highlighter | undefined> {
  const loaded = await loadScript('highlight');
  return loaded ? (window as { holdfastHighlight?: Highlighter }).holdfastHighlight : undefined;
}
