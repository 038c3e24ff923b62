import path from 'node:path';
import * as vscode from 'vscode';
import { linkTarget } from './linkTarget.ts';
import { plainText } from './plainText.ts';

/** Puts code from a transcript where the cursor of the text editor is, as one step that can be undone. */
export async function insertCode(code: string): Promise<void> {
  const editor = textEditor();
  if (editor === undefined) {
    const open = vscode.l10n.t('New File');
    const words = vscode.l10n.t('No text editor is open to insert the code into.');
    if ((await vscode.window.showInformationMessage(words, open)) === open)
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: code }));
    return;
  }
  const isIn = await editor.edit((edit) =>
    editor.selections.forEach((selection) => edit.replace(selection, code)),
  );
  if (!isIn) return sayUnchanged(editor.document.uri);
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

/**
 * Puts code from a transcript into a file: the one it names, if that lies in the session's folder, else the one in the text
 * editor. What is to become of a file's content is asked; the edit can be undone and is not saved.
 */
export async function applyCode(
  { code, file }: { readonly code: string; readonly file?: string | undefined },
  folder: string | undefined,
): Promise<void> {
  const target = await chooseTarget(file, folder);
  if (target === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  const document = await vscode.workspace.openTextDocument(target).then(undefined, () => undefined);
  if (document === undefined) {
    edit.createFile(target, { ignoreIfExists: true });
    edit.insert(target, new vscode.Position(0, 0), code);
  } else {
    const range = await chooseRange(document);
    if (range === undefined) return;
    edit.replace(target, range, code);
  }
  if (!(await vscode.workspace.applyEdit(edit))) return sayUnchanged(target);
  await vscode.window.showTextDocument(target, { preview: false });
}

/** A document that cannot be written to takes no edit. */
function sayUnchanged(uri: vscode.Uri): void {
  const name = plainText(vscode.workspace.asRelativePath(uri));
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{0} took no change: it may be read-only. Copy the code instead.', name),
  );
}

/** The file that is meant, asked for when it is unclear. */
async function chooseTarget(
  file: string | undefined,
  folder: string | undefined,
): Promise<vscode.Uri | undefined> {
  const named = file === undefined || folder === undefined ? undefined : linkTarget(file, folder);
  const open = textEditor()?.document.uri;
  const choices = [
    ...(named?.kind === 'file' && folder !== undefined && within(named.path, folder)
      ? [vscode.Uri.file(named.path)]
      : []),
    ...(open === undefined ? [] : [open]),
  ];
  const [only] = choices;
  if (named !== undefined && only !== undefined && only !== open) return only;
  const picks = choices.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const other = { label: vscode.l10n.t('Choose a File…'), uri: undefined };
  const picked = await vscode.window.showQuickPick([...picks, other], {
    placeHolder: vscode.l10n.t('Apply the code to which file?'),
  });
  if (picked !== other) return picked?.uri;
  const found = await vscode.window.showOpenDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(folder) }),
    openLabel: vscode.l10n.t('Apply'),
  });
  return found?.[0];
}

async function chooseRange(document: vscode.TextDocument): Promise<vscode.Range | undefined> {
  const whole = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  if (whole.isEmpty) return whole;
  const selection = vscode.window.visibleTextEditors.find(
    (editor) => editor.document === document,
  )?.selection;
  const choices = [
    { label: vscode.l10n.t('Replace the whole file'), range: whole },
    ...(selection === undefined || selection.isEmpty
      ? []
      : [
          {
            label: vscode.l10n.t('Replace the selection'),
            range: new vscode.Range(selection.start, selection.end),
          },
        ]),
    { label: vscode.l10n.t('Add at the end'), range: new vscode.Range(whole.end, whole.end) },
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    placeHolder: vscode.l10n.t('Apply the code to {0}', vscode.workspace.asRelativePath(document.uri)),
  });
  return picked?.range;
}

/** The text editor that the person used last: a chat tab may be in front of it. */
function textEditor(): vscode.TextEditor | undefined {
  return vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
}

function within(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== '' && !way.startsWith('..') && !path.isAbsolute(way);
}
