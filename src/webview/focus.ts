/** How long a wish for the focus is remembered while the editor hands it to the page, in milliseconds. */
const PATIENCE_MS = 2_000;

let field: HTMLElement | undefined;
let wanted = false;
let patience: number | undefined;
/** Whether the person clicked on what takes no focus, to read or to select text. */
let reads = false;

/**
 * Asks for the focus to go into the composer. It is never taken from another part of the editor: the wish comes true only
 * while the page itself has the focus, or gets it soon.
 */
export function requestFocus(): void {
  wanted = true;
  clearTimeout(patience);
  patience = window.setTimeout(() => (wanted = false), PATIENCE_MS);
  settle();
}

/** Names the field that the focus goes into; returns what takes that back. One that appears where nothing has the focus gets it. */
export function offerFocus(element: HTMLElement): () => void {
  field = element;
  window.addEventListener('focus', settle);
  if (wanted) settle();
  else if (document.hasFocus() && isNowhere()) element.focus();
  return () => {
    window.removeEventListener('focus', settle);
    if (field === element) field = undefined;
  };
}

/**
 * Keeps the focus from resting nowhere: the editor that gives it to the page, by its own command or key, gives it to no part
 * of it, and then it goes into the composer. Who clicked into the text to read stays there.
 */
export function keepFocus(): void {
  document.addEventListener('pointerdown', () => (reads = true), { capture: true, passive: true });
  document.addEventListener('focusin', () => (reads = false), { passive: true });
  window.addEventListener('blur', () => (reads = false));
  // What takes the focus within the page, as Tab does, takes it after the page has it.
  window.addEventListener('focus', () => setTimeout(enter, 0));
}

function enter(): void {
  if (field === undefined || reads || !document.hasFocus() || !isNowhere()) return;
  field.focus({ preventScroll: true });
}

function isNowhere(): boolean {
  return (document.activeElement ?? document.body) === document.body;
}

function settle(): void {
  if (!wanted || field === undefined || !document.hasFocus()) return;
  wanted = false;
  field.focus();
}
