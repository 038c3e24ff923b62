import { Lexer, Marked, type Token } from 'marked';
import { formulas } from './formulas.ts';

const markdown = new Marked({ gfm: true, async: false, extensions: formulas });

/** How much of the text inside a block is read at once, in characters: more would be felt. */
const AT_ONCE = 20_000;
/** It is read in pieces of this length where it is longer: the time that one takes grows with its square. */
const PIECE = 4_000;
/** What a picture is made of, which is passed over as one and counts for nothing. */
const payload = /(?<=\]\()data:image\/[^)\s]*/g;

/** What stands behind the part of a very long text that was read. */
export interface Rest {
  readonly type: 'rest';
  readonly raw: string;
  /** Reads the next part; a last token is again what stands behind it. */
  read(): readonly Token[];
}

/** What reads the text that stands in a block, by the tokens that it gives. */
const unread = new WeakMap<readonly Token[], () => void>();

/** The blocks of a Markdown text; what stands inside of them is read by `inlineOf`. Pure. */
export function lex(text: string): readonly Token[] {
  const lexer = new Lexer(markdown.defaults);
  lexer.blockTokens(text.replaceAll(/\r\n?/g, '\n'), lexer.tokens);
  for (const { src, tokens } of lexer.inlineQueue.splice(0))
    unread.set(tokens, () => readPart(lexer, src, tokens));
  return lexer.tokens;
}

/** The tokens inside of a block, read when they are first asked for: most of a long table is not shown. */
export function inlineOf(tokens: readonly Token[]): readonly Token[] {
  unread.get(tokens)?.();
  unread.delete(tokens);
  return tokens;
}

export function isRest(token: Token | Rest): token is Rest {
  return token.type === 'rest';
}

function readPart(lexer: Lexer, text: string, tokens: Token[]): readonly Token[] {
  if (text.length <= AT_ONCE || lengthOf(text) <= AT_ONCE) return lexer.inlineTokens(text, tokens);
  let read = 0;
  let raw = text;
  for (const piece of pieces(text)) {
    if (read >= AT_ONCE) break;
    lexer.inlineTokens(piece, tokens);
    read += lengthOf(piece);
    raw = raw.slice(piece.length);
  }
  const rest: Rest = { type: 'rest', raw, read: () => readPart(lexer, raw, []) };
  if (raw !== '') tokens.push(rest);
  return tokens;
}

/** What there is to read in a text, in characters. */
function lengthOf(text: string): number {
  return text.replaceAll(payload, '').length;
}

/**
 * Cuts a very long text between words, beside pictures and code. Pure. What else is marked across a cut is shown as it was
 * written.
 */
export function pieces(text: string): readonly string[] {
  const payloads = [...text.matchAll(payload)];
  const cut: string[] = [];
  let rest = text.replaceAll(payload, '');
  // Where the rest begins without what pictures are made of, how much of that came before, and where it begins with it.
  let [at, passed, from] = [0, 0, 0];
  while (rest !== '') {
    const end = pieceEnd(rest);
    at += end;
    for (let next = payloads[0]; next !== undefined && next.index - passed < at; next = payloads[0]) {
      passed += next[0].length;
      payloads.shift();
    }
    rest = rest.slice(end);
    cut.push(text.slice(from, rest === '' ? undefined : at + passed));
    from = at + passed;
  }
  return cut;
}

function pieceEnd(text: string): number {
  if (text.length <= PIECE) return text.length;
  const beginning = text.slice(0, PIECE);
  const end = wordEnd(beginning);
  const [picture, code] = [openPicture(beginning.slice(0, end)), openCode(beginning.slice(0, end))];
  return Math.min(...[end, picture, code].filter((place) => place > 0));
}

/** Where the last word ends; where there is but one, it is cut, and no character of it in two. */
function wordEnd(text: string): number {
  const blank = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'));
  if (blank > 0) return blank;
  return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
}

/** Where a picture, or the link that it stands in, begins that does not end; -1 where none does. */
function openPicture(text: string): number {
  const begin = text.lastIndexOf('![');
  if (begin === -1 || /^!\[[^\]]*\]\([^)]*\)/.test(text.slice(begin))) return -1;
  return text[begin - 1] === '[' ? begin - 1 : begin;
}

/** Where code begins that does not end; -1 where none does. */
function openCode(text: string): number {
  return text.split('`').length % 2 === 1 ? -1 : text.lastIndexOf('`');
}

/** Markdown cut in two: what can no longer change as more text comes, and the open rest. */
export interface Cut {
  /** The source of each finished top-level block. */
  readonly finished: readonly string[];
  /** The source of the last block, which more text may still change. */
  readonly open: string;
}

/**
 * Cuts Markdown before its last top-level block. Pure. Joined together, the parts are the text again.
 * Blank lines after a block stay with the open rest: a list goes on behind them.
 */
export function cutBlocks(text: string): Cut {
  const tokens = lex(text);
  let last = tokens.length - 1;
  while (last > 0 && tokens[last]?.type === 'space') last--;
  // The lexer normalises line ends and tabs; only where it kept the text as it came can its lengths be trusted.
  const finished = tokens.slice(0, Math.max(0, last)).map((token) => token.raw);
  const joined = finished.join('');
  if (!text.startsWith(joined)) return { finished: [], open: text };
  return { finished, open: text.slice(joined.length) };
}

/**
 * Whether a text is a fenced code block that is still open, so that more text may be added to its code as it is.
 * Pure; looks at the first line and at whether any later line closes it.
 */
export function openFence(text: string): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*\n/.exec(text)?.[1];
  if (fence === undefined) return false;
  const closing = new RegExp(`\\n {0,3}${fence[0]}{${fence.length},}[ \\t]*(?:\\n|$)`);
  return !closing.test(text.slice(text.indexOf('\n')));
}
