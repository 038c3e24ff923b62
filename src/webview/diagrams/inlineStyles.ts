/**
 * Lets a library that knows no content security policy style what it draws, while `draw` runs: its style elements get the
 * page's nonce, its style attributes are set as properties, and what it parses has neither. The policy itself stays as strict
 * as it is (S2).
 */
export async function withInlineStyles<T>(nonce: string, draw: () => Promise<T>): Promise<T> {
  const { createElement, createElementNS } = document;
  const { setAttribute } = Element.prototype;
  const { parseFromString } = DOMParser.prototype;
  const allowed = <E extends Element>(element: E): E => {
    if (element instanceof HTMLStyleElement || element instanceof SVGStyleElement) element.nonce = nonce;
    return element;
  };
  document.createElement = (...given: Parameters<typeof createElement>) =>
    allowed(createElement.apply(document, given));
  document.createElementNS = ((...given: Parameters<typeof createElementNS>) =>
    allowed(createElementNS.apply(document, given))) as typeof createElementNS;
  Element.prototype.setAttribute = function (name, value) {
    if (name === 'style' && (this instanceof HTMLElement || this instanceof SVGElement))
      this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  DOMParser.prototype.parseFromString = function (text, type) {
    return parseFromString.call(this, withoutStyles(String(text), nonce), type);
  };
  try {
    return await draw();
  } finally {
    document.createElement = createElement;
    document.createElementNS = createElementNS;
    Element.prototype.setAttribute = setAttribute;
    DOMParser.prototype.parseFromString = parseFromString;
  }
}

function withoutStyles(text: string, nonce: string): string {
  return text
    .replaceAll(/<style(?=[\s>])/g, `<style nonce="${nonce}"`)
    .replaceAll(/(\s)style=/g, '$1data-style=');
}

/** What was parsed in `withInlineStyles`, with its style attributes again, and without the page's nonce. */
export function withStyles(text: string): string {
  return text.replaceAll(/(\s)data-style=/g, '$1style=').replaceAll(/<style nonce="[^"]*"/g, '<style');
}
