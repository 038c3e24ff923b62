import type { Token, Tokens } from 'marked';
import { cutBlocks } from './blocks.ts';

/** How much Markdown is rendered in one frame, in characters: more would be felt. */
export const AT_ONCE = 4_000;
/** The longest block that is rendered as one, in characters. A longer one is rendered in pieces. */
export const MOST_BLOCK = 8_000;
/** Stands where a block goes on that was begun in an earlier piece, and is not shown: nothing is a mark behind it. */
export const GOES_ON = '\u2060';

/** How a block goes on whose first part is rendered already. */
export interface Going {
  readonly kind: 'text' | 'code' | 'table' | 'list' | 'item';
  /** What stands before the rest, for it to be read as what it is. */
  readonly prefix: string;
  /** The number of the next item of a list. */
  readonly start?: number;
  /** Whether a line of code was cut. */
  readonly inLine?: boolean;
}

/** What is rendered next of a text. */
export interface Piece {
  /** Its Markdown, with the prefix of what goes on. */
  readonly source: string;
  /** How many characters of the text it takes. */
  readonly length: number;
  /** What it goes on from, where that has not ended. */
  readonly from?: Going | undefined;
  /** How the block goes on that it ends in, where it does. */
  readonly going?: Going | undefined;
}

/**
 * The next piece of a text that is whole in itself: blocks that can no longer change, or a part of one that is too long for one
 * frame. Pure. `undefined` where there is only one block, which may still change or be rendered as it is. Joined together, all
 * pieces and the rest are the text.
 */
export function nextPiece(rest: string, before?: Going): Piece | undefined {
  const going = stillGoing(rest, before);
  const prefix = going?.prefix ?? '';
  let [source, block]: [string, Token | undefined] = ['', undefined];
  for (const length of [AT_ONCE, MOST_BLOCK]) {
    source = prefix + rest.slice(0, length);
    const { finished, last } = cutBlocks(source);
    block = last;
    // What stands before the rest is no block by itself: then the one that went on has ended.
    if (finished.length > 0 && (finished[0] ?? '').length <= prefix.length) return nextPiece(rest);
    const joined = finished.join('');
    if (joined.length > prefix.length)
      return { source: joined, length: joined.length - prefix.length, from: going };
    if (rest.length <= length) return undefined;
  }
  return cutBlock(source, block, { prefix, going });
}

/** What a text goes on from; a blank line ends what is a paragraph or a table. Pure. */
export function stillGoing(rest: string, going: Going | undefined): Going | undefined {
  const isOver = (going?.kind === 'text' || going?.kind === 'table') && /^[^\S\n]*(?:\n|$)/u.test(rest);
  return isOver ? undefined : going;
}

interface Before {
  readonly prefix: string;
  readonly going: Going | undefined;
}

/** The first part of a single block that is too long. */
function cutBlock(source: string, block: Token | undefined, { prefix, going }: Before): Piece {
  const base = source.length - source.replace(/^(?:[^\S\n]*\n)+/u, '').length;
  const cut = (at: number, next?: Going): Piece => {
    return { source: source.slice(0, at), length: at - prefix.length, from: going, going: next };
  };
  switch (block?.type) {
    case 'list':
      return cutList(source, block as Tokens.List, { base, least: prefix.length, going, cut });
    case 'table': {
      const header = /^[^\n]*\n[^\n]*\n/u.exec(source.slice(base))?.[0] ?? '';
      const least = Math.max(prefix.length, base + header.length);
      const at = cutPlace(source, least);
      return source[at - 1] === '\n' && header !== ''
        ? cut(at, { kind: 'table', prefix: header })
        : cut(at, textGoesOn);
    }
    case 'code': {
      const fence = /^ {0,3}(?:`{3,}|~{3,})[^\n]*\n/u.exec(source.slice(base))?.[0];
      if (fence === undefined) return cut(cutPlace(source, prefix.length));
      const at = cutPlace(source, Math.max(prefix.length, base + fence.length));
      return cut(at, { kind: 'code', prefix: fence, inLine: source[at - 1] !== '\n' });
    }
    case 'paragraph':
    case 'heading':
      return cut(cutPlace(source, prefix.length), textGoesOn);
    default:
      return cut(cutPlace(source, prefix.length));
  }
}

const textGoesOn: Going = { kind: 'text', prefix: GOES_ON };

interface ListCut {
  readonly base: number;
  readonly least: number;
  readonly going: Going | undefined;
  readonly cut: (at: number, next?: Going) => Piece;
}

/** Cuts a list before its last item, and where there is but one, inside of that. */
function cutList(source: string, { items, start }: Tokens.List, { base, least, going, cut }: ListCut): Piece {
  const number = going?.start ?? (start === '' ? undefined : start);
  const before = items.slice(0, -1);
  const raw = before.map((item: Token) => item.raw).join('');
  const at = base + raw.length;
  if (at > least && source.startsWith(raw, base)) {
    const next = number === undefined ? {} : { start: number + before.length };
    return cut(at, { kind: 'list', prefix: '', ...next });
  }
  const marker = /^ {0,3}(?:[*+-]|\d{1,9}[.)])[^\S\n]{1,4}/u.exec(source.slice(base))?.[0];
  const inside = cutPlace(source, least);
  if (marker === undefined) return cut(inside, textGoesOn);
  const prefix = `${marker}${GOES_ON}${source[inside - 1] === '\n' ? '\n' : ''}`;
  return cut(inside, { kind: 'item', prefix, ...(number !== undefined && { start: number }) });
}

/** Where a text may be cut behind `least`: after its last line, else its last word, else anywhere but inside a character. */
function cutPlace(source: string, least: number): number {
  const line = source.lastIndexOf('\n', source.length - 2) + 1;
  if (line > least) return line;
  const word = source.lastIndexOf(' ') + 1;
  if (word > least) return word;
  const end = source.length;
  return /[\uD800-\uDBFF]/u.test(source[end - 1] ?? '') ? end - 1 : end;
}
