import DOMPurify, { type Config } from 'dompurify';
import { Marked, type Tokens } from 'marked';
import { t } from '../words.ts';

/** Everything an agent's Markdown may become; no raw HTML gets here, and nothing with a script, a style or an id. */
const config: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    ...[
      'p',
      'br',
      'hr',
      'strong',
      'em',
      'del',
      'code',
      'pre',
      'blockquote',
      'a',
      'img',
      'input',
      'ul',
      'ol',
      'li',
    ],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'src', 'alt', 'start', 'align', 'type', 'checked', 'disabled', 'class'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  RETURN_DOM_FRAGMENT: true,
};

const pictures = /^data:image\/(?:png|jpeg|gif|webp);base64,/i;

const markdown = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    code({ text, lang = '', escaped }: Tokens.Code) {
      const language = /^[\w+#.-]*/.exec(lang)?.[0] ?? '';
      const code = escaped === true ? text : escapeHtml(text);
      const title = escapeHtml(fileOf(lang));
      return `<pre><code class="language-${language}" title="${title}">${code}\n</code></pre>\n`;
    },
    image({ href, title, text }: Tokens.Image) {
      if (pictures.test(href)) return `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}">`;
      // Nothing remote is ever loaded (S2): a picture elsewhere is a link to it.
      return `<a href="${escapeHtml(href)}" title="${escapeHtml(title ?? href)}">${escapeHtml(text || href)}</a>`;
    },
  },
});

/** Renders Markdown into nodes that are safe to show: agent text is hostile (S2). */
export function renderMarkdown(text: string): DocumentFragment {
  const html = markdown.parse(text, { async: false });
  const fragment = DOMPurify.sanitize(html, config);
  for (const link of fragment.querySelectorAll('a')) tameLink(link);
  for (const box of fragment.querySelectorAll('input')) tameInput(box);
  for (const image of fragment.querySelectorAll('img')) if (!pictures.test(image.src)) image.remove();
  for (const table of fragment.querySelectorAll('table')) frameTable(table);
  for (const code of fragment.querySelectorAll('pre > code')) frameCode(code as HTMLElement);
  for (const element of fragment.querySelectorAll('[class]:not([data-own])'))
    element.removeAttribute('class');
  for (const element of fragment.querySelectorAll('[data-own]')) element.removeAttribute('data-own');
  return fragment;
}

/** Links lead nowhere by themselves: the page hands every click to the extension, which decides. */
function tameLink(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  if (href === null) return;
  link.rel = 'noopener noreferrer';
  if (link.title === '') link.title = href;
}

function tameInput(box: HTMLInputElement): void {
  if (box.type !== 'checkbox') return box.remove();
  box.disabled = true;
}

function frameTable(table: HTMLTableElement): void {
  const frame = own('div', 'table-frame');
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}

function frameCode(code: HTMLElement): void {
  const pre = code.parentElement;
  if (pre === null) return;
  const language = /(?:^|\s)language-([\w+#.-]{1,30})/.exec(code.className)?.[1] ?? '';
  const file = code.title;
  code.removeAttribute('title');
  if (language !== '') code.dataset['language'] = language.toLowerCase();
  if (file !== '') code.dataset['file'] = file;
  const frame = own('div', 'code-block');
  const bar = own('div', 'code-bar');
  const name = own('span', 'code-language');
  name.textContent = file || language;
  const tools = own('div', 'code-tools');
  tools.append(
    codeTool('copy', 'copy', t('Copy code')),
    codeTool('insert', 'insert', t('Insert at cursor')),
    codeTool('apply', 'git-pull-request-go-to-changes', t('Apply to file')),
  );
  bar.append(name, tools);
  pre.replaceWith(frame);
  pre.tabIndex = 0;
  frame.append(bar, pre);
}

function codeTool(tool: 'copy' | 'insert' | 'apply', icon: string, label: string): HTMLElement {
  const button = own('button', 'icon-button') as HTMLButtonElement;
  button.type = 'button';
  button.title = label;
  button.dataset['codeTool'] = tool;
  button.setAttribute('aria-label', label);
  const picture = own('span', `codicon codicon-${icon}`);
  picture.setAttribute('aria-hidden', 'true');
  button.append(picture);
  return button;
}

/** The file that a code block is for, where what stands behind its fence names one: `ts src/a.ts`, `title="src/a.ts"`. */
function fileOf(info: string): string {
  return /(?:^|[\s:="'])([\w@./\\-]{1,200}\.\w{1,10})(?=$|[\s"'])/.exec(info)?.[1] ?? '';
}

/** An element of ours among the agent's: its class stays. */
function own(tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.dataset['own'] = '';
  return element;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
