import type { Tokens } from 'marked';
import { t } from '../words.ts';

/** A block of code with its language, or the file it is for, and what can be done with it. */
export function codeBlock({ text, lang = '' }: Tokens.Code): HTMLElement {
  const language = /^[\w+#.-]{1,30}/.exec(lang)?.[0] ?? '';
  const file = fileOf(lang);
  const code = make('code');
  code.textContent = `${text}\n`;
  if (language !== '') code.dataset['language'] = language.toLowerCase();
  if (file !== '') code.dataset['file'] = file;
  const pre = make('pre');
  pre.tabIndex = 0;
  pre.append(code);
  const name = make('span', 'code-language');
  name.textContent = file || language;
  const tools = make('div', 'code-tools');
  tools.append(
    codeTool('copy', 'copy', t('Copy code')),
    codeTool('insert', 'insert', t('Insert at cursor')),
    codeTool('apply', 'git-pull-request-go-to-changes', t('Apply to file')),
  );
  const bar = make('div', 'code-bar');
  bar.append(name, tools);
  const frame = make('div', 'code-block');
  frame.append(bar, pre);
  return frame;
}

function codeTool(tool: 'copy' | 'insert' | 'apply', icon: string, label: string): HTMLElement {
  const button = document.createElement('button');
  button.className = 'icon-button';
  button.type = 'button';
  button.title = label;
  button.dataset['codeTool'] = tool;
  button.setAttribute('aria-label', label);
  const picture = make('span', `codicon codicon-${icon}`);
  picture.setAttribute('aria-hidden', 'true');
  button.append(picture);
  return button;
}

/** The file that a code block is for, where what stands behind its fence names one: `ts src/a.ts`, `title="src/a.ts"`. */
function fileOf(info: string): string {
  return /(?:^|[\s:="'])([\w@./\\-]{1,200}\.\w{1,10})(?=$|[\s"'])/.exec(info)?.[1] ?? '';
}

function make(tag: string, className = ''): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  return element;
}
