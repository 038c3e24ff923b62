import * as vscode from 'vscode';
import { pickSession } from './pickSession.ts';
import type { Begins, CommandParts, CommandTable } from './commands.ts';
import { selectedLines } from './selectedLines.ts';
import { nameFrom, sayNotThere } from './sentFiles.ts';
import { codeText, pathText, printedText, problemsText } from './sentText.ts';

/** Characters of a selection that are sent at most. */
const MOST_TEXT = 100_000;

/** How a prompt names a file; `undefined` where the session is on a machine that does not have it. */
type NameOf = ((uri: vscode.Uri) => string) | undefined;

/** What is sent, taken before the session is picked; `undefined` where it says nothing without the files it names. */
type Sent = (nameOf: NameOf) => string | undefined;

/** Commands that put something of the editor into the composer of a session, where the person goes on writing (U5). */
export function sendCommands({ connection, list, places, begin }: CommandParts & Begins): CommandTable {
  const send = async (sent: Sent | undefined): Promise<void> => {
    if (sent === undefined) return;
    const picked = await pickSession(list, {
      title: vscode.l10n.t('Send to Session'),
      withNew: true,
      only: ({ archived }) => !archived,
    });
    const sessionId = picked === 'new' ? await begin() : picked?.sessionId;
    if (sessionId === undefined) return;
    const { title, cwd } =
      list.get(sessionId) ?? (await connection.request('session/get', { sessionId })).head;
    const host = connection.hostOf(sessionId)?.name;
    const text = sent(host === undefined ? (uri) => nameFrom(uri, cwd) : undefined);
    if (text !== undefined) await places.insert(sessionId, text);
    else if (host !== undefined) sayNotThere(title, host);
  };

  return {
    'holdfast.sendSelection': () => send(selectionSent()),
    'holdfast.sendFiles': (file?: vscode.Uri, files?: unknown) => send(chosenSent(file, files)),
    'holdfast.sendTerminalSelection': async () => {
      const text = await terminalText();
      return send(text === undefined ? undefined : () => text);
    },
    'holdfast.fixProblems': async (address?: unknown, problems?: unknown) =>
      send(await problemsSent(address, problems)),
  };
}

function filesSent(uris: readonly vscode.Uri[]): Sent {
  return (nameOf) => nameOf && pathText(uris.map(nameOf));
}

/** What is selected, which a session on another machine gets without its place. */
function selectionSent(): Sent | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const { uri, languageId: language } = document;
  if (selection.isEmpty) return filesSent([uri]);
  const code = beginningOf(document.getText(selection));
  const lines = selectedLines(selection);
  return (nameOf) => codeText({ language, code, ...(nameOf && { place: { path: nameOf(uri), ...lines } }) });
}

/** As much of a selection as is sent; the rest is told of. */
function beginningOf(text: string): string {
  if (text.length <= MOST_TEXT) return text;
  const words = vscode.l10n.t('The selection is long: its first {0} characters are sent.', MOST_TEXT);
  void vscode.window.showWarningMessage(words);
  return text.slice(0, MOST_TEXT);
}

function chosenSent(file: vscode.Uri | undefined, files: unknown): Sent | undefined {
  const uris = Array.isArray(files) && files.length > 0 ? (files as vscode.Uri[]) : [file];
  const chosen = uris.filter((uri) => uri !== undefined);
  return chosen.length === 0 ? selectionSent() : filesSent(chosen);
}

/** The terminal gives its selection to nobody but the clipboard, which gets back what it had. */
async function terminalText(): Promise<string | undefined> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  let text: string;
  try {
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    text = await clipboard.readText();
  } finally {
    await clipboard.writeText(before);
  }
  if (text.trim() !== '') return printedText(beginningOf(text));
  // The menu of a terminal cannot know of its selection.
  void vscode.window.showInformationMessage(vscode.l10n.t('Select something in the terminal first.'));
  return undefined;
}

/** The given problems of a file, or those at the cursor. */
async function problemsSent(address: unknown, given: unknown): Promise<Sent | undefined> {
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
  const { languageId: language } = document;
  const found = problems.map(({ message, source, range }) => ({
    message,
    source,
    line: range.start.line + 1,
    code: document.lineAt(Math.min(range.start.line, document.lineCount - 1)).text,
  }));
  return (nameOf) => nameOf && problemsText({ path: nameOf(uri), language }, found);
}
