import * as vscode from 'vscode';
import { chatHtml } from './chatHtml.ts';

/** Loads the chat page into a webview, which may load nothing but the page's own files (S2). */
export function loadChatDocument(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  surface: 'sidebar' | 'editor',
): void {
  const resources = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const folder = webview.asWebviewUri(resources).toString();
  const address = (name: string): string => `${folder}/${name}`;
  const { bundle } = vscode.l10n;
  webview.options = { enableScripts: true, localResourceRoots: [resources] };
  webview.html = chatHtml({
    cspSource: webview.cspSource,
    nonce: crypto.randomUUID().replaceAll('-', ''),
    script: address('chat.js'),
    lazy: {
      highlight: address('highlight.js'),
      find: address('find.js'),
      later: address('later.js'),
      composer: address('composer.js'),
      math: address('math.js'),
      diagrams: address('diagrams.js'),
    },
    styles: [address('codicon.css'), address('chat.css')],
    surface,
    words: bundle === undefined ? undefined : textsOf(bundle),
    editor: vscode.env.appName,
    language: vscode.env.language,
  });
}

function textsOf(bundle: Readonly<Record<string, string | { message: string }>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bundle).map(([text, value]) => [text, typeof value === 'string' ? value : value.message]),
  );
}
