import * as vscode from 'vscode';
import { pickSession } from './pickSession.ts';
import type { Begins, CommandParts, CommandTable } from './commands.ts';
import { codeText, pathText, printedText, problemsText } from './sentText.ts';

/** Characters of a selection that are sent at most. */
const MOST_TEXT = 100_000;

/** Commands that put something of the editor into the composer of a session, where the person goes on writing (U5). */
export function sendCommands({ list, places, begin }: CommandParts & Begins): CommandTable {
  const send = async (text: string | undefined): Promise<void> => {
    if (text === undefined) return;
    const picked = await pickSession(list, {
      title: vscode.l10n.t('Send to Session'),
      withNew: true,
      only: ({ archived }) => !archived,
    });
    const sessionId = picked === 'new' ? await begin() : picked?.sessionId;
    if (sessionId !== undefined) await places.insert(sessionId, text);
  };

  return {
    'holdfast.sendSelection': () => send(selectionText()),
    'holdfast.sendFiles': (file?: vscode.Uri, files?: unknown) => send(chosenText(file, files)),
    'holdfast.sendTerminalSelection': async () => send(await terminalText()),
    'holdfast.fixProblems': async (address?: unknown, problems?: unknown) =>
      send(await problemText(address, problems)),
  };
}

/** The path of a file as a prompt names it: from its workspace folder, where it has one. */
function nameOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? vscode.workspace.asRelativePath(uri) : uri.toString(true);
}

function selectionText(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const path = nameOf(document.uri);
  if (selection.isEmpty) return pathText([path]);
  return codeText({
    path,
    language: document.languageId,
    from: selection.start.line + 1,
    to: selection.end.line + 1,
    code: document.getText(selection).slice(0, MOST_TEXT),
  });
}

function chosenText(file: vscode.Uri | undefined, files: unknown): string | undefined {
  const uris = Array.isArray(files) && files.length > 0 ? (files as vscode.Uri[]) : [file];
  return filesText(uris.filter((uri) => uri !== undefined)) ?? selectionText();
}

/** Files and folders as a prompt names them; `undefined` for none. */
export function filesText(uris: readonly vscode.Uri[]): string | undefined {
  return uris.length === 0 ? undefined : pathText(uris.map(nameOf));
}

/** The terminal gives its selection to nobody but the clipboard, which gets back what it had. */
async function terminalText(): Promise<string | undefined> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  await clipboard.writeText('');
  await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
  const text = await clipboard.readText();
  await clipboard.writeText(before);
  if (text.trim() !== '') return printedText(text.slice(0, MOST_TEXT));
  // The menu of a terminal cannot know of its selection.
  void vscode.window.showInformationMessage(vscode.l10n.t('Select something in the terminal first.'));
  return undefined;
}

/** The given problems of a file, or those at the cursor. */
async function problemText(address: unknown, given: unknown): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const uri = address instanceof vscode.Uri ? address : editor?.document.uri;
  if (uri === undefined) return undefined;
  const here = editor?.document.uri.toString() === uri.toString() ? editor.selection : undefined;
  const problems = Array.isArray(given)
    ? (given as vscode.Diagnostic[])
    : vscode.languages
        .getDiagnostics(uri)
        .filter(({ range }) => here === undefined || range.intersection(here) !== undefined);
  if (problems.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no problem at the cursor.'));
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  return problemsText(
    { path: nameOf(uri), language: document.languageId },
    problems.map(({ message, source, range }) => ({
      message,
      source,
      line: range.start.line + 1,
      code: document.lineAt(Math.min(range.start.line, document.lineCount - 1)).text,
    })),
  );
}
