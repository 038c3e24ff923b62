/** Stretches that are marked at most. */
const MOST = 2_000;

/** The places in the text of an element where a word stands, whatever its case. */
export function rangesOf(element: Element, word: string): Range[] {
  const ranges: Range[] = [];
  if (word === '') return ranges;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < MOST; node = walker.nextNode()) {
    const text = (node.nodeValue ?? '').toLowerCase();
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, Math.min(at + word.length, node.nodeValue?.length ?? 0));
      ranges.push(range);
    }
  }
  return ranges;
}

/** Marks stretches of text without touching the elements they stand in; `current` stands out. */
export function mark(all: readonly Range[], current: readonly Range[]): void {
  CSS.highlights.set('holdfast-find', new Highlight(...all));
  CSS.highlights.set('holdfast-find-current', new Highlight(...current));
}
