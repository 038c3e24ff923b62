import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { abortError } from '../client/limit.ts';
import { withProgress } from './withProgress.ts';

/** How long a window may take until the folders of its workspace file are known, in milliseconds. */
const FOLDERS_MS = 30_000;

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
  if (await areToCome()) {
    const title = vscode.l10n.t('Waiting for the folders of this window');
    const came = await withProgress(title, ({ signal }) => foldersCome(signal).then(() => true));
    if (came === undefined) return undefined;
  }
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

/** Whether the workspace file names folders that the window does not know of yet: it reads the file some time after it opened. */
async function areToCome(): Promise<boolean> {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (workspaceFile === undefined || workspaceFolders?.length) return false;
  const file = workspaceFile.scheme === 'untitled' ? workspaceFile.with({ scheme: 'file' }) : workspaceFile;
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    return /"folders"\s*:\s*\[(?!\s*\])/u.test(text) && !vscode.workspace.workspaceFolders?.length;
  } catch {
    return false;
  }
}

/** Resolves when the window has folders, or is taken at its word that it has none; rejects with `aborted`. */
function foldersCome(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      listening.dispose();
      if (signal.aborted) reject(abortError(signal, 'waiting for the folders of the window'));
      else resolve();
    };
    const timer = setTimeout(end, FOLDERS_MS);
    const listening = vscode.workspace.onDidChangeWorkspaceFolders(end);
    signal.addEventListener('abort', end, { once: true });
  });
}
