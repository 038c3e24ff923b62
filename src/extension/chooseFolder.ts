import { homedir } from 'node:os';
import * as vscode from 'vscode';

/** The folder that sessions of this window work in; with several, the one that is picked, `undefined` for none. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [only, ...others] = folders;
  if (only === undefined) return homedir();
  if (others.length === 0) return only.uri.fsPath;
  const chosen = await vscode.window.showWorkspaceFolderPick({
    placeHolder: vscode.l10n.t('The folder to work in'),
  });
  return chosen?.uri.fsPath;
}
