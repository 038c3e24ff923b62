const parts = /<span class="([\w -]*)">|(<\/span>)|&(lt|gt|amp|quot|#x27);|[^<&]+|[<&]/g;
const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#x27': "'" };

/**
 * Makes nodes of what highlight.js gives: text, and spans with a class. Whatever else there is becomes text: no HTML is parsed
 * (S2).
 */
export function spansOf(html: string): DocumentFragment {
  const root = document.createDocumentFragment();
  let place: DocumentFragment | HTMLElement = root;
  let text = '';
  const flush = (): void => {
    if (text !== '') place.append(text);
    text = '';
  };
  for (const [part, className, end, character] of html.matchAll(parts)) {
    if (className !== undefined) {
      flush();
      const span = document.createElement('span');
      span.className = className;
      place.append(span);
      place = span;
    } else if (end !== undefined && place.parentNode !== null) {
      flush();
      place = place.parentNode as HTMLElement;
    } else text += (character === undefined ? undefined : characters[character]) ?? part;
  }
  flush();
  return root;
}
