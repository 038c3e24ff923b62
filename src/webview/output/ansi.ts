/** How a stretch of terminal output looks. Colours are 0–15 (the theme's), or `#rrggbb`. */
export interface Style {
  readonly foreground?: number | string | undefined;
  readonly background?: number | string | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly inverse?: boolean | undefined;
}

/** Output in pieces: text in one style, or `return`, after which the line is written anew. */
export type Piece = { readonly text: string; readonly style: Style } | 'return';

const plain: Style = {};
const ESC = '\u001b';
const BEL = '\u0007';

/** What is no text: complete escape sequences, carriage returns, and the other control characters. */
const sequence = new RegExp(
  [
    // A control sequence; its parameters and its last character are what colours need.
    `${ESC}\\[([0-9;:?<=>]*)[ -/]*([@-~])`,
    // An operating system command, such as a title or a link, ended by BEL or ST.
    `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)`,
    // Device control and other strings, ended by ST.
    `${ESC}[PX^_][^${ESC}]*${ESC}\\\\`,
    // Everything else that begins with an escape.
    `${ESC}[ -/]*[0-Z\\\\^-~]`,
    '\\r+',
    '[\\0-\\x08\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f\\x7f]',
  ].join('|'),
  'g',
);

/** The beginning of a sequence at the end of a chunk, kept for the next one. */
const unfinished = new RegExp(
  `(?:${ESC}(?:\\[[0-9;:?<=> -/]*|\\][^${BEL}${ESC}]*${ESC}?|[PX^_][^${ESC}]*${ESC}?|[ -/]*)?|\\r+)$`,
);
/** An unfinished sequence longer than this is none. */
const LONGEST_SEQUENCE = 4096;

/**
 * Reads terminal output chunk by chunk: colours and the carriage return are understood, every other sequence is left out.
 * Keeps its style and an unfinished sequence from one chunk to the next.
 */
export class AnsiReader {
  #style: Style = plain;
  #kept = '';

  read(chunk: string): Piece[] {
    let text = this.#kept + chunk;
    this.#kept = '';
    const cut = unfinished.exec(text);
    if (cut !== null && text.length - cut.index <= LONGEST_SEQUENCE) {
      this.#kept = text.slice(cut.index);
      text = text.slice(0, cut.index);
    }
    const pieces: Piece[] = [];
    let from = 0;
    for (const match of text.matchAll(sequence)) {
      if (match.index > from) pieces.push({ text: text.slice(from, match.index), style: this.#style });
      from = match.index + match[0].length;
      if (match[0].startsWith('\r') && text[from] !== '\n') pieces.push('return');
      else if (match[2] === 'm') this.#style = restyled(this.#style, match[1] ?? '');
    }
    if (from < text.length) pieces.push({ text: text.slice(from), style: this.#style });
    return pieces;
  }
}

/** Applies the numbers of one SGR sequence to a style. */
function restyled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let next = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(index + 1));
      index += used;
      if (colour !== undefined) next = { ...next, [code === 38 ? 'foreground' : 'background']: colour };
    } else next = oneCode(next, code);
  }
  return next;
}

function oneCode(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  switch (code) {
    case 0:
      return plain;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 7:
      return { ...style, inverse: true };
    case 22:
      return { ...style, bold: undefined, dim: undefined };
    case 23:
      return { ...style, italic: undefined };
    case 24:
      return { ...style, underline: undefined };
    case 27:
      return { ...style, inverse: undefined };
    case 39:
      return { ...style, foreground: undefined };
    case 49:
      return { ...style, background: undefined };
    default:
      return style;
  }
}

/** Reads what follows 38 or 48: `5;n` of the 256-colour palette, or `2;r;g;b`. */
function extendedColour([mode, ...rest]: readonly number[]): {
  colour: number | string | undefined;
  used: number;
} {
  if (mode === 5) return { colour: paletteColour(rest[0] ?? -1), used: 2 };
  if (mode === 2) return { colour: hex(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0), used: 4 };
  return { colour: undefined, used: 1 };
}

function paletteColour(index: number): number | string | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) return hex(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return hex(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6));
}

function hex(...channels: readonly [number, number, number]): string {
  return `#${channels
    .map((value) =>
      Math.min(255, Math.max(0, value | 0))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
