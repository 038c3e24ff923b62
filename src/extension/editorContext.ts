import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Mention } from '../protocol/composer.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { selectedLines } from './selectedLines.ts';
import { nameFrom } from './sentFiles.ts';

/** Characters of a selection that go with a prompt. */
const MOST_TEXT = 100_000;
/** Problems that go with a prompt. */
const MOST_PROBLEMS = 50;

/** What is selected and what is wrong in the text editor that the person used last. Owned by the chat pages’ parts. */
export class EditorContext implements Disposable {
  readonly #listening: vscode.Disposable;
  /** While a chat in an editor tab has the focus, no text editor is the active one. */
  #last = vscode.window.activeTextEditor;

  constructor() {
    this.#listening = vscode.window.onDidChangeActiveTextEditor(
      (editor) => (this.#last = editor ?? this.#last),
    );
  }

  dispose(): void {
    this.#listening.dispose();
  }

  /** What can be mentioned, if there is any. */
  mentions(): Mention[] {
    const editor = this.#editor();
    if (editor === undefined) return [];
    const { document, selection } = editor;
    const uri = document.uri.toString();
    const file = baseName(document.uri);
    const mentions: Mention[] = [];
    if (!selection.isEmpty) {
      const lines = linesOf(selection);
      mentions.push({
        kind: 'selection',
        name: `selection:${file}:${lines}`,
        detail: pathOf(document.uri),
        uri,
      });
    }
    const { length } = vscode.languages.getDiagnostics(document.uri);
    if (length > 0) {
      const detail = length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', length);
      mentions.push({ kind: 'problems', name: `problems:${file}`, detail, uri });
    }
    return mentions;
  }

  /**
   * What a mention says, as text with the address of its file; nothing when it is gone. For a session in `cwd`, which is absent
   * where it is on another machine: then the text has the file’s name alone, since its address says nothing there.
   */
  content(of: 'selection' | 'problems', address: string, cwd: string | undefined): ContentBlock | undefined {
    const editor = this.#editor();
    if (editor?.document.uri.toString() !== address) return undefined;
    const { uri } = editor.document;
    const file = cwd === undefined ? baseName(uri) : nameFrom(uri, cwd);
    const text = of === 'selection' ? selectedText(editor) : problemsText(uri, file);
    if (text === '') return undefined;
    const lines = of === 'selection' ? `#L${linesOf(editor.selection).replace('-', '-L')}` : '';
    const place = cwd === undefined ? `${of}:${encodeURIComponent(file)}` : address;
    return { type: 'resource', resource: { uri: `${place}${lines}`, mimeType: 'text/plain', text } };
  }

  #editor(): vscode.TextEditor | undefined {
    const last = this.#last;
    const { visibleTextEditors } = vscode.window;
    return last !== undefined && visibleTextEditors.includes(last) ? last : visibleTextEditors[0];
  }
}

function selectedText({ document, selection }: vscode.TextEditor): string {
  return document.getText(selection).slice(0, MOST_TEXT);
}

/** One line for each problem; the words are the agent’s to read, so they are English. */
function problemsText(uri: vscode.Uri, file: string): string {
  const names = ['error', 'warning', 'information', 'hint'];
  return vscode.languages
    .getDiagnostics(uri)
    .slice(0, MOST_PROBLEMS)
    .map(({ message, severity, source, range }) => {
      const origin = source === undefined ? '' : ` (${source})`;
      return `${file}:${range.start.line + 1}: ${names[severity]}${origin}: ${message}`;
    })
    .join('\n');
}

function linesOf(selection: vscode.Selection): string {
  const { from, to } = selectedLines(selection);
  return from === to ? `${from}` : `${from}-${to}`;
}

function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? vscode.workspace.asRelativePath(uri) : uri.toString(true);
}

function baseName({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
