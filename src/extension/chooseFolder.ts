import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { abortError } from '../client/limit.ts';
import { withProgress } from './withProgress.ts';
import { foldersNamed } from './workspaceFile.ts';

/** How long a window may take until the folders of its workspace file are known, in milliseconds. */
const FOLDERS_MS = 30_000;
/** And for the others once it has some: a folder that is named twice is there once. */
const OTHERS_MS = 3_000;

/** The folder that sessions of this window work in; with several, the one that is picked, `undefined` for none. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = await knownFolders();
  if (folders === undefined) return undefined;
  const [only, ...others] = folders;
  if (only === undefined) return homedir();
  if (others.length === 0) return only.uri.fsPath;
  const picks = folders.map(({ name, uri }) => ({ label: name, description: uri.fsPath, uri }));
  const chosen = await vscode.window.showQuickPick(picks, {
    placeHolder: vscode.l10n.t('The folder to work in'),
    matchOnDescription: true,
  });
  return chosen?.uri.fsPath;
}

/** The window's folders on this machine; `undefined` when the person does not wait until they are known. */
async function knownFolders(): Promise<readonly vscode.WorkspaceFolder[] | undefined> {
  const expected = await expectedFolders();
  if (folderCount() < expected) {
    const title = vscode.l10n.t('Waiting for the folders of this window');
    const came = await withProgress(title, ({ signal }) => foldersCome(expected, signal).then(() => true));
    if (came === undefined) return undefined;
  }
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function folderCount(): number {
  return vscode.workspace.workspaceFolders?.length ?? 0;
}

/** How many folders the workspace file names: the window reads it some time after it opened, and has none until then. */
async function expectedFolders(): Promise<number> {
  const { workspaceFile } = vscode.workspace;
  if (workspaceFile === undefined) return 0;
  // The editor's own file system may not be there yet either.
  return readFile(workspaceFile.fsPath, 'utf8').then(foldersNamed, () => 0);
}

/** Resolves when the window has so many folders, or is taken at its word that it has fewer; rejects with `aborted`. */
function foldersCome(expected: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      listening.dispose();
      if (signal.aborted) reject(abortError(signal, 'waiting for the folders of the window'));
      else resolve();
    };
    const timer = setTimeout(end, folderCount() === 0 ? FOLDERS_MS : OTHERS_MS);
    const listening = vscode.workspace.onDidChangeWorkspaceFolders(() => folderCount() >= expected && end());
    signal.addEventListener('abort', end, { once: true });
  });
}
