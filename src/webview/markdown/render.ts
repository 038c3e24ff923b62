import type { Token, Tokens } from 'marked';
import { inlineOf, isRest, lex, type Rest } from './blocks.ts';
import { codeBlock } from './codeBlock.ts';
import { colourCode } from './colour.ts';
import { formulaElement } from './formulaElement.ts';
import { isFormula } from './formulas.ts';
import { decodeReferences } from './references.ts';
import { t } from '../words.ts';

/** Rows of a table, and items of a list, that are shown at once: all of very many would hold the page. */
const PARTS = 500;
/** Pictures that are shown: they are part of the text. */
const pictures = /^data:image\/(?:png|jpeg|gif|webp);base64,/i;
/** Addresses that a link may carry; those without a scheme are paths. */
const addresses = /^(?:(?:https?|ftps?|mailto|tel):|[^a-z]|[a-z+.-]+(?:[^a-z+.:-]|$))/i;

/**
 * Renders Markdown into nodes that are safe to show: agent text is hostile (S2). Every element is made here, from the list
 * below and with these attributes alone; no HTML is ever parsed, so that none can be smuggled in.
 */
export function renderMarkdown(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(...lex(text).flatMap(block));
  return fragment;
}

function block(token: Token): (Node | string)[] {
  switch (token.type) {
    case 'paragraph':
      return [inside('p', token)];
    case 'heading':
      return [inside(headings[(token as Tokens.Heading).depth - 1] ?? 'h6', token)];
    case 'code':
      return [codeBlock(token as Tokens.Code)];
    case 'blockquote':
      return [element('blockquote', ...blocks(token))];
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'hr':
      return [element('hr')];
    case 'space':
    case 'def':
      return [];
    default:
      return inline(token);
  }
}

function inline(token: Token): (Node | string)[] {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [inside(token.type, token)];
    case 'codespan':
      return [element('code', (token as Tokens.Codespan).text)];
    case 'br':
      return [element('br')];
    case 'checkbox':
      return [checkbox(token as Tokens.Checkbox), ' '];
    case 'link':
      return [link(token as Tokens.Link)];
    case 'image':
      return [image(token as Tokens.Image)];
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? [decodeReferences(text)] : inlineOf(tokens).flatMap(inline);
    }
    case 'escape':
      return [(token as Tokens.Escape).text];
    default:
      if (isFormula(token)) return [formulaElement(token)];
      if (isRest(token)) return [moreText(token)];
      // Raw HTML, and whatever else there may be, is shown as it was written.
      return [token.raw];
  }
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function inside<K extends keyof HTMLElementTagNameMap>(name: K, token: Token): HTMLElementTagNameMap[K] {
  return element(name, ...tokensOf(token).flatMap(inline));
}

function blocks(token: Token): (Node | string)[] {
  return tokensOf(token).flatMap(block);
}

function tokensOf(token: Token): readonly Token[] {
  return inlineOf(('tokens' in token ? token.tokens : undefined) ?? []);
}

function list({ ordered, start, items }: Tokens.List): HTMLElement[] {
  const made = element(ordered ? 'ol' : 'ul');
  if (made instanceof HTMLOListElement && start !== '' && start !== 1) made.start = start;
  return [made, ...filled(made, items, (item) => element('li', ...blocks(item)))];
}

function checkbox({ checked }: Tokens.Checkbox): HTMLInputElement {
  const made = element('input');
  made.type = 'checkbox';
  made.defaultChecked = checked;
  made.disabled = true;
  made.ariaLabel = checked ? t('Completed') : t('Pending');
  return made;
}

function table({ header, rows }: Tokens.Table): HTMLElement[] {
  const body = element('tbody');
  const more = filled(body, rows, row);
  const all = element('table', element('thead', row(header)), ...(rows.length === 0 ? [] : [body]));
  const frame = element('div', all);
  frame.className = 'table-frame';
  frame.tabIndex = 0;
  return [frame, ...more];
}

/** Puts the first of very many parts into an element. Gives the way to the others, for the place behind it, where there are any. */
function filled<T>(into: HTMLElement, all: readonly T[], make: (one: T) => HTMLElement): HTMLElement[] {
  into.append(...all.slice(0, PARTS).map(make));
  let left = all.slice(PARTS);
  if (left.length === 0) return [];
  const button = moreButton(() => {
    const added = left.slice(0, PARTS).map(make);
    into.append(...added);
    added.forEach(colourCode);
    left = left.slice(PARTS);
    if (left.length > 0) return say();
    passFocus(button, added[0]);
    line.remove();
  });
  const line = element('div', button);
  line.className = 'more-line';
  const say = (): void => {
    button.textContent = t('Show {0} more of {1} that follow', Math.min(left.length, PARTS), left.length);
  };
  say();
  return [line];
}

/** The way to what stands behind the first part of a very long text. */
function moreText(rest: Rest): HTMLElement {
  const button = moreButton(() => {
    const [first = '', ...others] = rest.read().flatMap(inline);
    const beginning = element('span', first);
    button.before(beginning, ...others);
    passFocus(button, beginning);
    button.remove();
  });
  button.textContent = t('Show more ({0} characters follow)', rest.raw.length);
  return button;
}

/** A button that shows more; find presses it too. */
function moreButton(onClick: () => void): HTMLButtonElement {
  const button = element('button');
  button.type = 'button';
  button.className = 'link-button show-more';
  button.addEventListener('click', onClick);
  return button;
}

/** Whoever stands on a button that goes stands on the first of what it brought, which is where the button was (U6). */
function passFocus(from: HTMLElement, to: HTMLElement | undefined): void {
  if (to === undefined || document.activeElement !== from) return;
  to.tabIndex = -1;
  to.focus({ preventScroll: true });
}

function row(cells: readonly Tokens.TableCell[]): HTMLElement {
  return element(
    'tr',
    ...cells.map(({ header, align, tokens }) => {
      const cell = element(header ? 'th' : 'td', ...inlineOf(tokens).flatMap(inline));
      if (align !== null) cell.align = align;
      return cell;
    }),
  );
}

/** Links lead nowhere by themselves: the page hands every click to the extension, which decides. */
function link({ href, title, tokens, autolink, text }: Tokens.Link): HTMLElement {
  const made = element('a', ...(autolink === true ? [text] : tokens.flatMap(inline)));
  const address = autolink === true ? href : decodeReferences(href);
  return lead(made, address, decodeReferences(title ?? ''));
}

/** Nothing remote is ever loaded (S2): a picture elsewhere is a link to it. */
function image({ href, title, text }: Tokens.Image): HTMLElement {
  const [address, words] = [decodeReferences(href), decodeReferences(text)];
  if (!pictures.test(address))
    return lead(element('a', words || address), address, decodeReferences(title ?? ''));
  const made = element('img');
  made.src = address;
  made.alt = words;
  return made;
}

function lead(made: HTMLAnchorElement, address: string, title: string): HTMLAnchorElement {
  // Browsers look past white space and control characters in a scheme, so this does too.
  // oxlint-disable-next-line no-control-regex
  if (!addresses.test(address.replace(/[\u0000-\u0020\u00a0\u2000-\u200f\u2028-\u202f\u3000\ufeff]/g, '')))
    return made;
  made.setAttribute('href', encoded(address));
  made.rel = 'noopener noreferrer';
  made.title = title || address;
  return made;
}

/** An address as it stands in a document; what was encoded already stays. */
function encoded(address: string): string {
  try {
    return encodeURI(address).replaceAll('%25', '%');
  } catch {
    return address;
  }
}
