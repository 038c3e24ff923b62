import type { MarkedExtension, Token } from 'marked';

/** A formula in TeX, as the lexer finds it. */
export interface Formula {
  readonly type: 'formula';
  readonly raw: string;
  readonly tex: string;
  /** Whether it stands in a line of its own. */
  readonly display: boolean;
}

const displayed = /^(?:\$\$(?!\$)((?:(?!\n[ \t]*\n)[^])+?)\$\$|\\\[((?:(?!\n[ \t]*\n)[^])+?)\\\])/;
/** A dollar after a space, before a digit or inside of a word is one of money or of a shell. */
const inLine = /^(?:\$(?![\s$])((?:\\[^\n]|[^\\$\n])+?)(?<!\s)\$(?![\w$])|\\\(((?:(?!\\\))[^\n])+)\\\))/;
const beginning = /(?<![\w$\\])\$|\\[[(]/;
const alone = /^[ \t]*(?:\n|$)/;

/** Finds `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. Pure. */
export const formulas: NonNullable<MarkedExtension['extensions']> = [
  {
    name: 'formula',
    level: 'block',
    tokenizer(text) {
      const indent = /^ {0,3}/.exec(text)?.[0] ?? '';
      const found = formulaAt(text.slice(indent.length), displayed);
      const rest = found === undefined ? '' : text.slice(indent.length + found.raw.length);
      const end = alone.exec(rest)?.[0];
      return found === undefined || end === undefined
        ? undefined
        : { ...found, raw: indent + found.raw + end, display: true };
    },
  },
  {
    name: 'formula',
    level: 'inline',
    start: (text) => {
      const at = text.search(beginning);
      return at < 0 ? undefined : at;
    },
    tokenizer: (text) => formulaAt(text, displayed) ?? formulaAt(text, inLine),
  },
];

function formulaAt(text: string, rule: RegExp): Formula | undefined {
  const [raw, one, other] = rule.exec(text) ?? [];
  const tex = (one ?? other)?.trim() ?? '';
  return raw === undefined || tex === ''
    ? undefined
    : { type: 'formula', raw, tex, display: rule === displayed };
}

export function isFormula(token: Token | Formula): token is Formula {
  return token.type === 'formula';
}
