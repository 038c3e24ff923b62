import { Lexer, Marked, type Token } from 'marked';
import type { Links } from './definitions.ts';
import { formulas } from './formulas.ts';

const { defaults } = new Marked({ gfm: true, async: false, extensions: formulas });

/** A run of text longer than this, in characters, is read in parts where it has many marks. */
const LONG_RUN = 1_500;
/** Marks that are read together: what they take grows with their square. */
const MOST_MARKS = 400;
const mark = /[*_`~[\]<>$\\@]/gu;
/** Quotes and lists that are deeper in each other than anything that is meant so; the lexer would run out of room. */
const tooDeep = /(?:>[ \t]?){40}|(?:[-*+] ){40}/u;

/** The blocks of a Markdown text, with what stands inside of them; `links` are defined elsewhere. */
export function lex(text: string, links: Links = {}): readonly Token[] {
  const lexer = new Lexer(defaults);
  const blocks = blocksOf(lexer, text);
  for (const [label, link] of Object.entries(links)) lexer.tokens.links[label] ??= link;
  // What is queued may queue more.
  for (const { src, tokens } of lexer.inlineQueue) {
    lexer.state.inRawBlock = false;
    for (const run of runsOf(src)) lexer.inlineTokens(run, tokens);
  }
  return blocks;
}

/** The blocks of a Markdown text alone, which take a small part of the time. */
export function lexBlocks(text: string): readonly Token[] {
  return blocksOf(new Lexer(defaults), text);
}

function blocksOf(lexer: Lexer, text: string): Token[] {
  if (tooDeep.test(text)) return [{ type: 'escape', raw: text, text }];
  return lexer.blockTokens(text.replaceAll(/\r\n|\r/gu, '\n'), []);
}

/** A text in parts that have not too many marks, each cut behind a word where there is one. */
function runsOf(text: string): readonly string[] {
  if (text.length <= LONG_RUN) return [text];
  const runs: string[] = [];
  let [from, marks] = [0, 0];
  for (const { index } of text.matchAll(mark)) {
    if (index < from || ++marks < MOST_MARKS) continue;
    const word = text.slice(index, index + 100).search(/\s/u);
    const to = word < 0 ? index : index + word;
    runs.push(text.slice(from, to));
    [from, marks] = [to, 0];
  }
  return [...runs, text.slice(from)];
}

/** Markdown cut in two: what can no longer change as more text comes, and the open rest. */
export interface Cut {
  /** The source of each finished top-level block. */
  readonly finished: readonly string[];
  /** The source of the last block, which more text may still change. */
  readonly open: string;
  /** The last block. */
  readonly last: Token | undefined;
}

/**
 * Cuts Markdown before its last top-level block. Pure. Joined together, the parts are the text again.
 * Blank lines after a block stay with the open rest: a list goes on behind them.
 */
export function cutBlocks(text: string): Cut {
  const tokens = lexBlocks(text);
  let at = tokens.length - 1;
  while (at > 0 && tokens[at]?.type === 'space') at--;
  const last = tokens[at];
  // The lexer normalises line ends and tabs; only where it kept the text as it came can its lengths be trusted.
  const finished = tokens.slice(0, Math.max(0, at)).map((token) => token.raw);
  const joined = finished.join('');
  if (!text.startsWith(joined)) return { finished: [], open: text, last };
  return { finished, open: text.slice(joined.length), last };
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
