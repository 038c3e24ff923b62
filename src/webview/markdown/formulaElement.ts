import { errorText } from '../../base/errorText.ts';
import { loadScript } from '../lazyScript.ts';
import { t } from '../words.ts';
import type { Formula } from './formulas.ts';

/** What the script gives that sets formulas: see `math/main.ts`. */
interface Typesetter {
  formula(tex: string, display: boolean): Node;
}

let typesetter: Typesetter | undefined;
let loading: Promise<void> | undefined;

/** A formula: its source, until the script that sets it is there. */
export function formulaElement(formula: Formula): HTMLElement {
  const element = document.createElement('span');
  element.className = formula.display ? 'formula formula-display' : 'formula';
  const source = document.createElement('code');
  source.textContent = formula.raw.trim();
  element.append(source);
  if (typesetter !== undefined) set(element, formula);
  else void (loading ??= load()).then(() => set(element, formula));
  return element;
}

/** One that is not understood stays as it was written, and says why. */
function set(element: HTMLElement, { tex, display }: Formula): void {
  if (typesetter === undefined) return;
  try {
    element.replaceChildren(typesetter.formula(tex, display));
    if (display) element.tabIndex = 0;
  } catch (error) {
    const reason = t('This formula cannot be shown: {0}', errorText(error));
    element.title = reason;
    if (!display) return;
    const line = document.createElement('span');
    line.className = 'formula-problem';
    line.textContent = reason;
    element.append(line);
  }
}

async function load(): Promise<void> {
  await loadScript('math');
  typesetter = (window as { holdfastMath?: Typesetter }).holdfastMath;
}
