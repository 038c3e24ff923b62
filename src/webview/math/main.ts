import katex from 'katex';
import { errorText } from '../../base/errorText.ts';
import { t } from '../words.ts';
import { mathNodes } from './nodes.ts';

/** The longest formula that is set, in characters. */
const LONGEST = 5_000;
/** Formulas whose nodes are kept: a paragraph that streams in is rendered again and again. */
const KEPT = 200;

const kept = new Map<string, Node>();

/**
 * Sets a formula of TeX as MathML, which the browser draws with its own fonts. No command of TeX may load, link or style
 * anything (S2). Throws with what is wrong.
 */
export function formula(tex: string, display: boolean): Node {
  const key = `${display ? 1 : 0}${tex}`;
  const known = kept.get(key);
  if (known !== undefined) return known.cloneNode(true);
  if (tex.length > LONGEST) throw new Error(t('it is longer than {0} characters', LONGEST));
  const made = mathNodes(setFormula(tex, display));
  if (kept.size >= KEPT) kept.clear();
  kept.set(key, made);
  return made.cloneNode(true);
}

function setFormula(tex: string, displayMode: boolean): string {
  try {
    return katex.renderToString(tex, {
      ...{ displayMode, output: 'mathml', throwOnError: true, trust: false, strict: 'ignore' },
      ...{ maxExpand: 500, maxSize: 30 },
    });
  } catch (error) {
    throw new Error(errorText(error).replace(/^KaTeX parse error: /, ''));
  }
}
