import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { foldersNamed } from './workspaceFile.ts';

/** How long a window may take until it has the folders of its workspace file, in milliseconds; then the file is taken at its word. */
const FOLDERS_MS = 3_000;

interface Folder {
  readonly name: string;
  readonly path: string;
}

/** The folder that sessions of this window work in; with several, the one that is picked, `undefined` for none. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = await knownFolders();
  const [only, ...others] = folders;
  if (only === undefined) return homedir();
  if (others.length === 0) return only.path;
  const picks = folders.map((folder) => ({ label: folder.name, description: folder.path, folder }));
  const chosen = await vscode.window.showQuickPick(picks, {
    placeHolder: vscode.l10n.t('The folder to work in'),
    matchOnDescription: true,
  });
  return chosen?.folder.path;
}

/**
 * The window's folders on this machine. The editor reads a workspace file some time after its window opened, and does not
 * always tell extensions of the folders then: without any, those that the file names are meant.
 */
async function knownFolders(): Promise<readonly Folder[]> {
  const named = await namedFolders();
  if (folderCount() < named.length) await foldersCome(named.length);
  const known = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
  return folderCount() > 0 ? known : named;
}

function folderCount(): number {
  return vscode.workspace.workspaceFolders?.length ?? 0;
}

/** The folders on this machine that the workspace file names; the editor's own file system may not be there yet either. */
async function namedFolders(): Promise<Folder[]> {
  const { workspaceFile } = vscode.workspace;
  // One that was never saved, or is elsewhere, has no path here.
  if (workspaceFile?.scheme !== 'file') return [];
  const text = await readFile(workspaceFile.fsPath, 'utf8').catch(() => '');
  const folders = foldersNamed(text).flatMap(({ kind, value }) => {
    if (kind === 'path') return [path.resolve(path.dirname(workspaceFile.fsPath), value)];
    return value.startsWith('file:') ? [vscode.Uri.parse(value).fsPath] : [];
  });
  // The window has a folder once that the file names twice.
  return [...new Set(folders)].map((folder) => ({ name: path.basename(folder), path: folder }));
}

/** Resolves when the window has so many folders, or took its time. */
function foldersCome(expected: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(end, FOLDERS_MS);
    const listening = vscode.workspace.onDidChangeWorkspaceFolders(() => folderCount() >= expected && end());
  });
}
