import { GOES_ON, type Going } from './pieces.ts';

/**
 * Makes of the first node of a piece what goes on from the one before, and takes out what marked it so. Code goes on in the block
 * that `before` is: it is one text for who copies it.
 */
export function goOn(piece: DocumentFragment, going: Going, before: Element | null | undefined): void {
  const first = piece.firstElementChild;
  if (first === null) return;
  first.classList.add('goes-on');
  if (first instanceof HTMLOListElement && going.start !== undefined) first.start = going.start;
  if (going.kind === 'text' || going.kind === 'item') takeOutMark(first);
  const [code, earlier] = [codeOf(first), codeOf(before)];
  if (going.kind !== 'code' || code === null || earlier === null) return;
  if (!earlier.classList.contains('in-pieces')) {
    earlier.classList.add('in-pieces');
    earlier.replaceChildren(codePiece(earlier.textContent));
  }
  const text = earlier.lastChild?.lastChild;
  // A block ends its last line; where that was cut, it goes on.
  if (going.inLine === true && text instanceof Text) text.deleteData(text.length - 1, 1);
  if (code.textContent !== '\n') earlier.append(codePiece(code.textContent));
  first.remove();
}

function codeOf(element: Element | null | undefined): HTMLElement | null {
  return element?.querySelector<HTMLElement>(':scope > pre > code') ?? null;
}

/** A part of very long code, which is laid out only where somebody looks. */
function codePiece(text: string): HTMLElement {
  const piece = document.createElement('span');
  piece.className = 'code-piece';
  piece.textContent = text;
  piece.style.containIntrinsicSize = `auto ${text.split('\n').length * 1.5}em`;
  return piece;
}

/** Takes out the mark; a paragraph of which nothing is left goes with it. */
function takeOutMark(first: Element): void {
  const text = document.createTreeWalker(first, NodeFilter.SHOW_TEXT).nextNode();
  if (!(text instanceof Text) || !text.data.startsWith(GOES_ON)) return;
  const item = text.parentElement?.closest('li');
  text.deleteData(0, 1);
  item?.classList.add('goes-on');
  if (first.textContent.trim() === '' && first.querySelector('img, input') === null) first.remove();
}
