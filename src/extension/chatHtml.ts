/** What the page is made of, as addresses that the webview may load. */
export interface ChatHtml {
  readonly cspSource: string;
  /** Fresh for every document: only the script that carries it runs, and only its styles hold (S2). */
  readonly nonce: string;
  readonly script: string;
  /**
   * Scripts that the page loads when it needs them: to colour code, to find in the session, to answer and act, to write, to
   * set formulas, to draw diagrams.
   */
  readonly lazy: Readonly<Record<'highlight' | 'find' | 'later' | 'composer' | 'math' | 'diagrams', string>>;
  readonly styles: readonly string[];
  /** Where the page stands, which decides the colour behind it. */
  readonly surface: 'sidebar' | 'editor';
  /** Translations of the page's texts, by the English ones. */
  readonly words?: Readonly<Record<string, string>> | undefined;
  /** The editor's name, as its clients are called: what was done in it needs no name. */
  readonly editor: string;
  /** The language of the editor, for assistive technology. */
  readonly language: string;
}

/** The chat page's document. Pure. It loads nothing remote and runs no script but ours (S2). */
export function chatHtml({
  cspSource,
  nonce,
  script,
  lazy,
  styles,
  surface,
  words,
  editor,
  language,
}: ChatHtml): string {
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource} data:`,
    'media-src data:',
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const sheets = styles.map((style) => `    <link rel="stylesheet" href="${attribute(style)}">`).join('\n');
  const scripts = Object.entries(lazy)
    .map(([name, address]) => `data-${name}="${attribute(address)}"`)
    .join(' ');
  const translations = words === undefined ? '' : attribute(JSON.stringify(words));
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
${sheets}
    <title>Holdfast</title>
  </head>
  <body data-surface="${surface}" data-editor="${attribute(editor)}">
    <div id="app" ${scripts} data-words="${translations}"></div>
    <script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
  </body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
