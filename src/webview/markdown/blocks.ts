import { Marked, type Token } from 'marked';
import { formulas } from './formulas.ts';

const markdown = new Marked({ gfm: true, async: false, extensions: formulas });

/** The blocks of a Markdown text, with what stands inside of them. Pure. */
export function lex(text: string): readonly Token[] {
  return markdown.lexer(text);
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
