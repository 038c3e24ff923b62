import DOMPurify from 'dompurify';

/** What the second script gives: see `highlight/main.ts`. */
interface Highlighter {
  highlight(code: string, language: string): string | undefined;
}

/** Code longer than this stays plain, in characters: colouring it would be felt. */
const LONGEST = 100_000;

let loading: Promise<Highlighter | undefined> | undefined;
/** The nonce that lets a script run; read while the first one runs, which alone is told. */
const nonce = document.currentScript?.nonce ?? '';

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
function load(): Promise<Highlighter | undefined> {
  const address = document.querySelector<HTMLElement>('#app')?.dataset['highlight'];
  if (address === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.nonce = nonce;
    script.src = address;
    script.onload = () => resolve((window as { holdfastHighlight?: Highlighter }).holdfastHighlight);
    script.onerror = () => resolve(undefined);
    document.head.append(script);
  });
}
