/** How long a wish for the focus is remembered while the editor hands it to the page, in milliseconds. */
const PATIENCE_MS = 2_000;

let field: HTMLElement | undefined;
let wanted = false;

/**
 * Asks for the focus to go into the composer. It is never taken from another part of the editor: the wish comes true only
 * while the page itself has the focus, or gets it soon.
 */
export function requestFocus(): void {
  wanted = true;
  setTimeout(() => (wanted = false), PATIENCE_MS);
  settle();
}

/** Names the field that the focus goes into; returns what takes that back. One that appears where nothing has the focus gets it. */
export function offerFocus(element: HTMLElement): () => void {
  field = element;
  window.addEventListener('focus', settle);
  if (wanted) settle();
  else if (document.hasFocus() && (document.activeElement ?? document.body) === document.body)
    element.focus();
  return () => {
    window.removeEventListener('focus', settle);
    if (field === element) field = undefined;
  };
}

function settle(): void {
  if (!wanted || field === undefined || !document.hasFocus()) return;
  wanted = false;
  field.focus();
}
