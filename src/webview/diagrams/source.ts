/** Why a source is not drawn: it still carries settings, or it asks for something from elsewhere (S2). */
export type Refused = 'settings' | 'elsewhere';

/** What is drawn of a source, or why nothing is. */
export type DrawnSource = { readonly text: string } | { readonly refused: Refused };

/** How often what stands in settings may make settings again once they are out; a source that does so more often is refused. */
const ROUNDS = 4;
/** Front matter: everything between two lines of hyphens at the beginning, where settings and a title may stand. */
const frontMatter = /^\s*---[^\S\n]*\n(?:[^\n]*\n)*?[^\S\n]*---[^\S\n]*(?:\n|$)/;
/** What Mermaid could still read as settings, also after it has taken comments out on its own. */
const stillSettings = /^\s*---|%\{|\}%/;
/** A stereotype or a tag without anything in it, which labels may hold; or the beginning of any other tag, also written as a reference. */
const tags = /<<\w+>>|<\/?(?:br|b|i|u|em|strong|sub|sup)\s*\/?>|<(?=[a-z/!?])|[#&]#?(?:lt|0*60|x0*3c);?/gi;
/** What a diagram may not ask for: a picture, a style sheet or anything else from elsewhere. */
const loads = /(?:url|image-set)\(|@import/i;
/** What a node says of its shape, in which a picture or an icon could be named; a key may be written with escapes. */
const shapeData = /@\{(?:"[^"]*"|[^"}])*/g;
const picture = /\b(?:img|icon)\b|\\[xu]/i;
/** A style that is written with escapes: there is no reason for one but to hide what it says. */
const hiddenStyle = /^[^\S\n]*(?:style|classDef|linkStyle)\b.*\\/im;
/** Characters as style sheets and diagrams may also write them. */
const written = /\\([0-9a-f]{1,6})\s?|\\([^\n])|[#&]#?(?:(\d{1,7})|x([0-9a-f]{1,6})|(lpar));/gi;

/**
 * What is drawn of a source: without settings, since the page's own hold, and without tags, since Mermaid looks at labels as
 * HTML on its way. What is left is looked at, never what came: taking something out may put something else together. Pure.
 */
export function drawnSource(source: string): DrawnSource {
  const text = withoutSettings(source.replaceAll(/\r\n?/g, '\n')).replaceAll(tags, (tag) =>
    /^<./.test(tag) ? tag : '‹',
  );
  if (stillSettings.test(text)) return { refused: 'settings' };
  return asksForMore(text) || asksForMore(asRead(text)) ? { refused: 'elsewhere' } : { text };
}

function asksForMore(text: string): boolean {
  if (loads.test(text) || hiddenStyle.test(text)) return true;
  return [...text.matchAll(shapeData)].some(([data]) => picture.test(data));
}

function withoutSettings(source: string): string {
  let text = source;
  for (let round = 0; round < ROUNDS; round++) {
    const before = text;
    text = withoutDirectives(text.replace(frontMatter, ''));
    if (text === before) break;
  }
  return text;
}

/** Takes out `%%{ … }%%`, each up to the nearest end, in one pass. */
function withoutDirectives(text: string): string {
  let kept = '';
  let at = 0;
  for (;;) {
    const begin = text.indexOf('%%{', at);
    const end = begin < 0 ? -1 : text.indexOf('}%%', begin + 3);
    if (end < 0) return kept + text.slice(at);
    kept += text.slice(at, begin);
    at = end + 3;
  }
}

/** A text as whoever reads a style or a label in it does in the end. */
function asRead(text: string): string {
  return text.replaceAll(written, (_, hex?: string, plain?: string, decimal?: string, reference?: string) => {
    if (plain !== undefined) return plain;
    const code = decimal === undefined ? parseInt(hex ?? reference ?? '28', 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '';
  });
}
