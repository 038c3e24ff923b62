import mermaid from 'mermaid';
import { errorText } from '../../base/errorText.ts';
import { t } from '../words.ts';
import { diagramTheme } from './colours.ts';
import { withInlineStyles, withStyles } from './inlineStyles.ts';
import { isTooMuch, LONGEST, MOST_EDGES } from './limits.ts';
import { drawnSource, type Refused } from './source.ts';

/** How long a diagram may wait for the browser to be idle, in milliseconds. */
const LATEST_IDLE = 200;

const refusals: Record<Refused, () => string> = {
  settings: () => t('it carries settings that cannot be told from its content'),
  elsewhere: () => t('it asks for something from elsewhere'),
};

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
  const drawing = last.then(idle).then(() => withInlineStyles(nonce, () => drawOne(source)));
  last = drawing.catch(() => undefined);
  return drawing;
}

/** Resolves when the browser has time, so that what a person does comes between two diagrams. */
function idle(): Promise<unknown> {
  return new Promise((resolve) => requestIdleCallback(resolve, { timeout: LATEST_IDLE }));
}

async function drawOne(source: string): Promise<Drawing> {
  if (source.length > LONGEST) throw new Error(t('it is longer than {0} characters', LONGEST));
  const drawable = drawnSource(source);
  if ('refused' in drawable) throw new Error(refusals[drawable.refused]());
  if (isTooMuch(drawable.text))
    throw new Error(t('there is so much in it that drawing it would hold up the chat'));
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
    layout: 'dagre',
    look: 'classic',
    theme: 'base',
    themeVariables: { ...theme, fontFamily, fontSize },
    fontFamily,
  });
  const stage = document.createElement('div');
  stage.className = 'diagram-stage';
  stage.setAttribute('aria-hidden', 'true');
  document.body.append(stage);
  try {
    const { svg } = await mermaid.render(`diagram-${++drawn}`, drawable.text, stage);
    return pictureOf(svg);
  } catch (error) {
    throw new Error(oneLine(errorText(error)));
  } finally {
    stage.remove();
  }
}

function pictureOf(drawnText: string): Drawing {
  const root = /<svg[^>]*>/.exec(drawnText)?.[0];
  const box = /\sviewBox="([^"]*)"/.exec(root ?? '')?.[1] ?? '';
  const [, , width = NaN, height = NaN] = box.split(/[\s,]+/).map(Number);
  if (root === undefined || !(width > 0) || !(height > 0)) throw new Error(t('there is nothing in it'));
  const sized = root
    .replaceAll(/\s(?:width|height)="[^"]*"/g, '')
    .replace('<svg', `<svg width="${width}" height="${height}"`);
  // What was an element of a page is a document of its own from here on, which knows no entities and no void elements.
  const text = withStyles(drawnText.replace(root, () => sized))
    .replaceAll('&nbsp;', '&#160;')
    .replaceAll(/<(br|hr)>/g, '<$1/>');
  return { source: `data:image/svg+xml;utf8,${encodeURIComponent(text)}`, width, height };
}

/** The line of an error that says where it is, and what is wrong there. */
function oneLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const said = [lines[0] ?? '', lines.length > 2 ? (lines.at(-1) ?? '') : ''].join(' ').trim();
  return said.length > 200 ? `${said.slice(0, 199)}…` : said;
}
