import mermaid from 'mermaid';
import { errorText } from '../../base/errorText.ts';
import { t } from '../words.ts';
import { diagramTheme } from './colours.ts';
import { withInlineStyles } from './inlineStyles.ts';

/** The longest source that is drawn, in characters, and the most lines between its parts: more would be felt. */
const LONGEST = 20_000;
const MOST_EDGES = 300;
/** What a diagram may not ask for: a picture, a style sheet or anything else from elsewhere (S2). */
const loads = /url\s*\(|@import|@\{[^}]*\b(?:img|icon)\s*:/i;
/** Settings that a source carries; ours hold, so they are left out. */
const settings = /^---\n[\s\S]*?\n---[ \t]*\n|%%\{[\s\S]*?\}%%/g;

let drawn = 0;
let last: Promise<unknown> = Promise.resolve();

/** A drawn diagram: a picture of its own, in which nothing runs, loads or links (S2). `width` and `height` are in pixels. */
export interface Drawing {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a diagram from its Mermaid source, in the colours of the theme, one after the other. `nonce` is the page's. Rejects
 * with what is wrong, in one line.
 */
export function draw(source: string, nonce: string): Promise<Drawing> {
  const drawing = last.then(() => withInlineStyles(nonce, () => drawOne(source)));
  last = drawing.catch(() => undefined);
  return drawing;
}

async function drawOne(source: string): Promise<Drawing> {
  if (source.length > LONGEST) throw new Error(t('it is longer than {0} characters', LONGEST));
  if (loads.test(source)) throw new Error(t('it asks for something from elsewhere'));
  const { fontFamily, fontSize, ...theme } = diagramTheme();
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    maxTextSize: LONGEST,
    maxEdges: MOST_EDGES,
    deterministicIds: true,
    logLevel: 'fatal',
    theme: 'base',
    themeVariables: { ...theme, fontFamily, fontSize },
    fontFamily: String(fontFamily),
  });
  const stage = document.createElement('div');
  stage.className = 'diagram-stage';
  stage.setAttribute('aria-hidden', 'true');
  document.body.append(stage);
  try {
    const { svg } = await mermaid.render(`diagram-${++drawn}`, source.replace(settings, ''), stage);
    return pictureOf(svg);
  } catch (error) {
    throw new Error(oneLine(errorText(error)));
  } finally {
    stage.remove();
  }
}

function pictureOf(svg: string): Drawing {
  const root = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
  const [, , width = NaN, height = NaN] = (root?.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (root === null || !(width > 0) || !(height > 0)) throw new Error(t('there is nothing in it'));
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(height));
  const text = new XMLSerializer().serializeToString(root);
  return { source: `data:image/svg+xml;utf8,${encodeURIComponent(text)}`, width, height };
}

/** The line of an error that says where it is, and what is wrong there. */
function oneLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const said = [lines[0] ?? '', lines.length > 2 ? (lines.at(-1) ?? '') : ''].join(' ').trim();
  return said.length > 200 ? `${said.slice(0, 199)}…` : said;
}
